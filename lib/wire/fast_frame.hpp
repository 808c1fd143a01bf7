// The short cut for the two frames that fill encrypted links; internal to lib/wire and its tests.
#pragma once

#include "wire/layer/emit.hpp"
#include "wire/layer/ip.hpp"
#include "wire/layer/sectag.hpp"

namespace lacuna::wire {

/// `v` as it lies in memory in network order, to compare with load_raw().
template <typename T>
constexpr T as_on_wire(T v) {
    return std::endian::native == std::endian::little ? bswap(v) : v;
}

/// Octets the short cut may read: Ethernet, IPv4 without options, SPI and sequence number.
inline constexpr std::size_t kFastOctets = 14 + 20 + 8;

/// Untagged Ethernet with MACsec (not integrity alone) or with ESP to a unicast IPv4
/// address (no options, not a later fragment): writes the observation decode_frame() would, says
/// which of the two it was and returns true. Any other frame: false, and `o` is left alone.
inline bool fast_frame(const Frame& frame, const HashKey& key, Observation& o, Protocol& protocol) {
    if (frame.link != LinkType::ethernet || frame.caplen < kFastOctets) return false;
    const std::uint8_t* p = frame.data;

    // EtherType and the octet behind it: TCI and AN, or version and header length.
    const auto type = load_raw<std::uint32_t>(p + 12);
    constexpr std::uint32_t kSectagMask = as_on_wire(0xFFFF0000u | kTciVersion << 8);
    constexpr std::uint32_t kSectag = as_on_wire(0x88E50000u);
    const std::uint8_t tci = p[14];
    if ((type & kSectagMask) == kSectag && (tci & (kTciEncrypted | kTciChanged)) != 0) {
        const bool explicit_sci = (tci & kTciSci) != 0;
        IdentityWords id;
        id.an = key_head(0, Protocol{}, tci & kTciAn, Family::none, false);
        const auto mac = load_raw<std::uint64_t>(p + 6);
        id.addr[0] = explicit_sci ? load_raw<std::uint64_t>(p + 20) : implicit_sci(mac, tci);
        id.source[1] = explicit_sci ? 0 : mac_octets(mac);
        if (may_be_anyones(tci)) share_sci(id, frame.source);
        emit(o, frame, id, load_be32(p + 16), explicit_sci ? 0 : implicit_sci_flags(tci), key);
        protocol = Protocol::macsec;
        return true;
    }

    // Total length (2), identification (2), flags and offset (2), time to live, protocol.
    const auto middle = load_raw<std::uint64_t>(p + 16);
    constexpr std::uint64_t kMiddleMask = as_on_wire(std::uint64_t{0x1FFF00FF});
    constexpr std::uint64_t kMiddle = as_on_wire(std::uint64_t{kProtocolEsp});
    if ((type & as_on_wire(0xFFFFFF00u)) == as_on_wire(0x08004500u)
        && (middle & kMiddleMask) == kMiddle && load_be16(p + 16) >= 20 + 8 && p[30] < 0xE0) {
        IdentityWords id;
        id.head = key_head(load_be32(p + 34), Protocol::esp, 0, Family::ipv4, false);
        id.addr[0] = four_octets(p + 30);
        id.source[0] = last_four_octets(p + 26);
        emit(o, frame, id, load_be32(p + 38), 0, key);
        protocol = Protocol::esp;
        return true;
    }
    return false;
}

} // namespace lacuna::wire
