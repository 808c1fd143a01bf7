// Which pages of other servers may read replies: cross-origin resource sharing (Fetch
// standard 3.2).
#pragma once

#include "api/message.hpp"

#include <optional>

namespace lacuna::api {

/// The origins an owner has named. Immutable.
class Origins {
public:
    /// Origins as browsers send them ("https://grafana.example:3000"), commas between them; an
    /// empty text: none. There is no word for all of them. Errors (exit 2): what is no origin.
    static Result<Origins> parse(const std::string& list);

    /// Lets the page that asks read the reply, if its origin is named.
    void allow(const Request& request, Reply& reply) const;
    /// The reply to a browser that asks whether it may ask; nothing: that is not what it asks, or
    /// its origin is not named.
    std::optional<Reply> preflight(const Request& request) const;

private:
    bool holds(std::string_view origin) const;

    std::vector<std::string> origins_; ///< lower case
};

} // namespace lacuna::api
