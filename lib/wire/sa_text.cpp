#include "wire/sa_text.hpp"

#include "base/endian.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <charconv>
#include <functional>

namespace lacuna::wire {

namespace {

void append_hex(std::string& to, std::uint64_t value, int digits) {
    for (int shift = (digits - 1) * 4; shift >= 0; shift -= 4)
        to += "0123456789abcdef"[(value >> shift) & 0xF];
}

void append_ipv4(std::string& to, const std::uint8_t* a) {
    for (int i = 0; i < 4; ++i) {
        if (i != 0) to += '.';
        to += std::to_string(a[i]);
    }
}

/// The longest run of two or more zero groups, the first of equals (RFC 5952 4.2); {8, 8} if none.
struct ZeroRun {
    std::size_t begin = 8, end = 8;
};
ZeroRun longest_zero_run(const std::array<std::uint16_t, 8>& groups) {
    ZeroRun best;
    for (std::size_t i = 0; i < 8;) {
        std::size_t end = i;
        while (end < 8 && groups[end] == 0)
            ++end;
        if (end - i >= 2 && end - i > best.end - best.begin) best = {i, end};
        i = end + 1;
    }
    return best;
}

/// RFC 5952; IPv4-mapped addresses in mixed notation (section 5), no others.
void append_ipv6(std::string& to, const std::uint8_t* a) {
    static constexpr std::uint8_t kMapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
    if (std::memcmp(a, kMapped, sizeof kMapped) == 0) {
        to += "::ffff:";
        append_ipv4(to, a + 12);
        return;
    }
    std::array<std::uint16_t, 8> groups{};
    for (std::size_t i = 0; i < 8; ++i)
        groups[i] = load_be16(a + 2 * i);
    const ZeroRun run = longest_zero_run(groups);
    for (std::size_t i = 0; i < 8; ++i) {
        if (i == run.begin) {
            to += "::";
            i = run.end;
            if (i == 8) break;
        } else if (i != 0) {
            to += ':';
        }
        char digits[4];
        const auto [end, _] = std::to_chars(digits, digits + sizeof digits, groups[i], 16);
        to.append(digits, end);
    }
}

void append_address(std::string& to, Family family, const std::uint8_t* a) {
    if (family == Family::ipv6) {
        append_ipv6(to, a);
    } else {
        append_ipv4(to, a);
    }
}

void append_mac(std::string& to, const std::uint8_t* octets) {
    for (int i = 0; i < 6; ++i) {
        if (i != 0) to += ':';
        append_hex(to, octets[i], 2);
    }
}

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
    if (!take_mac(text, id.key.addr + 8) || !take(text, "-") || !take_number(text, 15, id.key.spi)
        || !text.empty())
        return {};
    return id;
}

} // namespace

std::string transport_text(const SaIdentity& id) {
    std::string text = protocol_name(id.key.protocol);
    const auto append = [&text, &id](const std::uint8_t* v4, const std::uint8_t* v6,
                                     std::uint32_t port) {
        text += '-';
        if (id.key.family == Family::ipv6)
            append_ipv6(text, v6);
        else
            append_ipv4(text, v4);
        text += '-' + std::to_string(port);
    };
    append(id.key.addr + 4, id.src, id.key.spi >> 16);
    append(id.key.addr, id.key.addr, id.key.spi & 0xFFFF);
    return text;
}

std::string sci_text(const SaKey& key) {
    std::string text;
    append_hex(text, load_be64(key.addr), 16);
    return text;
}

std::string address_text(const SaKey& key, const std::uint8_t* octets) {
    std::string text;
    if (key.family == Family::ipv4 || key.family == Family::ipv6)
        append_address(text, key.family, octets);
    else
        append_mac(text, octets);
    return text;
}

std::string source_text(const SaIdentity& id) {
    const std::uint8_t* const octets = source_octets(id);
    const bool known =
        id.key.family != Family::none || std::any_of(octets, octets + 6, std::identity());
    return known ? address_text(id.key, octets) : std::string();
}

std::string destination_text(const SaIdentity& id) {
    std::string text = address_text(id.key, id.key.addr);
    if (id.key.family == Family::none) text += '/' + std::to_string(load_be16(id.key.addr + 6));
    return text;
}

std::string sa_text(const SaIdentity& id) {
    const SaKey& key = id.key;
    const std::uint8_t* source = key.family == Family::ipv6 ? id.src : key.addr + 4;
    std::string text = protocol_name(key.protocol);
    text += '-';
    switch (row_of(key.protocol).id) {
    case IdForm::channel:
        append_hex(text, load_be64(key.addr), 16);
        text += '-';
        text += static_cast<char>('0' + key.an);
        break;
    case IdForm::key:
        if (key.an != 0)
            text += "none";
        else
            append_hex(text, key.spi, 8);
        text += '-';
        append_address(text, key.family, source);
        text += '-';
        append_address(text, key.family, key.addr);
        break;
    case IdForm::index:
        append_hex(text, key.spi, 8);
        text += '-';
        append_address(text, key.family, key.addr);
        if (key.multicast != 0 || key.spare == kOneOfSeveral) {
            text += '-';
            append_address(text, key.family, source);
        }
        break;
    case IdForm::session:
        text += std::to_string(key.spi & 0xFFFF) + '-';
        append_address(text, key.family, key.addr);
        text += '-' + std::to_string(key.spi >> 16);
        break;
    case IdForm::macs:
        append_mac(text, key.addr + 8);
        text += '-';
        append_mac(text, key.addr);
        text += '-' + std::to_string(load_be16(key.addr + 6));
        break;
    case IdForm::lan:
        append_mac(text, key.addr + 8);
        text += '-' + std::to_string(key.spi);
        break;
    case IdForm::ports:
        return transport_text(id);
    }
    if (key.spare == kOneOfSeveral && key.tag > 1) text += '#' + std::to_string(key.tag);
    return text;
}

namespace {

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
