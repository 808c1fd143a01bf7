// The Internet checksum (RFC 1071), in parts so that a header template carries what never changes.
#pragma once

#include "base/endian.hpp"

#include <cstddef>
#include <cstdint>

namespace lacuna::pcapgen {

/// Folds a sum of 16-bit words to 16 bits with end-around carry.
constexpr std::uint16_t fold(std::uint64_t sum) {
    sum = (sum & 0xFFFFFFFFu) + (sum >> 32);
    sum = (sum & 0xFFFFu) + (sum >> 16);
    sum = (sum & 0xFFFFu) + (sum >> 16);
    sum = (sum & 0xFFFFu) + (sum >> 16);
    return static_cast<std::uint16_t>(sum);
}

/// Ones' complement sum of `n` octets as big-endian 16-bit words, an odd last octet padded with
/// zero; folded, not complemented.
inline std::uint16_t sum_of(const std::uint8_t* p, std::size_t n) {
    // The sum commutes with byte order (RFC 1071 2(B)): add native words, swap once at the end.
    std::uint64_t sum = 0;
    for (; n >= 4; n -= 4, p += 4)
        sum += load_raw<std::uint32_t>(p);
    if (n >= 2) {
        sum += load_raw<std::uint16_t>(p);
        n -= 2;
        p += 2;
    }
    std::uint16_t words = fold(sum);
    if constexpr (std::endian::native == std::endian::little) words = bswap(words);
    if (n == 1) words = fold(std::uint64_t{words} + (std::uint64_t{*p} << 8));
    return words;
}

/// What goes on the wire for a folded or unfolded sum.
constexpr std::uint16_t checksum(std::uint64_t sum) {
    return static_cast<std::uint16_t>(~fold(sum));
}

/// As checksum(), but never 0, which in UDP means "none" (RFC 768).
constexpr std::uint16_t udp_checksum(std::uint64_t sum) {
    const std::uint16_t c = checksum(sum);
    return c == 0 ? std::uint16_t{0xFFFF} : c;
}

} // namespace lacuna::pcapgen
