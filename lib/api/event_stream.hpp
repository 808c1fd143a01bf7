// Events as they come, as server-sent events (HTML Living Standard 9.2); inside lib/api only.
#pragma once

#include "api/routes.hpp"

namespace lacuna::api {

/// Whether an Accept field names text/event-stream.
bool wants_stream(std::string_view accept);

/// Sends events from `query.since` on, or only new ones if it was not given; behind the one a
/// Last-Event-ID field names, if there is one. Every event has its kind as type, the object of the
/// listing as data, and an id to go on from.
Outcome<Reply> event_stream(const Call& call, EventQuery query);

} // namespace lacuna::api
