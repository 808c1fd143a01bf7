// What the decoder makes of a frame: one Observation per secure association it carries.
#pragma once

#include "base/types.hpp"
#include "wire/encapsulations.hpp"
#include "wire/protocols.hpp"

#include <bit>
#include <cstring>

namespace lacuna::wire {

/// What addr of a key holds. mac: destination in addr[0..5], VLAN in addr[6..7], source in
/// addr[8..13].
enum class Family : std::uint8_t { none = 0, mac = 1, ipv4 = 4, ipv6 = 6 };

/// What identifies a secure association on the wire, and, where it fits, where the packet came
/// from.
///
/// | | identity | source, no part of the identity |
/// |---|---|---|
/// | MACsec (IEEE 802.1AE-2018 7.1) | SCI in wire order in addr[0..7], AN | addr[8..13]: source
/// MAC, if the SCI is not on the wire (SC=0) | | ESP, AH over IPv4 (RFC 4301 4.1) | protocol, SPI,
/// destination in addr[0..3] | addr[4..7] | | ESP, AH over IPv6 | protocol, SPI, destination in
/// addr[0..15] | beside the key: SaIdentity::src |
///
/// To a multicast destination the source is part of the identity, and so it is where both ends
/// identify (IdForm::key, IdForm::ports). Unused octets are zero, so that keys compare as words.
struct SaKey {
    std::uint32_t spi; ///< host order: SPI, key, index of the receiver; 0 for MACsec
    Protocol protocol;
    std::uint8_t multicast : 1; ///< the source joins the identity
    Family family : 3;          ///< of the addresses; none for MACsec
    std::uint8_t an : 2;        ///< MACsec association number; 1: `spi` is absent (IdForm::key)
    std::uint8_t spare : 2;     ///< 0 in a packet; a row of a table marks itself as free here
    std::uint16_t tag; ///< no part of the identity: Observation::port(), in a table its owner's
    std::uint8_t addr[16];
};
static_assert(sizeof(SaKey) == 24);

/// One of the three words of a key.
inline std::uint64_t key_word(const SaKey& key, std::size_t i) {
    std::uint64_t w;
    std::memcpy(&w, reinterpret_cast<const char*>(&key) + 8 * i, sizeof w);
    return w;
}

/// The bits of each word of `key` that identify: neither the tag nor a source that is no part.
struct KeyMask {
    std::uint64_t word[3];
};
inline constexpr bool kLittleEndian = std::endian::native == std::endian::little;
inline constexpr std::uint64_t kNoTag =
    kLittleEndian ? ~std::uint64_t{0} >> 16 : ~std::uint64_t{0} << 16;
inline KeyMask identity_mask(const SaKey& key) {
    constexpr std::uint64_t kAll = ~std::uint64_t{0};
    constexpr std::uint64_t kFirstFour = kLittleEndian ? kAll >> 32 : kAll << 32;
    return {{kNoTag, key.family == Family::ipv4 && key.multicast == 0 ? kFirstFour : kAll,
             key.family == Family::none ? 0 : kAll}};
}

/// Whether two keys identify the same association; the source of IPv6 multicast excepted.
inline bool same_identity(const SaKey& a, const SaKey& b) {
    const KeyMask mask = identity_mask(a);
    std::uint64_t differ = 0;
    for (std::size_t i = 0; i < 3; ++i)
        differ |= (key_word(a, i) ^ key_word(b, i)) & mask.word[i];
    return differ == 0;
}

/// Whether two keys identify the same association and name the same source; that of IPv6 lies
/// beside them. One branch, whole words.
inline bool same_sender(const SaKey& a, const SaKey& b) {
    return (((key_word(a, 0) ^ key_word(b, 0)) & kNoTag) | (key_word(a, 1) ^ key_word(b, 1))
            | (key_word(a, 2) ^ key_word(b, 2)))
           == 0;
}

/// A key and the source address that does not fit into it. As an identity, which is what stands
/// everywhere but in an Observation, it is free of the tag and of any source that is no part of it,
/// and compares as octets.
struct SaIdentity {
    SaKey key;
    std::uint8_t src[16]; ///< IPv6 source; else zero

    friend bool operator==(const SaIdentity& a, const SaIdentity& b) {
        return std::memcmp(&a, &b, sizeof a) == 0;
    }
};
static_assert(sizeof(SaIdentity) == 40);

/// Whether SaIdentity::src is part of the identity.
inline bool has_source6(const SaKey& key) {
    return key.multicast != 0 && key.family == Family::ipv6;
}

/// `id` without tag and source, as far as the latter is no part of the identity.
inline SaIdentity identity_of(const SaIdentity& id) {
    SaIdentity out{};
    const KeyMask mask = identity_mask(id.key);
    for (std::size_t i = 0; i < 3; ++i) {
        const std::uint64_t w = key_word(id.key, i) & mask.word[i];
        std::memcpy(reinterpret_cast<char*>(&out) + 8 * i, &w, sizeof w);
    }
    if (has_source6(id.key)) std::memcpy(out.src, id.src, sizeof out.src);
    return out;
}

/// SaKey::spare of a SecTAG without SCI that may be of anyone (SC=0, ES=0, SCB=0): all of them of
/// one AN on one port are one identity, addr[0..1] the port, whatever the source MAC.
inline constexpr std::uint8_t kSharedSci = 1;
inline bool is_shared(const SaKey& key) {
    return key.protocol == Protocol::macsec && key.spare == kSharedSci;
}

/// SaKey::spare of an SA that is shown: one of several counters of an identity. The source is told
/// with it, and SaKey::tag is its number among those of that source, from 1 on.
inline constexpr std::uint8_t kOneOfSeveral = 2;
/// Counters an identity can have told apart, one that stands for the rest included.
inline constexpr std::uint16_t kMostCounters = 63;
inline void one_of_several(SaIdentity& id, std::uint16_t number) {
    id.key.spare = kOneOfSeveral;
    id.key.tag = number;
}

/// What an SA with this identity and source is called: where the SCI may be of anyone, that of the
/// source.
inline SaIdentity shown_source(const SaIdentity& id) {
    SaIdentity shown = id;
    if (is_shared(id.key)) {
        shown.key.spare = 0;
        std::memcpy(shown.key.addr, id.key.addr + 8, 6);
        shown.key.addr[6] = 0;
        shown.key.addr[7] = 1;
    }
    return shown;
}

/// Where the source of an identity lies, and how many octets it has; family none: a MAC address.
inline const std::uint8_t* source_octets(const SaIdentity& id) {
    return id.key.family == Family::ipv6   ? id.src
           : id.key.family == Family::ipv4 ? id.key.addr + 4
                                           : id.key.addr + 8;
}
inline std::size_t address_size(const SaKey& key) {
    return key.family == Family::ipv6 ? 16 : key.family == Family::ipv4 ? 4 : 6;
}

/// `id`, as if it came from where `other` comes from.
inline SaIdentity with_source_of(const SaIdentity& id, const SaIdentity& other) {
    SaIdentity out = id;
    if (id.key.family == Family::ipv4) std::memcpy(out.key.addr + 4, other.key.addr + 4, 4);
    std::memcpy(out.src, other.src, sizeof out.src);
    return out;
}

/// Observation::seq: the number has this many bits, the VLAN lies above. No link uses up more.
inline constexpr unsigned kSeqBits = 48;
inline constexpr std::uint64_t kSeqMask = (std::uint64_t{1} << kSeqBits) - 1;
/// Of a VLAN: the frame had a tag, which may be of VLAN 0 (IEEE 802.1Q-2018 9.6).
inline constexpr std::uint16_t kTagged = 0x1000;
inline constexpr std::uint16_t kVlanMask = 0x0FFF;

/// Observation::flags
enum ObservationFlag : std::uint8_t {
    kSciAssumed = 1u << 0, ///< SC=0 and ES=0: the SCI is that of the sole peer (802.1AE-2018 9.9)
    /// The header alone proves nothing: the packet counts once its stream is believed.
    /// kCountedAsOther in `seq` says that its frame is counted as `other` until then.
    kOnTrial = 1u << 1,
    /// The packet covers several numbers: how many is in bits 32 to 47 of `seq`.
    kRun = 1u << 2,
};
/// Flags of what is more than one packet with one number; nothing keeps them.
inline constexpr std::uint8_t kMoreThanOne = kOnTrial | kRun;
inline constexpr std::uint64_t kCountedAsOther = std::uint64_t{1} << (kSeqBits - 1);
/// The upper bits hold the Encapsulation around the header that carries the number.
inline constexpr unsigned kInsideShift = 3;
constexpr std::uint8_t inside_flags(Encapsulation e) {
    return static_cast<std::uint8_t>(static_cast<unsigned>(e) << kInsideShift);
}

/// Longer frames are taken to have so many octets: Observation::bytes has 24 bits. No link carries
/// a frame of 16 MiB, but a capture file may claim one.
inline constexpr std::uint32_t kMaxFrameBytes = 0xFFFFFF;

/// One numbered packet of one SA. Travels by value between stages; holds no pointer.
struct alignas(kCacheLine) Observation {
    SaIdentity id; ///< always with the source; identity() is without
    TimeNs time;
    std::uint64_t seq;        ///< number as on the wire, host order: PN or sequence number; and the
                              ///< VLAN, see kSeqBits
    std::uint32_t bytes : 24; ///< of the whole frame on the wire without FCS, <= kMaxFrameBytes
    std::uint32_t flags : 8;  ///< ObservationFlag, and the encapsulation
    std::uint32_t hash;       ///< identity_hash() of `id`: keyed, AN and source left out

    /// Frame::source: which port or file the frame came from.
    std::uint16_t port() const { return id.key.tag; }
    /// VLAN of the innermost tag, with kTagged; 0: there was none.
    std::uint16_t vlan() const { return static_cast<std::uint16_t>(seq >> kSeqBits); }
    /// The low half of the number, all of it where numbers have 32 bits.
    std::uint32_t seq32() const { return static_cast<std::uint32_t>(seq); }
    SaIdentity identity() const { return identity_of(id); }
    /// What the packet travelled in.
    Encapsulation inside() const { return static_cast<Encapsulation>(flags >> kInsideShift); }
};
static_assert(sizeof(Observation) == kCacheLine, "one cache line travels between stages");

/// Most secure associations one frame is tracked for; deeper nesting is counted, not followed.
inline constexpr std::size_t kMaxSasPerFrame = 8;

} // namespace lacuna::wire
