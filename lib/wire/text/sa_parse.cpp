// Text ids back to identities.
#include "base/endian.hpp"
#include "wire/text/sa_text.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <charconv>

namespace lacuna::wire {

namespace {

/// Cuts `prefix` off `text`.
bool take(std::string_view& text, std::string_view prefix) {
    if (text.substr(0, prefix.size()) != prefix) return false;
    text.remove_prefix(prefix.size());
    return true;
}

/// Cuts exactly `digits` hex digits off `text`.
bool take_hex(std::string_view& text, std::size_t digits, std::uint64_t& value) {
    if (text.size() < digits) return false;
    const auto [end, error] = std::from_chars(text.data(), text.data() + digits, value, 16);
    if (error != std::errc{} || end != text.data() + digits) return false;
    text.remove_prefix(digits);
    return true;
}

/// An address in text; `to` has room for 16 octets. Family::none if it is none.
Family parse_address(std::string_view text, std::uint8_t* to) {
    char z[INET6_ADDRSTRLEN] = {};
    if (text.size() >= sizeof z) return Family::none;
    text.copy(z, text.size());
    if (text.find('\0') != std::string_view::npos) return Family::none;
    if (inet_pton(AF_INET, z, to) == 1) return Family::ipv4;
    if (inet_pton(AF_INET6, z, to) == 1) return Family::ipv6;
    return Family::none;
}

std::optional<SaIdentity> parse_macsec(std::string_view text) {
    std::uint64_t sci = 0;
    if (!take_hex(text, 16, sci) || !take(text, "-")) return {};
    if (text.size() != 1 || text[0] < '0' || text[0] > '3') return {};
    SaIdentity id{};
    id.key.protocol = Protocol::macsec;
    id.key.an = static_cast<std::uint8_t>(text[0] - '0') & 3;
    store_be(id.key.addr, sci);
    return id;
}

/// An address at the front of `text`, up to a dash or the end; `to` has room for 16 octets.
Family take_address(std::string_view& text, std::uint8_t* to) {
    const std::string_view address = text.substr(0, text.find('-'));
    text.remove_prefix(std::min(address.size() + 1, text.size()));
    return parse_address(address, to);
}

/// Adds the source; false if it is not of the same family.
bool set_source(SaIdentity& id, Family family, const std::uint8_t* src) {
    if (family != id.key.family) return false;
    const bool v6 = family == Family::ipv6;
    std::memcpy(v6 ? id.src : id.key.addr + 4, src, v6 ? 16 : 4);
    return true;
}

std::optional<SaIdentity> parse_index(Protocol protocol, std::string_view text) {
    std::uint64_t spi = 0;
    if (!take_hex(text, 8, spi) || !take(text, "-")) return {};
    SaIdentity id{};
    id.key.spi = static_cast<std::uint32_t>(spi);
    id.key.protocol = protocol;

    const bool more = text.find('-') != std::string_view::npos;
    id.key.family = take_address(text, id.key.addr);
    if (id.key.family == Family::none) return {};
    const bool v6 = id.key.family == Family::ipv6;
    const bool multicast = v6 ? id.key.addr[0] == 0xFF : (id.key.addr[0] & 0xF0) == 0xE0;
    if (multicast && !more) return {};
    if (more) {
        if (multicast)
            id.key.multicast = 1;
        else
            one_of_several(id, 1);
        std::uint8_t src[16] = {};
        if (!set_source(id, parse_address(text, src), src)) return {};
    }
    return id;
}

std::optional<SaIdentity> parse_key(Protocol protocol, std::string_view text) {
    SaIdentity id{};
    id.key.protocol = protocol;
    std::uint64_t key = 0;
    if (take(text, "none"))
        id.key.an = 1;
    else if (!take_hex(text, 8, key))
        return {};
    if (!take(text, "-")) return {};
    id.key.spi = static_cast<std::uint32_t>(key);
    std::uint8_t src[16] = {};
    const Family family = take_address(text, src);
    id.key.family = parse_address(text, id.key.addr);
    if (id.key.family == Family::none || !set_source(id, family, src)) return {};
    id.key.multicast = 1;
    return id;
}

/// A decimal number up to `most` at the front of `text`.
bool take_number(std::string_view& text, std::uint32_t most, std::uint32_t& value) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || value > most) return false;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return true;
}

bool take_mac(std::string_view& text, std::uint8_t* to) {
    for (int i = 0; i < 6; ++i) {
        std::uint64_t octet = 0;
        if ((i != 0 && !take(text, ":")) || !take_hex(text, 2, octet)) return false;
        to[i] = static_cast<std::uint8_t>(octet);
    }
    return true;
}

std::optional<SaIdentity> parse_session(Protocol protocol, std::string_view text) {
    SaIdentity id{};
    id.key.protocol = protocol;
    std::uint32_t session = 0;
    std::uint32_t port = 0;
    if (!take_number(text, 0xFFFF, session) || !take(text, "-")) return {};
    id.key.family = take_address(text, id.key.addr);
    if (id.key.family == Family::none || !take_number(text, 0xFFFF, port) || !text.empty())
        return {};
    id.key.spi = port << 16 | session;
    return id;
}

std::optional<SaIdentity> parse_macs(Protocol protocol, std::string_view text) {
    SaIdentity id{};
    id.key.protocol = protocol;
    id.key.family = Family::mac;
    id.key.multicast = 1;
    std::uint32_t vlan = 0;
    if (!take_mac(text, id.key.addr + 8) || !take(text, "-") || !take_mac(text, id.key.addr)
        || !take(text, "-") || !take_number(text, 4095, vlan) || !text.empty())
        return {};
    store_be(id.key.addr + 6, static_cast<std::uint16_t>(vlan));
    return id;
}

std::optional<SaIdentity> parse_lan(Protocol protocol, std::string_view text) {
    SaIdentity id{};
    id.key.protocol = protocol;
    id.key.family = Family::mac;
    id.key.multicast = 1;
    std::uint64_t lan = 0;
    if (!take_mac(text, id.key.addr + 8) || !take(text, "-") || !take_hex(text, 1, lan)
        || !text.empty())
        return {};
    id.key.spi = static_cast<std::uint32_t>(lan);
    return id;
}

std::optional<SaIdentity> parse_declared(Protocol protocol, std::string_view text) {
    std::uint64_t key = 0;
    std::uint64_t ordinal = 0;
    if (!take_hex(text, 8, key)) return {};
    if (take(text, ".") && (!take_hex(text, 1, ordinal) || ordinal == 0 || ordinal > 3)) return {};
    if (!take(text, "-")) return {};
    std::string keyed = "00000000-";
    auto id = std::count(text.begin(), text.end(), '-') == 2
                  ? parse_macs(protocol, text)
                  : parse_key(protocol, keyed.append(text));
    if (!id) return {};
    id->key.spi = static_cast<std::uint32_t>(key);
    id->key.an = ordinal & 3;
    return id;
}

std::optional<SaIdentity> parse_plain(std::string_view text) {
    for (const ProtocolRow& row : kProtocolTable) {
        std::string_view rest = text;
        if (!take(rest, row.name) || !take(rest, "-")) continue;
        switch (row.id) {
        case IdForm::channel:
            return parse_macsec(rest);
        case IdForm::index:
            return parse_index(row.protocol, rest);
        case IdForm::key:
            return parse_key(row.protocol, rest);
        case IdForm::session:
            return parse_session(row.protocol, rest);
        case IdForm::macs:
            return parse_macs(row.protocol, rest);
        case IdForm::lan:
            return parse_lan(row.protocol, rest);
        case IdForm::declared:
            return parse_declared(row.protocol, rest);
        case IdForm::ports:
            return {};
        }
    }
    return {};
}

} // namespace

std::optional<SaIdentity> sa_parse(std::string_view text) {
    const std::size_t at = text.find('#');
    auto id = parse_plain(text.substr(0, at));
    if (!id || at == std::string_view::npos) return id;
    // Counters that share a source are numbered from 2 on.
    const std::string_view digits = text.substr(at + 1);
    std::uint16_t number = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (error != std::errc{} || end != digits.data() + digits.size() || number < 2
        || number > kMostCounters || digits.front() == '0')
        return {};
    const bool ip = id->key.protocol != Protocol::macsec;
    if (ip && id->key.multicast == 0 && id->key.spare != kOneOfSeveral) return {};
    one_of_several(*id, number);
    return id;
}

} // namespace lacuna::wire
