#include "capture/formats/link.hpp"

namespace lacuna::capture {

namespace {

struct Name {
    std::uint32_t number;
    const char* text;
};

struct Link {
    std::uint32_t number;
    wire::LinkType link;
};

constexpr Link kLinks[] = {
    {0, wire::LinkType::loopback},
    {1, wire::LinkType::ethernet},
    {9, wire::LinkType::ppp},
    {12, wire::LinkType::raw_ip}, // DLT_RAW of most systems, written as it is by old tools
    {14, wire::LinkType::raw_ip}, // DLT_RAW of OpenBSD
    {50, wire::LinkType::ppp},
    {51, wire::LinkType::pppoe},
    {101, wire::LinkType::raw_ip},
    {104, wire::LinkType::cisco_hdlc},
    {108, wire::LinkType::loopback},
    {109, wire::LinkType::enc},
    {113, wire::LinkType::linux_sll},
    {178, wire::LinkType::juniper_ethernet},
    {219, wire::LinkType::mpls},
    {226, wire::LinkType::ipnet},
    {228, wire::LinkType::raw_ip},
    {229, wire::LinkType::raw_ip},
    {239, wire::LinkType::nflog},
    {276, wire::LinkType::linux_sll2},
    {281, wire::LinkType::switch_tag},
    {282, wire::LinkType::switch_tag_before},
    {284, wire::LinkType::switch_tag},
    {285, wire::LinkType::ethernet}, // EDSA has an EtherType of its own
};

/// The unsupported types people really meet.
constexpr Name kNames[] = {
    {6, "token ring"},
    {8, "SLIP"},
    {10, "FDDI"},
    {105, "802.11"},
    {107, "frame relay"},
    {117, "pf log"},
    {119, "802.11 with Prism header"},
    {127, "802.11 with radiotap header"},
    {163, "802.11 with AVS header"},
    {187, "Bluetooth HCI"},
    {189, "USB"},
    {192, "PPI"},
    {195, "802.15.4"},
    {197, "ERF"},
    {201, "Bluetooth HCI"},
    {220, "USB"},
    {227, "CAN"},
    {230, "802.15.4 without FCS"},
    {240, "netANALYZER"},
    {249, "USBPcap"},
    {251, "Bluetooth LE"},
    {252, "exported protocol data"},
    {253, "netlink"},
    {283, "802.15.4 TAP"},
};

std::string link_name(std::uint32_t number) {
    for (const Name& n : kNames)
        if (n.number == number) return n.text;
    if (number >= 147 && number <= 162) return "user-defined " + std::to_string(number - 147);
    return {};
}

} // namespace

wire::LinkType translate_link(std::uint32_t number) {
    for (const Link& l : kLinks)
        if (l.number == number) return l.link;
    return wire::LinkType::unsupported;
}

std::uint32_t link_number(wire::LinkType link) {
    constexpr std::uint32_t kRaw = 101;
    constexpr std::uint32_t kUser0 = 147;
    if (link == wire::LinkType::raw_ip) return kRaw; // not the ways old tools wrote it
    for (const Link& l : kLinks)
        if (l.link == link) return l.number;
    return kUser0;
}

Error unsupported_link(std::uint32_t number, const std::string& path) {
    const std::string name = link_name(number);
    return {
        "unsupported link type " + std::to_string(number)
            + (name.empty() ? std::string{} : " (" + name + ")"),
        path,
        "lacuna reads Ethernet, raw IP, Linux cooked, PPP, Cisco HDLC, MPLS, NFLOG and some more: "
        "see lacuna(1)"};
}

} // namespace lacuna::capture
