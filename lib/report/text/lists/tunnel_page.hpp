// One tunnel as a person reads it.
#pragma once

#include "report/tunnels.hpp"

#include <string>

namespace lacuna::report {

/// Who it joins, when it was seen, and how each direction fared, both through all rekeys.
std::string tunnel_page(const Tunnel& tunnel);

} // namespace lacuna::report
