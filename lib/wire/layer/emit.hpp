// Writing an observation: one place that knows how an identity lies in memory.
#pragma once

#include "base/endian.hpp"
#include "wire/frame.hpp"
#include "wire/identity_hash.hpp"

namespace lacuna::wire {

/// An SaIdentity as the 64-bit words it consists of. Built in registers and stored word by word:
/// an identity put together octet by octet would have to be read back, for its hash, before the
/// small stores can be forwarded to the wide load, which costs more than the rest of the decoding.
struct IdentityWords {
    std::uint64_t head = 0;     ///< SaKey before `addr`, with the AN zero; see key_head()
    std::uint64_t an = 0;       ///< the AN, at its place in `head`
    std::uint64_t addr[2] = {}; ///< SaKey::addr
    std::uint64_t src6[2] = {}; ///< SaIdentity::src6
};

/// The word SaKey begins with.
constexpr std::uint64_t key_head(std::uint32_t spi, Protocol protocol, std::uint8_t an,
                                 Family family, bool multicast) {
    const auto octet = [](auto v) { return static_cast<std::uint64_t>(v); };
    if constexpr (std::endian::native == std::endian::little)
        return spi | octet(protocol) << 32 | octet(an) << 40 | octet(family) << 48
               | octet(multicast) << 56;
    else
        return std::uint64_t{spi} << 32 | octet(protocol) << 24 | octet(an) << 16
               | octet(family) << 8 | octet(multicast);
}

/// The word whose memory begins with the four octets at `p` and ends with `last`.
inline std::uint64_t four_octets(const std::uint8_t* p, std::uint32_t last = 0) {
    const std::uint64_t first = load_raw<std::uint32_t>(p);
    return std::endian::native == std::endian::little ? first | std::uint64_t{last} << 32
                                                      : first << 32 | last;
}

/// Fills all of `o` for an association seen in `frame`.
inline void emit(Observation& o, const Frame& frame, const IdentityWords& id, std::uint32_t seq,
                 std::uint16_t flags, const HashKey& key) {
    // Read first: for all the compiler knows, what is written may lie in the frame.
    const Frame f = frame;
    auto* to = reinterpret_cast<std::uint8_t*>(&o);
    const auto put = [to](std::size_t at, std::uint64_t v) { std::memcpy(to + at, &v, sizeof v); };
    put(0, id.head | id.an);
    put(8, id.addr[0]);
    put(16, id.addr[1]);
    put(24, id.src6[0]);
    put(32, id.src6[1]);
    o.time = f.time;
    o.seq = seq;
    o.bytes = f.wirelen;
    constexpr std::uint64_t kGroup6 = key_head(0, Protocol{}, 0, Family::ipv6, true);
    if ((id.head & kGroup6) == kGroup6) [[unlikely]] {
        o.hash = identity_hash(o.id, key);
    } else {
        const std::uint64_t h = hash_key_words(id.head, id.addr[0], id.addr[1], key);
        o.hash = static_cast<std::uint32_t>(h ^ (h >> 32));
    }
    o.flags = flags;
    o.source = f.source;
}
static_assert(offsetof(SaKey, spi) == 0 && offsetof(SaKey, protocol) == 4
                  && offsetof(SaKey, an) == 5 && offsetof(SaKey, family) == 6
                  && offsetof(SaKey, multicast) == 7 && offsetof(SaKey, addr) == 8
                  && offsetof(SaIdentity, src6) == 24,
              "the words above");

} // namespace lacuna::wire
