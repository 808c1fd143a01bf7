// Writing an observation: one place that knows how an identity lies in memory.
#pragma once

#include "base/endian.hpp"
#include "wire/frame.hpp"
#include "wire/identity_hash.hpp"

#include <algorithm>

namespace lacuna::wire {

/// An SaIdentity as the 64-bit words it consists of. Built in registers and stored word by word:
/// an identity put together octet by octet would have to be read back, for its hash, before the
/// small stores can be forwarded to the wide load, which costs more than the rest of the decoding.
struct IdentityWords {
    std::uint64_t head = 0;       ///< SaKey before `addr`, AN and tag zero; see key_head()
    std::uint64_t an = 0;         ///< the AN, at its place in `head`
    std::uint64_t addr[2] = {};   ///< SaKey::addr, as far as it identifies
    std::uint64_t source[2] = {}; ///< the rest of SaKey::addr
    std::uint64_t src[2] = {};    ///< SaIdentity::src
};

/// The word SaKey begins with, the tag zero. test/unit/wire_layout_test.cpp holds it to the struct.
constexpr std::uint64_t key_head(std::uint32_t spi, Protocol protocol, std::uint8_t an,
                                 Family family, bool multicast, std::uint8_t spare = 0) {
    const auto octet = [](auto v) { return static_cast<std::uint64_t>(v); };
    if constexpr (kLittleEndian)
        return spi | octet(protocol) << 32
               | (octet(multicast) | octet(family) << 1 | octet(an) << 4 | octet(spare) << 6) << 40;
    else
        return std::uint64_t{spi} << 32 | octet(protocol) << 24
               | (octet(multicast) << 7 | octet(family) << 4 | octet(an) << 2 | octet(spare)) << 16;
}

/// The tag, at its place in the first word of SaKey.
constexpr std::uint64_t key_tag(std::uint16_t tag) {
    return kLittleEndian ? std::uint64_t{tag} << 48 : std::uint64_t{tag};
}

/// The word whose memory begins with the four octets at `p` and ends with `last`.
inline std::uint64_t four_octets(const std::uint8_t* p, std::uint32_t last = 0) {
    const std::uint64_t first = load_raw<std::uint32_t>(p);
    return kLittleEndian ? first | std::uint64_t{last} << 32 : first << 32 | last;
}

/// The word whose memory begins with four zero octets and ends with those at `p`.
inline std::uint64_t last_four_octets(const std::uint8_t* p) {
    const std::uint64_t last = load_raw<std::uint32_t>(p);
    return kLittleEndian ? last << 32 : last;
}

/// Where Observation::bytes and ::flags lie, before the hash.
inline constexpr std::size_t kBytesFlags = offsetof(Observation, hash) - 4;

/// Fills all of `o` for an association seen in `frame`; `seq` with the VLAN.
inline void emit(Observation& o, const Frame& frame, const IdentityWords& id, std::uint64_t seq,
                 std::uint8_t flags, const HashKey& key) {
    // Read first: for all the compiler knows, what is written may lie in the frame.
    const Frame f = frame;
    auto* to = reinterpret_cast<std::uint8_t*>(&o);
    const auto put = [to](std::size_t at, std::uint64_t v) { std::memcpy(to + at, &v, sizeof v); };
    put(0, id.head | id.an | key_tag(f.source));
    put(8, id.addr[0] | id.source[0]);
    put(16, id.addr[1] | id.source[1]);
    put(24, id.src[0]);
    put(32, id.src[1]);
    o.time = f.time;
    o.seq = seq;
    // Both at once: one store, and nothing of what lay there before to be kept.
    const std::uint32_t bytes = std::min(f.wirelen, kMaxFrameBytes);
    constexpr unsigned kFlagsAt = kLittleEndian ? 24 : 0;
    constexpr unsigned kBytesAt = kLittleEndian ? 0 : 8;
    const std::uint32_t both = bytes << kBytesAt | std::uint32_t{flags} << kFlagsAt;
    std::memcpy(to + kBytesFlags, &both, sizeof both);
    constexpr std::uint64_t kGroup6 = key_head(0, Protocol{}, 0, Family::ipv6, true);
    if ((id.head & kGroup6) == kGroup6) [[unlikely]] {
        o.hash = identity_hash(o.id, key);
    } else {
        const std::uint64_t h = hash_key_words(id.head, id.addr[0], id.addr[1], key);
        o.hash = finish_hash(h, id.head, key);
    }
}
static_assert(offsetof(SaKey, spi) == 0 && offsetof(SaKey, protocol) == 4
                  && offsetof(SaKey, tag) == 6 && offsetof(SaKey, addr) == 8
                  && offsetof(SaIdentity, src) == 24,
              "the words above");

} // namespace lacuna::wire
