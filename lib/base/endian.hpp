// Unaligned loads and stores of network-order (big-endian) integers.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>

namespace lacuna {

static_assert(std::endian::native == std::endian::little
              || std::endian::native == std::endian::big);

template <typename T>
inline T load_raw(const std::uint8_t* p) {
    T v;
    std::memcpy(&v, p, sizeof v);
    return v;
}

constexpr std::uint16_t bswap(std::uint16_t v) {
    return __builtin_bswap16(v);
}
constexpr std::uint32_t bswap(std::uint32_t v) {
    return __builtin_bswap32(v);
}
constexpr std::uint64_t bswap(std::uint64_t v) {
    return __builtin_bswap64(v);
}

/// Reads sizeof(T) octets at `p`, most significant first. `p` needs no alignment.
template <typename T>
inline T load_be(const std::uint8_t* p) {
    const T v = load_raw<T>(p);
    return std::endian::native == std::endian::little ? bswap(v) : v;
}

inline std::uint16_t load_be16(const std::uint8_t* p) {
    return load_be<std::uint16_t>(p);
}
inline std::uint32_t load_be32(const std::uint8_t* p) {
    return load_be<std::uint32_t>(p);
}
inline std::uint64_t load_be64(const std::uint8_t* p) {
    return load_be<std::uint64_t>(p);
}

/// Writes `v` at `p`, most significant octet first.
template <typename T>
inline void store_be(std::uint8_t* p, T v) {
    if constexpr (std::endian::native == std::endian::little) v = bswap(v);
    std::memcpy(p, &v, sizeof v);
}

} // namespace lacuna
