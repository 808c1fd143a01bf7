// Types every layer shares. Values are in host byte order unless a comment says otherwise.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace lacuna {

/// Nanoseconds since the Unix epoch, UTC; what every time in lacuna is measured in. Signed, so
/// that differences of times that step backwards stay meaningful.
using TimeNs = std::int64_t;

/// A packet or sequence number extended to 64 bits. Signed: a number just below the start of an
/// unknown high half (see seq/extend.hpp) is negative.
using Seq64 = std::int64_t;

inline constexpr std::size_t kCacheLine = 64;

/// What an observation is of: the security protocols whose numbers lacuna tracks, and the transport
/// protocols whose packets it can count besides (their numbers count octets, not packets).
enum class Protocol : std::uint8_t { macsec = 0, esp = 1, ah = 2, tcp = 3, udp = 4 };
inline constexpr std::size_t kProtocols = 5;

constexpr bool is_secured(Protocol p) {
    return p <= Protocol::ah;
}

/// "macsec", "esp", "ah", "tcp" or "udp".
constexpr const char* protocol_name(Protocol p) {
    constexpr std::array<const char*, kProtocols> names{"macsec", "esp", "ah", "tcp", "udp"};
    return names[static_cast<std::size_t>(p)];
}

} // namespace lacuna
