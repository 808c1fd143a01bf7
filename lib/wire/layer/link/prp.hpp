// The trailer of PRP (IEC 62439-3 4.1.10): the frame itself is read as without it.
#pragma once

#include "wire/layer/link/tag.hpp"

namespace lacuna::wire {

/// Number (2), LAN and size (2), suffix 0x88FB, at the end of an Ethernet frame. The size counts
/// from behind the EtherType, VLAN tags left out, to the end; LANs are 10 and 11. A frame that was
/// not captured whole has no end to look at.
[[gnu::noinline]] inline void prp_trailer(Context& ctx, const Frame& frame) {
    constexpr std::size_t kTrailer = 6, kLeast = 14 + kTrailer;
    if (frame.link != LinkType::ethernet || frame.caplen < kLeast || frame.caplen != frame.wirelen)
        return;
    const std::uint8_t* end = frame.data + frame.caplen;
    const std::uint32_t lan = end[-4] >> 4;
    if (load_be16(end - 2) != 0x88FB || (lan != 10 && lan != 11)) return;
    std::size_t header = 14;
    for (std::uint16_t type = load_be16(frame.data + 12);
         (type == 0x8100 || type == 0x88A8 || type == 0x9100)
         && header + 4 + kTrailer <= frame.caplen;
         header += 4)
        type = load_be16(frame.data + header + 2);
    if ((load_be16(end - 4) & 0x0FFFu) != frame.caplen - header) return;
    ctx.mac = frame.data + 6;
    ctx.observe(Protocol::prp, mac_identity(ctx, Protocol::prp, lan, false), load_be16(end - 6));
}

} // namespace lacuna::wire
