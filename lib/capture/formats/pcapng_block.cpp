#include "capture/formats/pcapng_block.hpp"

#include "capture/formats/link.hpp"

namespace lacuna::capture {

namespace {

/// More frames than this were never lost: such a count is damaged, and nothing is told.
constexpr std::uint64_t kMostDrops = std::uint64_t{1} << 48;

/// One option: code, length, value padded to four octets.
struct Option {
    std::uint16_t code;
    std::uint16_t length;
    const std::uint8_t* value;
};

/// Takes the option at `p` and moves on; false at the end of the list or where it is damaged (what
/// follows is then ignored: options are never worth losing a packet).
template <bool Swapped>
bool take_option(const std::uint8_t*& p, const std::uint8_t* end, Option& out) {
    if (end - p < 4) return false;
    out.code = load_as<Swapped, std::uint16_t>(p);
    out.length = load_as<Swapped, std::uint16_t>(p + 2);
    out.value = p + 4;
    const std::ptrdiff_t padded = (out.length + 3) & ~3;
    if (out.code == 0 || padded > end - out.value) return false;
    p = out.value + padded;
    return true;
}

} // namespace

template <bool Swapped>
const char* parse_interface(const std::uint8_t* block, std::uint32_t length, Interface& out) {
    constexpr std::uint32_t kBody = 16; // type, length, link type, reserved, snap length
    constexpr std::uint16_t kResolution = 9;
    constexpr std::uint16_t kFcsBits = 13;
    constexpr std::uint16_t kOffset = 14;
    if (length < kBody + 4) return "block too short for its type";
    out = {};
    out.number = load_as<Swapped, std::uint16_t>(block + 8);
    out.link = translate_link(out.number);
    out.snaplen = load_as<Swapped, std::uint32_t>(block + 12);
    std::uint8_t resolution = 6;
    std::int64_t offset = 0;
    const std::uint8_t* p = block + kBody;
    Option o{};
    while (take_option<Swapped>(p, block + length - 4, o)) {
        if (o.code == kResolution && o.length == 1) resolution = o.value[0];
        if (o.code == kFcsBits && o.length == 1) out.fcs = o.value[0] / 8U;
        if (o.code == kOffset && o.length == 8)
            offset = static_cast<std::int64_t>(load_as<Swapped, std::uint64_t>(o.value));
    }
    out.clock = Clock(resolution, offset);
    return nullptr;
}

template <bool Swapped>
void parse_packet_options(const std::uint8_t* p, const std::uint8_t* end, PacketOptions& out) {
    constexpr std::uint16_t kFlags = 2; // the same code in both packet blocks
    constexpr std::uint16_t kDropCount = 4;
    Option o{};
    while (take_option<Swapped>(p, end, o)) {
        if (o.code == kFlags && o.length == 4)
            out.fcs = load_as<Swapped, std::uint32_t>(o.value) >> 5 & 0xFU; // bits 5-8
        if (o.code == kDropCount && o.length == 8)
            out.drops = load_as<Swapped, std::uint64_t>(o.value);
    }
    if (out.drops > kMostDrops) out.drops = 0;
}

template <bool Swapped>
bool parse_statistics(const std::uint8_t* block, std::uint32_t length, Statistics& out) {
    constexpr std::uint32_t kBody = 20; // type, length, interface, time
    constexpr std::uint16_t kInterfaceDrops = 5;
    constexpr std::uint16_t kSystemDrops = 7;
    if (length < kBody + 4) return false;
    out = {};
    out.interface = load_as<Swapped, std::uint32_t>(block + 8);
    out.ticks = std::uint64_t{load_as<Swapped, std::uint32_t>(block + 12)} << 32
                | load_as<Swapped, std::uint32_t>(block + 16);
    const std::uint8_t* p = block + kBody;
    Option o{};
    while (take_option<Swapped>(p, block + length - 4, o))
        if ((o.code == kInterfaceDrops || o.code == kSystemDrops) && o.length == 8)
            out.drops = out.drops.value_or(0) + load_as<Swapped, std::uint64_t>(o.value);
    if (out.drops.value_or(0) > kMostDrops) out.drops.reset();
    return true;
}

template const char* parse_interface<false>(const std::uint8_t*, std::uint32_t, Interface&);
template const char* parse_interface<true>(const std::uint8_t*, std::uint32_t, Interface&);
template void parse_packet_options<false>(const std::uint8_t*, const std::uint8_t*, PacketOptions&);
template void parse_packet_options<true>(const std::uint8_t*, const std::uint8_t*, PacketOptions&);
template bool parse_statistics<false>(const std::uint8_t*, std::uint32_t, Statistics&);
template bool parse_statistics<true>(const std::uint8_t*, std::uint32_t, Statistics&);

} // namespace lacuna::capture
