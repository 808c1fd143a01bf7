#include "capture/formats/link.hpp"

namespace lacuna::capture {

namespace {

struct Name {
    std::uint32_t number;
    const char* text;
};

/// The unsupported types people really meet.
constexpr Name kNames[] = {
    {0, "BSD loopback"},
    {6, "token ring"},
    {8, "SLIP"},
    {9, "PPP"},
    {10, "FDDI"},
    {50, "PPP in HDLC framing"},
    {51, "PPPoE"},
    {104, "Cisco HDLC"},
    {105, "802.11"},
    {107, "frame relay"},
    {108, "OpenBSD loopback"},
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
    {239, "NFLOG"},
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
    switch (number) {
    case 1:
        return wire::LinkType::ethernet;
    case 12: // DLT_RAW of most systems, written as it is by old tools
    case 14: // DLT_RAW of OpenBSD
    case 101:
    case 228:
    case 229:
        return wire::LinkType::raw_ip;
    case 113:
        return wire::LinkType::linux_sll;
    case 276:
        return wire::LinkType::linux_sll2;
    default:
        return wire::LinkType::unsupported;
    }
}

Error unsupported_link(std::uint32_t number, const std::string& path) {
    const std::string name = link_name(number);
    return {
        "unsupported link type " + std::to_string(number)
            + (name.empty() ? std::string{} : " (" + name + ")"),
        path,
        "lacuna reads Ethernet (1), raw IP (101, 228, 229) and Linux cooked (113, 276) captures"};
}

} // namespace lacuna::capture
