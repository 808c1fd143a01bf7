// What each route does; inside lib/api only.
#pragma once

#include "api/routes.hpp"

namespace lacuna::api {

Outcome<Reply> health(const Call& call);
Outcome<Reply> alive(const Call& call);
Outcome<Reply> summary(const Call& call);
Outcome<Reply> flows(const Call& call);
Outcome<Reply> flow(const Call& call);
Outcome<Reply> gaps(const Call& call);
Outcome<Reply> late(const Call& call);
Outcome<Reply> tunnels(const Call& call);
Outcome<Reply> timeline(const Call& call);
Outcome<Reply> events(const Call& call);
Outcome<Reply> metrics(const Call& call);
Outcome<Reply> runs(const Call& call);
Outcome<Reply> openapi(const Call& call);

} // namespace lacuna::api
