// Every frame is counted once, by name.
#pragma once

#include "base/types.hpp"
#include "wire/ike/negotiations.hpp"
#include "wire/mka/key_agreement.hpp"
#include "wire/protocols.hpp"

#include <string>
#include <utility>
#include <vector>

namespace lacuna::wire {

/// Class of a frame: that of its outermost encrypted layer; without one, of its outermost further
/// counter. The value is that of the protocol.
enum class FrameClass : std::uint8_t { macsec = 0, esp = 1, ah = 2, other = 3, malformed = 4 };
inline constexpr std::size_t kFrameClasses = kProtocols;
static_assert(static_cast<int>(Protocol::macsec) == static_cast<int>(FrameClass::macsec)
                  && static_cast<int>(Protocol::esp) == static_cast<int>(FrameClass::esp)
                  && static_cast<int>(Protocol::ah) == static_cast<int>(FrameClass::ah)
                  && !is_numbered(Protocol::tcp) && !is_numbered(Protocol::udp),
              "conversations leave their places to the classes without a protocol");

constexpr FrameClass class_of(Protocol p) {
    return static_cast<FrameClass>(p);
}

/// The classes that stand in every list of them, in their order; those of other protocols follow
/// where they were asked for or seen.
inline constexpr FrameClass kBasicClasses[] = {FrameClass::macsec, FrameClass::esp, FrameClass::ah,
                                               FrameClass::other, FrameClass::malformed};
inline constexpr std::size_t kFirstFurtherClass = std::size(kBasicClasses);

/// "macsec", "other", ...
constexpr const char* class_name(FrameClass c) {
    return c == FrameClass::other       ? "other"
           : c == FrameClass::malformed ? "malformed"
                                        : protocol_name(static_cast<Protocol>(c));
}

/// What an `other` frame is, where neither its EtherType nor its IP protocol says it best.
enum class Role : std::uint8_t {
    runt,            ///< ends before its link-layer header does
    truncated,       ///< ends before its role can be read
    ike,             ///< UDP 500, or UDP 4500 behind the non-ESP marker (RFC 3948 2.2)
    mka,             ///< key agreement of MACsec, under EtherType 0x888E or 0x876F
    natt_keepalive,  ///< UDP 4500, a single 0xFF (RFC 3948 2.3)
    ip_fragment,     ///< not the first fragment
    ipv4_bad_header, ///< version, header length or total length make no sense
    ipv6_bad_header,
    ip_nesting,       ///< more IP headers inside each other than the decoder follows
    llc,              ///< 802.3 length field, LLC other than SNAP with an EtherType
    mpls,             ///< MPLS payload that is not IP
    unsupported_link, ///< an interface whose link type cannot be decoded
    deep,             ///< more encapsulations inside each other than the decoder follows
    // What an encapsulation or a service carries that is not looked into, by UDP port or signature.
    ppp,
    vxlan,
    vxlan_gpe,
    geneve,
    gtp_u,
    l2tp,
    tzsp,
    wireguard, ///< its handshake
    nebula,    ///< its handshake and the like
    openvpn,   ///< its control channel
    roce,
    netflow,
    sflow,
    esp_in_tcp, ///< of a stream on TCP port 4500: IKE, keepalives, parts of messages
    quic,
    dns,
    dhcp,
    ntp,
    snmp,
    mdns,
    ssdp,
    stun,
    sip,
    rtp,  ///< on a port named for it, but no RTP
    rtcp, ///< control packets of RTP
    ipfix,
    dtls,
    count
};
inline constexpr std::size_t kRoles = static_cast<std::size_t>(Role::count);

/// What one decoder has seen that is no observation. One writer; readers take copies. About 0.7 MiB
/// because EtherTypes are indexed directly: keep it on the heap.
struct FrameCounts {
    std::uint64_t offered = 0;             ///< frames given to the decoder
    std::uint64_t bytes = 0;               ///< on the wire without FCS, all frames
    std::uint64_t cls[kFrameClasses] = {}; ///< by FrameClass; sums to `offered`
    std::uint64_t nesting_cut = 0;         ///< secured layers deeper than kMaxSasPerFrame
    ProtocolSet asked = 0;                 ///< further counters shown even where none was seen
    std::uint64_t role[kRoles] = {};       ///< `other` by Role
    std::uint64_t ipv4[256] = {};          ///< `other` by IPv4 protocol
    std::uint64_t ipv6[256] = {};          ///< `other` by last IPv6 next header
    std::uint64_t ethertype[65536] = {};   ///< `other` by EtherType
    KeyAgreement mka;                      ///< what those of Role::mka say
    Negotiations ike;                      ///< and those of Role::ike

    std::uint64_t of(FrameClass c) const { return cls[static_cast<std::size_t>(c)]; }
    FrameCounts& operator+=(const FrameCounts& o);

    /// The `other` frames by name ("arp", "ipv4/tcp", "ike", "ethertype-0x1234", "ipv4/proto-200"),
    /// sorted by name; zero counts left out. The counts sum to of(FrameClass::other).
    std::vector<std::pair<std::string, std::uint64_t>> other_by_name() const;
};

} // namespace lacuna::wire
