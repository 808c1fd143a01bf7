// TCP (RFC 9293): its ports, and ESP in TCP (RFC 9329). Its own numbers count octets, so no loss of
// packets can be told from them.
#pragma once

#include "wire/layer/esp.hpp"

namespace lacuna::wire {

inline constexpr std::uint8_t kProtocolTcp = 6;
inline constexpr std::uint16_t kPortEspInTcp = 4500;

/// The messages of one segment (RFC 9329 3): length of 2 octets that counts itself, then ESP, or
/// IKE behind four zero octets; once at the beginning of the stream "IKETCP". A segment is believed
/// only if its messages end where it does, or where the capture does: nothing is put together, so
/// what a message sent in parts carries is not known.
[[gnu::noinline]] inline Step esp_in_tcp(Context& ctx, Cursor& at) {
    constexpr std::uint8_t kPrefix[] = {'I', 'K', 'E', 'T', 'C', 'P'};
    if (at.size() >= sizeof kPrefix && std::memcmp(at.data(), kPrefix, sizeof kPrefix) == 0)
        at.skip(sizeof kPrefix);
    const std::size_t whole = at.declared();
    for (std::size_t done = 0; done < whole;) {
        if (done + 2 > at.size()) {
            if (done == 0 || !at.cut()) return ctx.other(Role::esp_in_tcp);
            break;
        }
        const std::size_t length = load_be16(at.data() + done);
        if (length < 3 || (whole - done) < length) return ctx.other(Role::esp_in_tcp);
        done += length;
    }
    const IpHeader ip = ctx.ip;
    if (!ctx.enter(Encapsulation::tcp)) return ctx.too_deep();
    ctx.other(Role::esp_in_tcp); // unless ESP is among the messages
    while (at.size() >= 2) {
        const std::size_t length = std::min<std::size_t>(load_be16(at.data()), at.size());
        const std::uint8_t* p = at.data() + 2;
        if (length >= 2 + 8 && load_be32(p) > kLastReservedSpi
            && !ctx.observe(Protocol::esp, ip_identity(ip, Protocol::esp, load_be32(p)),
                            load_be32(p + 4)))
            break;
        if (length < 3) break;
        at.skip(length);
    }
    return Step::done();
}

inline Step tcp(Context& ctx, Cursor& at) {
    if (at.size() < 4) return ctx.other_protocol(kProtocolTcp);
    const std::uint8_t* p = at.data();
    ctx.transport(Protocol::tcp, p);
    const bool carries = load_be16(p) == kPortEspInTcp || load_be16(p + 2) == kPortEspInTcp;
    if (carries && at.size() >= 20) [[unlikely]] {
        const std::size_t header = (p[12] >> 4) * std::size_t{4};
        if (header >= 20 && header < at.size()) {
            at.skip(header);
            return esp_in_tcp(ctx, at);
        }
    }
    return ctx.other_protocol(kProtocolTcp);
}

} // namespace lacuna::wire
