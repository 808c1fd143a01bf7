// The keyed hash that shards and finds secure associations.
#pragma once

#include "wire/observation.hpp"

namespace lacuna::wire {

/// Secret words of one process. Drawn once at start from the system's random source, so that nobody
/// can prepare identities that collide (a CRC or FNV hash is linear or unkeyed: a seed would not
/// protect it).
struct HashKey {
    std::uint64_t k[5];

    /// From getrandom(2). Aborts only if the kernel has no random source at all.
    static HashKey random();
    /// A fixed key for tests and benches that must repeat exactly.
    static HashKey fixed(std::uint64_t seed);
};

/// 64x64 -> 128 bit product folded to 64 bits.
inline std::uint64_t fold_multiply(std::uint64_t a, std::uint64_t b) {
#if defined(__x86_64__)
    // As below; gcc 12 sends the halves of a 128-bit product through memory.
    std::uint64_t low, high;
    __asm__("mulq %3" : "=a"(low), "=d"(high) : "a"(a), "rm"(b) : "cc");
    return low ^ high;
#else
    __extension__ using u128 = unsigned __int128;
    const u128 p = static_cast<u128>(a) * b;
    return static_cast<std::uint64_t>(p) ^ static_cast<std::uint64_t>(p >> 64);
#endif
}

/// identity_hash() of a key given as its three words with AN, tag and source zero, IPv6 multicast
/// excepted.
inline std::uint64_t hash_key_words(std::uint64_t w0, std::uint64_t w1, std::uint64_t w2,
                                    const HashKey& key) {
    const std::uint64_t h = fold_multiply(w0 ^ key.k[0], w1 ^ key.k[1]);
    return fold_multiply(h ^ w2 ^ key.k[2], key.k[3]);
}

/// From a folded hash to what an Observation carries. The upper eight bits choose the worker: for
/// ESP and AH they depend on protocol and SPI alone, so that the senders of an SPI, and a peer
/// whose address moves, stay with one. `head` is the first word of the key, AN and tag zero.
inline std::uint32_t finish_hash(std::uint64_t h, std::uint64_t head, const HashKey& key) {
    const auto all = static_cast<std::uint32_t>(h ^ (h >> 32));
    const auto protocol = static_cast<Protocol>(head >> (kLittleEndian ? 32 : 24) & 0xFF);
    if (protocol != Protocol::esp && protocol != Protocol::ah) return all;
    const std::uint64_t spread = head * (key.k[4] | 1);
    return (all & 0x00FFFFFF) | static_cast<std::uint32_t>(spread >> 56) << 24;
}

/// Hash of the identity in `id` without its AN, so that all associations of a secure channel share
/// it and go to one worker. A source counts only where it is part of the identity.
inline std::uint32_t identity_hash(const SaIdentity& id, const HashKey& key) {
    SaKey k = id.key;
    k.an = 0;
    const KeyMask mask = identity_mask(k);
    std::uint64_t h = hash_key_words(key_word(k, 0) & mask.word[0], key_word(k, 1) & mask.word[1],
                                     key_word(k, 2) & mask.word[2], key);
    if (has_source6(k)) [[unlikely]] {
        std::uint64_t s[2];
        std::memcpy(s, id.src, sizeof s);
        h = fold_multiply(h ^ s[0], key.k[4] ^ s[1]);
    }
    return finish_hash(h, key_word(k, 0) & mask.word[0], key);
}

} // namespace lacuna::wire
