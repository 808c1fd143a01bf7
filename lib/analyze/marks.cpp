#include "analyze/marks.hpp"

#include "base/endian.hpp"

#include <array>
#include <utility>

namespace lacuna::analyze {
namespace {

constexpr std::uint16_t kIpv4 = 0x0800;
constexpr std::uint16_t kIpv6 = 0x86DD;

std::optional<std::uint8_t> dscp_at(const std::uint8_t* p, std::size_t size) {
    constexpr unsigned kEcnBits = 2;
    if (size >= 2 && p[0] >> 4 == 4) return static_cast<std::uint8_t>(p[1] >> kEcnBits);
    if (size >= 2 && p[0] >> 4 == 6)
        return static_cast<std::uint8_t>((load_be16(p) >> 4 & 0xFF) >> kEcnBits);
    return std::nullopt;
}

bool is_tag(std::uint16_t type) {
    return type == 0x8100 || type == 0x88A8 || type == 0x9100;
}

} // namespace

Marks marks_of(const wire::Frame& frame) {
    const std::uint8_t* const p = frame.data;
    const std::size_t size = frame.caplen;
    std::size_t at = 0; // of the EtherType
    switch (frame.link) {
    case wire::LinkType::raw_ip:
        return {std::nullopt, dscp_at(p, size)};
    case wire::LinkType::ethernet:
        at = 12;
        break;
    case wire::LinkType::linux_sll:
        at = 14;
        break;
    default:
        return {};
    }
    Marks marks;
    for (; at + 4 <= size && is_tag(load_be16(p + at)); at += 4)
        if (!marks.pcp) marks.pcp = static_cast<std::uint8_t>(p[at + 2] >> 5);
    if (at + 2 > size) return marks;
    const std::uint16_t type = load_be16(p + at);
    if (type == kIpv4 || type == kIpv6) marks.dscp = dscp_at(p + at + 2, size - at - 2);
    return marks;
}

const char* dscp_name(std::uint8_t dscp) {
    static constexpr std::array<std::pair<std::uint8_t, const char*>, 24> kNames{
        {{0, "default"}, {1, "LE"},    {8, "CS1"},   {10, "AF11"}, {12, "AF12"}, {14, "AF13"},
         {16, "CS2"},    {18, "AF21"}, {20, "AF22"}, {22, "AF23"}, {24, "CS3"},  {26, "AF31"},
         {28, "AF32"},   {30, "AF33"}, {32, "CS4"},  {34, "AF41"}, {36, "AF42"}, {38, "AF43"},
         {40, "CS5"},    {44, "VA"},   {46, "EF"},   {48, "CS6"},  {56, "CS7"},  {45, "NQB"}}};
    for (const auto& [value, name] : kNames)
        if (value == dscp) return name;
    return "";
}

} // namespace lacuna::analyze
