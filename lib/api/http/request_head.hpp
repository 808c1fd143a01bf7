// The octets before a request's body, looked at before anything else is done with them.
#pragma once

#include "api/message.hpp"

#include <optional>

namespace lacuna::api {

inline constexpr std::size_t kMaxHead = 16'384; ///< octets, the blank line included
inline constexpr std::size_t kMaxTarget = 2'048;
inline constexpr std::size_t kMaxFields = 64;

struct Head {
    std::size_t size = 0;           ///< octets of the head; 0: more must come first
    std::optional<Problem> refused; ///< it will not be answered; the connection is of no more use
    Request request;                ///< of a head that is whole
    bool keep = true;               ///< the client may send another one behind it
};

/// Looks at what has arrived of a connection, a head at its front. Strict where laxness lets two
/// readers of the same octets disagree (RFC 9112 2.2, 5.1, 6.3): lines end in CRLF, no folded
/// lines, no NUL. No request has a body. What nobody asks for is passed over, ranges (RFC 9110
/// 14.2) as well.
Head inspect_head(std::string_view arrived);

} // namespace lacuna::api
