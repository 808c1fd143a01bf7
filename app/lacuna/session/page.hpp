// The page of the REST server, as it was built into the program (app/web).
#pragma once

#include "api/page.hpp"

namespace lacuna::app {

/// Its files; where it was not built, one at / that says how to get it. For the life of the
/// program.
std::span<const api::PageFile> page();

} // namespace lacuna::app
