// What the decoder makes of a frame: one Observation per secure association it carries.
#pragma once

#include "base/types.hpp"

#include <cstring>

namespace lacuna::wire {

enum class Family : std::uint8_t { none = 0, ipv4 = 4, ipv6 = 6 };

/// What identifies a secure association on the wire, the source of IPv6 multicast excepted.
///
/// - MACsec (IEEE 802.1AE-2018 7.1): SCI and AN; `addr` begins with the SCI in wire order.
/// - ESP, AH (RFC 4301 4.1): protocol, SPI and destination. IPv4: destination in addr[0..3] and,
///   only to a multicast destination, the source in addr[4..7]. IPv6: destination in all 16.
///
/// Unused octets are zero, so that keys compare as bytes.
struct SaKey {
    std::uint32_t spi; ///< host order; 0 for MACsec
    Protocol protocol;
    std::uint8_t an;        ///< MACsec association number 0-3, else 0
    Family family;          ///< of the addresses; none for MACsec
    std::uint8_t multicast; ///< 1: the destination is multicast and the source joins the identity
    std::uint8_t addr[16];
};
static_assert(sizeof(SaKey) == 24);

inline bool same_key(const SaKey& a, const SaKey& b) {
    const auto word = [](const SaKey& key, std::size_t i) {
        std::uint64_t w;
        std::memcpy(&w, reinterpret_cast<const char*>(&key) + 8 * i, sizeof w);
        return w;
    };
    // One branch instead of three.
    return ((word(a, 0) ^ word(b, 0)) | (word(a, 1) ^ word(b, 1)) | (word(a, 2) ^ word(b, 2))) == 0;
}

/// The full identity: the key and, for IPv6 to a multicast destination only, the source address
/// (else zero).
struct SaIdentity {
    SaKey key;
    std::uint8_t src6[16];

    friend bool operator==(const SaIdentity& a, const SaIdentity& b) {
        return std::memcmp(&a, &b, sizeof a) == 0;
    }
};
static_assert(sizeof(SaIdentity) == 40);

/// Observation::flags
enum ObservationFlag : std::uint16_t {
    kSciAssumed = 1u << 0, ///< SC=0 and ES=0: the SCI is that of the sole peer (802.1AE-2018 9.9)
};

/// One numbered packet of one SA. Travels by value between stages; holds no pointer.
struct alignas(kCacheLine) Observation {
    SaIdentity id;
    TimeNs time;
    std::uint32_t seq;    ///< PN or sequence number as on the wire, host order
    std::uint32_t bytes;  ///< of the whole frame on the wire without FCS
    std::uint32_t hash;   ///< identity_hash() of `id`: keyed, the AN left out
    std::uint16_t flags;  ///< ObservationFlag
    std::uint16_t source; ///< Frame::source
};
static_assert(sizeof(Observation) == kCacheLine, "one cache line travels between stages");

/// Most secure associations one frame is tracked for; deeper nesting is counted, not followed.
inline constexpr std::size_t kMaxSasPerFrame = 8;

} // namespace lacuna::wire
