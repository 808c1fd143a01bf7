#include "config/decoding.hpp"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <optional>
#include <string_view>

namespace lacuna::config {
namespace {

constexpr char kForm[] = "as \"udp:5555 offset=4 width=32 order=little key=0:4\"";

Error bad(std::string_view item, const std::string& why) {
    return {fmt::format("--declare: \"{}\" {}", item, why), "", kForm, 2};
}

/// A whole number up to `most`; hexadecimal behind 0x.
std::optional<unsigned> number(std::string_view text, unsigned most) {
    int base = 10;
    if (text.substr(0, 2) == "0x" || text.substr(0, 2) == "0X") {
        text.remove_prefix(2);
        base = 16;
    }
    unsigned value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
    if (error != std::errc{} || end != text.data() + text.size() || value > most)
        return std::nullopt;
    return value;
}

/// Cuts the part before `sign` off `text`; what is left begins behind it.
std::string_view cut(std::string_view& text, char sign) {
    const std::size_t at = std::min(text.find(sign), text.size());
    const std::string_view part = text.substr(0, at);
    text.remove_prefix(std::min(at + 1, text.size()));
    return part;
}

std::optional<Protocol> of_width(std::string_view bits) {
    for (const Protocol p : wire::kCounterList)
        if (wire::row_of(p).id == wire::IdForm::declared
            && bits == std::to_string(wire::row_of(p).bits))
            return p;
    return std::nullopt;
}

/// `udp:PORT` or `ethertype:NUMBER`.
Status set_carrier(wire::DeclaredCounter& d, std::string_view word) {
    const std::string_view whole = word;
    const std::string_view carrier = cut(word, ':');
    const auto value = number(word, 0xFFFF);
    if (!value || *value == 0 || (carrier != "udp" && carrier != "ethertype"))
        return bad(whole, "is neither udp:PORT nor ethertype:NUMBER");
    d.carrier = carrier == "udp" ? wire::Carrier::udp_port : wire::Carrier::ethertype;
    d.number = static_cast<std::uint16_t>(*value);
    if (d.carrier == wire::Carrier::ethertype && wire::reads_ethertype(d.number))
        return bad(whole, "is read already");
    return {};
}

/// One `NAME=VALUE`.
Status set_word(wire::DeclaredCounter& d, std::string_view word) {
    constexpr unsigned kFarthest = 1500;
    const std::string_view whole = word;
    const std::string_view name = cut(word, '=');
    if (name == "offset") {
        const auto value = number(word, kFarthest);
        if (!value) return bad(whole, fmt::format("is no offset up to {}", kFarthest));
        d.offset = static_cast<std::uint16_t>(*value);
    } else if (name == "width") {
        const auto protocol = of_width(word);
        if (!protocol) return bad(whole, "is no width of 16, 24, 32 or 64 bits");
        d.protocol = *protocol;
    } else if (name == "order") {
        if (word != "big" && word != "little") return bad(whole, "is neither big nor little");
        d.order = word == "big" ? wire::ByteOrder::big : wire::ByteOrder::little;
    } else if (name == "key") {
        const auto at = number(cut(word, ':'), kFarthest);
        const auto octets = number(word, 4);
        if (!at || !octets || *octets == 0)
            return bad(whole, "is no OFFSET:OCTETS of 1 to 4 octets");
        d.key_offset = static_cast<std::uint16_t>(*at);
        d.key_octets = static_cast<std::uint8_t>(*octets);
    } else {
        return bad(whole, "is none of offset, width, order, key");
    }
    return {};
}

Status parse_one(wire::DeclaredCounters& all, std::string_view item) {
    const std::string_view whole = item;
    wire::DeclaredCounter d;
    bool carrier = false;
    while (!item.empty()) {
        const std::string_view word = cut(item, ' ');
        if (word.empty()) continue;
        if (Status s = carrier ? set_word(d, word) : set_carrier(d, word); !s) return s;
        carrier = true;
    }
    if (!carrier || wire::row_of(d.protocol).id != wire::IdForm::declared)
        return bad(whole, "needs udp:PORT or ethertype:NUMBER, and a width");
    for (std::size_t i = 0; i < all.count; ++i) {
        if (all.row[i].carrier == d.carrier && all.row[i].number == d.number)
            return bad(whole, "is declared twice");
        d.ordinal = static_cast<std::uint8_t>(d.ordinal + (all.row[i].protocol == d.protocol));
    }
    if (d.ordinal >= wire::kMostDeclaredOfWidth)
        return bad(whole,
                   fmt::format("is one more than {} of a width", wire::kMostDeclaredOfWidth));
    all.row[all.count++] = d;
    return {};
}

} // namespace

Result<wire::DeclaredCounters> parse_declared(const std::string& list) {
    wire::DeclaredCounters all;
    std::string_view rest = list;
    while (!rest.empty())
        if (Status s = parse_one(all, cut(rest, ';')); !s) return s.error();
    return all;
}

void apply_declared(const wire::DeclaredCounters& declared, wire::UdpPorts& ports,
                    wire::ProtocolSet& counters) {
    for (std::size_t i = 0; i < declared.count; ++i) {
        const wire::DeclaredCounter& d = declared.row[i];
        if (d.carrier == wire::Carrier::udp_port) ports.set(d.number, wire::UdpUse::declared);
        counters |= wire::bit_of(d.protocol);
    }
}

} // namespace lacuna::config
