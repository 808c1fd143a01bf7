// A captured frame as the decoder sees it: a view of bytes somebody else owns.
#pragma once

#include "base/types.hpp"

namespace lacuna::wire {

/// Link types the decoder understands. Values are lacuna's own, not LINKTYPE_ numbers; the capture
/// readers translate.
enum class LinkType : std::uint16_t {
    ethernet = 0,    ///< LINKTYPE_ETHERNET (1)
    raw_ip = 1,      ///< LINKTYPE_RAW (101; 12 and 14 in old files), IPv4 (228), IPv6 (229)
    linux_sll = 2,   ///< LINKTYPE_LINUX_SLL (113)
    linux_sll2 = 3,  ///< LINKTYPE_LINUX_SLL2 (276)
    unsupported = 4, ///< an interface of a pcapng file that cannot be decoded: counted as other
    loopback = 5,    ///< LINKTYPE_NULL (0), LINKTYPE_LOOP (108)
    ppp = 6,         ///< LINKTYPE_PPP (9), LINKTYPE_PPP_HDLC (50)
    pppoe = 7,       ///< LINKTYPE_PPP_ETHER (51)
    mpls = 8,        ///< LINKTYPE_MPLS (219)
    cisco_hdlc = 9,  ///< LINKTYPE_C_HDLC (104)
    nflog = 10,      ///< LINKTYPE_NFLOG (239)
    enc = 11,        ///< LINKTYPE_ENC (109)
    ipnet = 12,      ///< LINKTYPE_IPNET (226)
    juniper_ethernet = 13,  ///< LINKTYPE_JUNIPER_ETHER (178)
    switch_tag = 14,        ///< LINKTYPE_DSA_TAG_DSA (284), LINKTYPE_DSA_TAG_BRCM (281)
    switch_tag_before = 15, ///< LINKTYPE_DSA_TAG_BRCM_PREPEND (282)
    count
};

/// One frame. `data` stays valid until its source is asked for the next burst; no thread may keep
/// it longer.
struct Frame {
    const std::uint8_t* data; ///< first octet of the link-layer header
    std::uint32_t caplen;     ///< octets readable at `data`, without FCS
    std::uint32_t wirelen;    ///< octets on the wire without FCS, at least `caplen`
    TimeNs time;              ///< when it was seen
    LinkType link;
    std::uint16_t source; ///< which port or file it came from
    std::uint32_t spare;
};
static_assert(sizeof(Frame) == 32, "two frames share a cache line");

/// How many frames are decoded and tracked together at most: enough that what they fetch has come
/// when it is needed.
inline constexpr std::size_t kBurst = 128;
/// How many a port or a ring hands on at once: no packet waits for a longer burst to fill.
inline constexpr std::size_t kRxBurst = 64;
static_assert(kRxBurst <= kBurst);

} // namespace lacuna::wire
