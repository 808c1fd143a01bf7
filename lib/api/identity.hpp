// Which SA the path of a request means; inside lib/api only.
#pragma once

#include "api/routes.hpp"

namespace lacuna::api {

/// The SA with that id, whatever the case of its letters, or the only one of the run whose id
/// begins so, or that has this name (names::given()). A whole id is taken as it is, known or not;
/// else the rows of the run are looked at, a bounded number of them. Problem 404: none, or several.
Outcome<wire::SaIdentity> identity(const Call& call, const std::string& text);
inline Outcome<wire::SaIdentity> identity(const Call& call) {
    return identity(call, call.id);
}

} // namespace lacuna::api
