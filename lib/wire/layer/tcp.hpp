// TCP (RFC 9293): only its ports. Its sequence numbers count octets, so no loss can be told.
#pragma once

#include "wire/layer/context.hpp"

namespace lacuna::wire {

inline constexpr std::uint8_t kProtocolTcp = 6;

inline Step tcp(Context& ctx, Cursor& at) {
    if (at.size() >= 4) ctx.transport(Protocol::tcp, at.data());
    return ctx.other_protocol(kProtocolTcp);
}

} // namespace lacuna::wire
