// The table of what is served: a line per path, from which the interface is described as well.
#pragma once

#include "api/backend/backend.hpp"
#include "api/parameters.hpp"

namespace lacuna::api {

/// What a handler is given.
struct Call {
    Backend& backend;
    const Request& request;
    const Parameters& parameters;
    std::string id; ///< the segment of the path where the route has {id}

    Backend::Run run() const;
    Range range() const;
    TimeNs since() const;
    TimeNs until() const;
    /// Whether members shall have the names of the report, not those of the predecessor.
    bool report_names() const;
    /// Whether a span of time is asked for, and which.
    bool spanned() const;
    store::SpanQuestion span() const;
};

struct Route {
    const char* path; ///< segments, of which {id} stands for any
    std::span<const Parameter> parameters;
    Outcome<Reply> (*handler)(const Call& call);
    const char* type;   ///< media type of a good answer; further ones behind commas
    const char* schema; ///< the object it is, if it is JSON; empty: any, or none
    const char* summary;
    const char* name;               ///< of the operation in the description
    bool open = false;              ///< answered without a token: it tells nothing of the traffic
    const char* report_schema = ""; ///< the object with names=report; empty: there is no choice
};

std::span<const Route> routes();

/// The route of a path in its segments, and the segment that stands for {id}. Null: there is none.
const Route* find_route(std::span<const std::string> segments, std::string& id);

} // namespace lacuna::api
