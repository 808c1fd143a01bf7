// Which SA of a store a person means.
#pragma once

#include "store/store.hpp"

#include <span>
#include <string>

namespace lacuna::app {

/// The SA with that id, whatever the case of its letters, or the only one of these runs whose id
/// begins so, or that has this name (names::given()). A whole id is taken as it is, known or not;
/// else all summaries of the runs are looked at. Errors (exit 2): none, or several.
Result<wire::SaIdentity> resolve_sa(const store::StoreReader& store,
                                    std::span<const store::RunId> runs, const std::string& text);

} // namespace lacuna::app
