// MACsec Security TAG (IEEE 802.1AE-2018 9).
#pragma once

#include "wire/frame_source.hpp"
#include "wire/layer/context.hpp"

namespace lacuna::wire {

// TCI and AN octet (9.5, 9.6).
inline constexpr std::uint8_t kTciVersion = 0x80;
inline constexpr std::uint8_t kTciEndStation = 0x40;
inline constexpr std::uint8_t kTciSci = 0x20;
inline constexpr std::uint8_t kTciBroadcast = 0x10;
inline constexpr std::uint8_t kTciEncrypted = 0x08;
inline constexpr std::uint8_t kTciChanged = 0x04;
inline constexpr std::uint8_t kTciAn = 0x03;

/// The six octets `mac` begins with in memory order, the rest zero.
inline std::uint64_t mac_octets(std::uint64_t mac) {
    return mac & (kLittleEndian ? 0xFFFFFFFFFFFF : ~std::uint64_t{0xFFFF});
}

/// 9.9: without SC the SCI is the source address and port 1, or port 0 for the single copy
/// broadcast channel. `mac` holds the address in its first six octets in memory order, whatever
/// follows.
inline std::uint64_t implicit_sci(std::uint64_t mac, std::uint8_t tci) {
    const std::uint64_t port = (tci & kTciBroadcast) != 0 ? 0 : 1;
    return mac_octets(mac) | (kLittleEndian ? port << 56 : port);
}

/// And it is certain only of an end station: else the sole peer's SCI is meant.
inline std::uint8_t implicit_sci_flags(std::uint8_t tci) {
    return (tci & kTciEndStation) == 0 ? kSciAssumed : 0;
}

/// Neither an SCI nor a flag that tells whose it is: switches forward such frames as they are.
inline bool may_be_anyones(std::uint8_t tci) {
    return (tci & (kTciSci | kTciEndStation | kTciBroadcast)) == 0;
}
inline void share_sci(IdentityWords& id, std::uint16_t port) {
    id.head |= key_head(0, Protocol::macsec, 0, Family::none, false, kSharedSci);
    id.addr[0] = file_of(port);
}

/// TCI and AN, short length, packet number, and the SCI if SC says so. The short length is not
/// looked at: it bounds nothing the numbers need, and a wrong one is still a numbered frame.
inline Step sectag(Context& ctx, Cursor& at) {
    if (at.size() < 6) return ctx.malformed();
    const std::uint8_t* p = at.data();
    const std::uint8_t tci = p[0];
    const bool explicit_sci = (tci & kTciSci) != 0;
    const std::size_t length = explicit_sci ? 14 : 6;
    if ((tci & kTciVersion) != 0 || at.size() < length) return ctx.malformed();

    IdentityWords id;
    id.head = key_head(0, Protocol::macsec, 0, Family::none, false);
    id.an = key_head(0, Protocol{}, tci & kTciAn, Family::none, false);
    std::uint8_t flags = 0;
    if (explicit_sci) {
        id.addr[0] = load_raw<std::uint64_t>(p + 6);
    } else {
        std::uint64_t mac = 0;
        std::memcpy(&mac, ctx.mac, 6);
        id.addr[0] = implicit_sci(mac, tci);
        id.source[1] = mac;
        if (may_be_anyones(tci)) share_sci(id, ctx.port());
        flags = implicit_sci_flags(tci);
    }
    if (!ctx.observe(Protocol::macsec, id, load_be32(p + 2), flags)) return Step::done();

    // Only with integrity alone the user data begins in clear, with its EtherType.
    at.skip(length);
    if ((tci & (kTciEncrypted | kTciChanged)) != 0 || at.size() < 2) return Step::done();
    const std::uint16_t type = load_be16(at.data());
    at.skip(2);
    return Step::ethertype(type);
}

} // namespace lacuna::wire
