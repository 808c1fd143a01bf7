// The table of protocols: what lacuna reads a number of, one row each.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace lacuna {

/// What an observation is of. Stores hold these values: none is ever given to another protocol.
/// 3 and 4 are no classes of frames; wire::FrameClass has `other` and `malformed` there.
enum class Protocol : std::uint8_t {
    macsec = 0,
    esp = 1,
    ah = 2,
    tcp = 3,
    udp = 4,
    gre = 5,
    wireguard = 6,
    nebula = 7,
    openvpn = 8,
    gtp_u = 9,
    roce = 10,
    netflow9 = 11,
    sflow = 12,
    r_tag = 13,
    hsr = 14,
    rtp = 15,
    prp = 16,
    netflow5 = 17,
    l2tpv3 = 18,
    declared16 = 19,
    declared24 = 20,
    declared32 = 21,
    declared64 = 22,
    ipfix = 23,
};

namespace wire {

/// How a protocol takes part.
enum class ProtocolKind : std::uint8_t {
    link,         ///< an encrypted link: always looked for, part of `totals`
    conversation, ///< its packets can be counted, but carry no number of packets
    counter,      ///< a further counter: looked for on request (--counters), with sums of its own
};

/// What identifies a number space, and so the form of its text id.
enum class IdForm : std::uint8_t {
    channel, ///< `<sci 16 hex>-<an>`
    index,   ///< `<8 hex>-<dst>`, to a multicast destination with `-<src>`; of exporters the source
    session, ///< `<number>-<dst>-<port>`: 16 bits each
    macs,    ///< `<src mac>-<dst mac>-<vlan>`
    lan,     ///< `<src mac>-<lan>`, the LAN or path as one hex digit
    key,     ///< `<8 hex, or none>-<src>-<dst>`
    ports,   ///< `<src>-<port>-<dst>-<port>`
    declared, ///< as key, behind it `.1` to `.3` of further declarations; or `<8 hex>-<src
              ///< mac>-<dst mac>-<vlan>`
};

enum class ByteOrder : std::uint8_t { none, big, little };

/// Which field of an outer header names a protocol.
enum class Carrier : std::uint8_t { none, ethertype, ip_protocol, udp_port };

/// One way that leads to a protocol; the steering of live ports is made of them.
struct Way {
    Carrier carrier = Carrier::none;
    std::uint16_t number = 0;
};

struct ProtocolRow {
    Protocol protocol;
    const char* name; ///< in text ids, `protocol` and `packets`
    ProtocolKind kind;
    IdForm id;
    std::uint8_t bits; ///< width of the number on the wire
    ByteOrder order;   ///< of the number on the wire; none: as declared
    std::array<Way, 2> ways;
};

inline constexpr ProtocolRow kProtocolTable[] = {
    {Protocol::macsec,
     "macsec",
     ProtocolKind::link,
     IdForm::channel,
     32,
     ByteOrder::big,
     {{{Carrier::ethertype, 0x88E5}}}},
    {Protocol::esp,
     "esp",
     ProtocolKind::link,
     IdForm::index,
     32,
     ByteOrder::big,
     {{{Carrier::ip_protocol, 50}, {Carrier::udp_port, 4500}}}},
    {Protocol::ah,
     "ah",
     ProtocolKind::link,
     IdForm::index,
     32,
     ByteOrder::big,
     {{{Carrier::ip_protocol, 51}}}},
    {Protocol::tcp, "tcp", ProtocolKind::conversation, IdForm::ports, 0, ByteOrder::none, {}},
    {Protocol::udp, "udp", ProtocolKind::conversation, IdForm::ports, 0, ByteOrder::none, {}},
    {Protocol::gre,
     "gre",
     ProtocolKind::counter,
     IdForm::key,
     32,
     ByteOrder::big,
     {{{Carrier::ip_protocol, 47}}}},
    {Protocol::wireguard,
     "wireguard",
     ProtocolKind::link,
     IdForm::index,
     64,
     ByteOrder::little,
     {{{Carrier::udp_port, 51820}}}},
    {Protocol::nebula,
     "nebula",
     ProtocolKind::link,
     IdForm::index,
     64,
     ByteOrder::big,
     {{{Carrier::udp_port, 4242}}}},
    {Protocol::openvpn,
     "openvpn",
     ProtocolKind::link,
     IdForm::session,
     32,
     ByteOrder::big,
     {{{Carrier::udp_port, 1194}}}},
    {Protocol::gtp_u,
     "gtp-u",
     ProtocolKind::counter,
     IdForm::index,
     16,
     ByteOrder::big,
     {{{Carrier::udp_port, 2152}}}},
    {Protocol::roce,
     "roce",
     ProtocolKind::counter,
     IdForm::index,
     24,
     ByteOrder::big,
     {{{Carrier::udp_port, 4791}}}},
    {Protocol::netflow9,
     "netflow9",
     ProtocolKind::counter,
     IdForm::index,
     32,
     ByteOrder::big,
     {{{Carrier::udp_port, 2055}}}},
    {Protocol::sflow,
     "sflow",
     ProtocolKind::counter,
     IdForm::index,
     32,
     ByteOrder::big,
     {{{Carrier::udp_port, 6343}}}},
    {Protocol::r_tag,
     "r-tag",
     ProtocolKind::counter,
     IdForm::macs,
     16,
     ByteOrder::big,
     {{{Carrier::ethertype, 0xF1C1}}}},
    {Protocol::hsr,
     "hsr",
     ProtocolKind::counter,
     IdForm::lan,
     16,
     ByteOrder::big,
     {{{Carrier::ethertype, 0x892F}}}},
    {Protocol::rtp, "rtp", ProtocolKind::counter, IdForm::key, 16, ByteOrder::big, {}},
    {Protocol::prp, "prp", ProtocolKind::counter, IdForm::lan, 16, ByteOrder::big, {}},
    {Protocol::netflow5,
     "netflow5",
     ProtocolKind::counter,
     IdForm::index,
     32,
     ByteOrder::big,
     {{{Carrier::udp_port, 2055}}}},
    {Protocol::l2tpv3,
     "l2tpv3",
     ProtocolKind::counter,
     IdForm::index,
     24,
     ByteOrder::big,
     {{{Carrier::ip_protocol, 115}, {Carrier::udp_port, 1701}}}},
    {Protocol::declared16,
     "declared16",
     ProtocolKind::counter,
     IdForm::declared,
     16,
     ByteOrder::none,
     {}},
    {Protocol::declared24,
     "declared24",
     ProtocolKind::counter,
     IdForm::declared,
     24,
     ByteOrder::none,
     {}},
    {Protocol::declared32,
     "declared32",
     ProtocolKind::counter,
     IdForm::declared,
     32,
     ByteOrder::none,
     {}},
    {Protocol::declared64,
     "declared64",
     ProtocolKind::counter,
     IdForm::declared,
     64,
     ByteOrder::none,
     {}},
    {Protocol::ipfix,
     "ipfix",
     ProtocolKind::counter,
     IdForm::index,
     32,
     ByteOrder::big,
     {{{Carrier::udp_port, 4739}}}},
};
inline constexpr std::size_t kProtocols = std::size(kProtocolTable);

constexpr bool in_order() {
    for (std::size_t i = 0; i < kProtocols; ++i)
        if (static_cast<std::size_t>(kProtocolTable[i].protocol) != i) return false;
    return true;
}
static_assert(in_order(), "a protocol's value is the place of its row");
static_assert(kProtocols <= 32, "a set of protocols has 32 bits");

constexpr const ProtocolRow& row_of(Protocol p) {
    return kProtocolTable[static_cast<std::size_t>(p)];
}

/// A set of protocols, a bit each.
using ProtocolSet = std::uint32_t;
constexpr ProtocolSet bit_of(Protocol p) {
    return ProtocolSet{1} << static_cast<unsigned>(p);
}
constexpr ProtocolSet all_of(ProtocolKind kind) {
    ProtocolSet set = 0;
    for (const ProtocolRow& row : kProtocolTable)
        if (row.kind == kind) set |= bit_of(row.protocol);
    return set;
}
inline constexpr ProtocolSet kLinks = all_of(ProtocolKind::link);
inline constexpr ProtocolSet kFurtherCounters = all_of(ProtocolKind::counter);
/// Counters that stand at the end of a frame, whatever it carries.
inline constexpr ProtocolSet kOfWholeFrames = bit_of(Protocol::prp);
inline constexpr ProtocolSet kNumbered = kLinks | kFurtherCounters;

/// Whether `p` is an encrypted link.
constexpr bool is_link(Protocol p) {
    return (kLinks & bit_of(p)) != 0;
}
/// Whether packets of `p` carry a number that lacuna tracks.
constexpr bool is_numbered(Protocol p) {
    return (kNumbered & bit_of(p)) != 0;
}

/// The further counters have sums of their own: how many there are, and the place of each.
inline constexpr std::size_t kCounters = [] {
    std::size_t n = 0;
    for (const ProtocolRow& row : kProtocolTable)
        n += row.kind == ProtocolKind::counter ? 1 : 0;
    return n;
}();
inline constexpr std::array<Protocol, kCounters> kCounterList = [] {
    std::array<Protocol, kCounters> list{};
    std::size_t n = 0;
    for (const ProtocolRow& row : kProtocolTable)
        if (row.kind == ProtocolKind::counter) list[n++] = row.protocol;
    return list;
}();
constexpr std::size_t counter_index(Protocol p) {
    std::size_t i = 0;
    while (kCounterList[i] != p)
        ++i;
    return i;
}

/// A number as it stands on the wire, of its extended value.
constexpr std::uint64_t on_wire(Protocol p, std::uint64_t number) {
    const std::uint8_t bits = row_of(p).bits;
    return bits < 32 ? number & ((std::uint64_t{1} << bits) - 1) : number & 0xFFFFFFFF;
}

/// The protocol of this name, or null.
constexpr const ProtocolRow* find_protocol(std::string_view name) {
    for (const ProtocolRow& row : kProtocolTable)
        if (name == row.name) return &row;
    return nullptr;
}

} // namespace wire

/// "macsec", "esp", ...
constexpr const char* protocol_name(Protocol p) {
    return wire::row_of(p).name;
}

} // namespace lacuna
