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
        text += '-';
        append_hex(text, key.spi, 1);
        break;
    case IdForm::declared:
        append_hex(text, key.spi, 8);
        if (key.an != 0) text += '.' + std::to_string(key.an);
        text += '-' + address_text(key, source_octets(id)) + '-' + address_text(key, key.addr);
        if (key.family == Family::mac) text += '-' + std::to_string(load_be16(key.addr + 6));
        break;
    case IdForm::ports:
        return transport_text(id);
    }
    if (key.spare == kOneOfSeveral && key.tag > 1) text += '#' + std::to_string(key.tag);
    return text;
}

} // namespace lacuna::wire
