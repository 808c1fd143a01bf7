// Counters that were declared: wire/declared.hpp.
#pragma once

#include "wire/layer/link/tag.hpp"

namespace lacuna::wire {

/// `octets` (at most 8) at `p`, in this byte order.
inline std::uint64_t load_number(const std::uint8_t* p, std::size_t octets, ByteOrder order) {
    std::uint64_t v = 0;
    for (std::size_t i = 0; i < octets; ++i)
        v = v << 8 | p[order == ByteOrder::little ? octets - 1 - i : i];
    return v;
}

/// The payload of what `d` was declared for; `id` is that of both ends. Malformed where it is too
/// short for number and key.
inline Step declared(Context& ctx, const Cursor& at, const DeclaredCounter& d, IdentityWords id) {
    if (at.size() < d.offset + d.octets() || at.size() < d.key_offset + std::size_t{d.key_octets})
        return ctx.malformed();
    id.an = key_head(0, Protocol{}, d.ordinal, Family::none, false);
    ctx.observe(d.protocol, id, load_number(at.data() + d.offset, d.octets(), d.order));
    return Step::done();
}

inline std::uint32_t declared_key(const Cursor& at, const DeclaredCounter& d) {
    if (at.size() < d.key_offset + std::size_t{d.key_octets}) return 0;
    return static_cast<std::uint32_t>(
        load_number(at.data() + d.key_offset, d.key_octets, ByteOrder::big));
}

/// The declaration for a number in this header, or null.
inline const DeclaredCounter* find_declared(const Context& ctx, Carrier carrier,
                                            std::uint16_t number) {
    const DeclaredCounters& all = ctx.declared();
    for (std::size_t i = 0; i < all.count; ++i)
        if (all.row[i].carrier == carrier && all.row[i].number == number) return &all.row[i];
    return nullptr;
}

/// Behind a UDP header; the port it goes to first.
[[gnu::noinline]] inline Step declared_port(Context& ctx, const Cursor& at, std::uint16_t from,
                                            std::uint16_t to) {
    constexpr std::uint8_t kUdp = 17;
    const DeclaredCounter* d = find_declared(ctx, Carrier::udp_port, to);
    if (d == nullptr) d = find_declared(ctx, Carrier::udp_port, from);
    if (d == nullptr) return ctx.other_protocol(kUdp);
    return declared(ctx, at, *d, ends_identity(ctx.ip, d->protocol, declared_key(at, *d)));
}

/// Behind an EtherType that leads to no layer.
[[gnu::noinline]] inline Step declared_ethertype(Context& ctx, const Cursor& at,
                                                 std::uint16_t type) {
    const DeclaredCounter* d = find_declared(ctx, Carrier::ethertype, type);
    if (d == nullptr) return ctx.other_ethertype(type);
    return declared(ctx, at, *d, mac_identity(ctx, d->protocol, declared_key(at, *d), true));
}

} // namespace lacuna::wire
