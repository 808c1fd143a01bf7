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

std::optional<SaIdentity> parse_ip(Protocol protocol, std::string_view text) {
    std::uint64_t spi = 0;
    if (!take_hex(text, 8, spi) || !take(text, "-")) return {};
    SaIdentity id{};
    id.key.spi = static_cast<std::uint32_t>(spi);
    id.key.protocol = protocol;

    const std::size_t dash = text.find('-');
    id.key.family = parse_address(text.substr(0, dash), id.key.addr);
    if (id.key.family == Family::none) return {};
    const bool v6 = id.key.family == Family::ipv6;
    const bool multicast = v6 ? id.key.addr[0] == 0xFF : (id.key.addr[0] & 0xF0) == 0xE0;
    const bool with_source = dash != std::string_view::npos;
    if (multicast && !with_source) return {};
    if (with_source) {
        if (multicast)
            id.key.multicast = 1;
        else
            one_of_several(id, 1);
        std::uint8_t src[16] = {};
        if (parse_address(text.substr(dash + 1), src) != id.key.family) return {};
        std::memcpy(v6 ? id.src : id.key.addr + 4, src, v6 ? 16 : 4);
    }
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
    if (key.family != Family::none) {
        append_address(text, key.family, octets);
        return text;
    }
    for (int i = 0; i < 6; ++i) {
        if (i != 0) text += ':';
        append_hex(text, octets[i], 2);
    }
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
    std::string text = protocol_name(key.protocol);
    text += '-';
    if (key.protocol == Protocol::macsec) {
        append_hex(text, load_be64(key.addr), 16);
        text += '-';
        text += static_cast<char>('0' + key.an);
        if (key.spare == kOneOfSeveral && key.tag > 1) text += '#' + std::to_string(key.tag);
        return text;
    }
    append_hex(text, key.spi, 8);
    text += '-';
    append_address(text, key.family, key.addr);
    if (key.multicast != 0 || key.spare == kOneOfSeveral) {
        text += '-';
        append_address(text, key.family, key.family == Family::ipv6 ? id.src : key.addr + 4);
    }
    if (key.spare == kOneOfSeveral && key.tag > 1) text += '#' + std::to_string(key.tag);
    return text;
}

namespace {

std::optional<SaIdentity> parse_plain(std::string_view text) {
    if (take(text, "macsec-")) return parse_macsec(text);
    if (take(text, "esp-")) return parse_ip(Protocol::esp, text);
    if (take(text, "ah-")) return parse_ip(Protocol::ah, text);
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
