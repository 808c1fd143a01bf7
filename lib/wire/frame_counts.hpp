// Every frame is counted once, by name.
#pragma once

#include "base/types.hpp"

#include <string>
#include <utility>
#include <vector>

namespace lacuna::wire {

/// Class of a frame: that of its outermost secured layer.
enum class FrameClass : std::uint8_t { macsec = 0, esp = 1, ah = 2, other = 3, malformed = 4 };
inline constexpr std::size_t kFrameClasses = 5;

/// What an `other` frame is, where neither its EtherType nor its IP protocol says it best.
enum class Role : std::uint8_t {
    runt,            ///< ends before its link-layer header does
    truncated,       ///< ends before its role can be read
    ike,             ///< UDP 500, or UDP 4500 behind the non-ESP marker (RFC 3948 2.2)
    natt_keepalive,  ///< UDP 4500, a single 0xFF (RFC 3948 2.3)
    ip_fragment,     ///< not the first fragment
    ipv4_bad_header, ///< version, header length or total length make no sense
    ipv6_bad_header,
    ip_nesting,       ///< more IP headers inside each other than the decoder follows
    llc,              ///< 802.3 length field, LLC other than SNAP with an EtherType
    mpls,             ///< MPLS payload that is not IP
    unsupported_link, ///< an interface whose link type cannot be decoded
    count
};
inline constexpr std::size_t kRoles = static_cast<std::size_t>(Role::count);

/// Counters of one decoder. One writer; readers take copies. About 0.5 MiB because EtherTypes are
/// indexed directly: keep it on the heap.
struct FrameCounts {
    std::uint64_t offered = 0;             ///< frames given to the decoder
    std::uint64_t bytes = 0;               ///< on the wire without FCS, all frames
    std::uint64_t cls[kFrameClasses] = {}; ///< by FrameClass; sums to `offered`
    std::uint64_t nesting_cut = 0;         ///< secured layers deeper than kMaxSasPerFrame
    std::uint64_t role[kRoles] = {};       ///< `other` by Role
    std::uint64_t ipv4[256] = {};          ///< `other` by IPv4 protocol
    std::uint64_t ipv6[256] = {};          ///< `other` by last IPv6 next header
    std::uint64_t ethertype[65536] = {};   ///< `other` by EtherType

    std::uint64_t of(FrameClass c) const { return cls[static_cast<std::size_t>(c)]; }
    FrameCounts& operator+=(const FrameCounts& o);

    /// The `other` frames by name ("arp", "ipv4/tcp", "ike", "ethertype-0x1234", "ipv4/proto-200"),
    /// sorted by name; zero counts left out. The counts sum to of(FrameClass::other).
    std::vector<std::pair<std::string, std::uint64_t>> other_by_name() const;
};

} // namespace lacuna::wire
