// Blocks of a pcapng file (draft-ietf-opsawg-pcapng), each parsed from octets that are whole in
// memory.
#pragma once

#include "capture/formats/pcapng_clock.hpp"
#include "capture/formats/pcapng_losses.hpp"
#include "capture/reader.hpp"

#include "base/endian.hpp"

#include <optional>

namespace lacuna::capture {

/// Octets of a block without body: type, total length, total length again.
inline constexpr std::uint32_t kBlockFrame = 12;
/// Packet and interface blocks above this are impossible; others are skipped at any length.
inline constexpr std::uint32_t kMaxBlock = 16U << 20;

enum class BlockType : std::uint32_t {
    interface = 1,
    packet = 2, ///< obsolete, still written by old tools
    simple_packet = 3,
    statistics = 5,
    enhanced_packet = 6,
};

/// One interface of a section.
struct Interface {
    std::uint32_t number = 0; ///< LINKTYPE_
    wire::LinkType link = wire::LinkType::unsupported;
    std::uint32_t snaplen = 0; ///< 0: no limit
    std::uint32_t fcs = 0;     ///< octets of FCS each packet carries
    Clock clock;
    InterfaceLosses losses;
};

/// What lacuna wants of the options of a packet.
struct PacketOptions {
    std::uint32_t fcs = 0; ///< octets as the packet itself says; 0: it does not
    std::uint64_t drops =
        0; ///< frames lost between the packet before on its interface and this one
};

/// One packet, still inside its block.
struct Packet {
    std::uint32_t interface = 0;
    std::uint64_t ticks = 0; ///< in units of its interface
    bool timed = true;       ///< simple packets have no time
    std::uint32_t caplen = 0;
    std::uint32_t wirelen = 0;
    PacketOptions options;
    const std::uint8_t* data = nullptr;
};

template <bool Swapped, typename T>
T load_as(const std::uint8_t* p) {
    const T v = load_raw<T>(p);
    return Swapped ? bswap(v) : v;
}

/// "" if `length` can be the total length of a block.
inline const char* block_length_fault(std::uint32_t length) {
    return length >= kBlockFrame && length % 4 == 0 ? nullptr : "block of impossible length";
}

/// Parses the interface description at `block`, `length` octets in all; nullptr, or what is wrong.
template <bool Swapped>
const char* parse_interface(const std::uint8_t* block, std::uint32_t length, Interface& out);

/// Reads the options between `p` and `end` into `out`.
template <bool Swapped>
void parse_packet_options(const std::uint8_t* p, const std::uint8_t* end, PacketOptions& out);

/// An interface statistics block.
struct Statistics {
    std::uint32_t interface = 0;
    std::uint64_t ticks = 0;            ///< in units of its interface
    std::optional<std::uint64_t> drops; ///< since the capture began; none: not told
};

/// Parses the statistics at `block`, `length` octets in all. False: too short.
template <bool Swapped>
bool parse_statistics(const std::uint8_t* block, std::uint32_t length, Statistics& out);

/// Parses the packet block of `type` at `block`, `length` octets in all (both checked by the
/// caller, as is the length at its end); nullptr, or what is wrong. `snaplen`: of interface 0, for
/// simple packets.
template <bool Swapped>
inline const char* parse_packet(BlockType type, const std::uint8_t* block, std::uint32_t length,
                                std::uint32_t snaplen, Packet& out) {
    std::uint32_t header = 0; // octets before the packet's
    if (type == BlockType::simple_packet) {
        header = 12;
        if (length < header + 4) return "block too short for its type";
        out.interface = 0;
        out.timed = false;
        out.wirelen = load_as<Swapped, std::uint32_t>(block + 8);
        out.caplen = snaplen != 0 && snaplen < out.wirelen ? snaplen : out.wirelen;
        // Several writers leave the snap length at a default; the room in the block is the truth.
        if (out.caplen > length - header - 4) out.caplen = length - header - 4;
    } else {
        header = 28;
        if (length < header + 4) return "block too short for its type";
        out.interface = type == BlockType::enhanced_packet
                            ? load_as<Swapped, std::uint32_t>(block + 8)
                            : load_as<Swapped, std::uint16_t>(block + 8);
        out.ticks = std::uint64_t{load_as<Swapped, std::uint32_t>(block + 12)} << 32
                    | load_as<Swapped, std::uint32_t>(block + 16);
        out.timed = true;
        constexpr std::uint16_t kNotTold = 0xFFFF;
        if (type == BlockType::packet) {
            const auto drops = load_as<Swapped, std::uint16_t>(block + 10);
            if (drops != kNotTold) out.options.drops = drops;
        }
        out.caplen = load_as<Swapped, std::uint32_t>(block + 20);
        out.wirelen = load_as<Swapped, std::uint32_t>(block + 24);
    }
    const std::uint32_t room = length - header - 4;
    if (out.caplen > room || out.caplen > kMaxCaptured) return "packet of impossible length";
    if (out.wirelen < out.caplen) out.wirelen = out.caplen;
    out.data = block + header;
    const std::uint32_t padded = (out.caplen + 3) & ~3U;
    if (room >= padded + 4 && type != BlockType::simple_packet) [[unlikely]]
        parse_packet_options<Swapped>(out.data + padded, block + length - 4, out.options);
    return nullptr;
}

} // namespace lacuna::capture
