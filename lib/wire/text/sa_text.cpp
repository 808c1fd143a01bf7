#include "wire/text/sa_text.hpp"

#include "base/endian.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <functional>

namespace lacuna::wire {

namespace {

using Text = IdText;

void append_ipv4(Text& to, const std::uint8_t* a) {
    for (int i = 0; i < 4; ++i) {
        if (i != 0) to += '.';
        to.number(a[i]);
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
void append_ipv6(Text& to, const std::uint8_t* a) {
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
        to.number(groups[i], 16);
    }
}

void append_address(Text& to, Family family, const std::uint8_t* a) {
    if (family == Family::ipv6) {
        append_ipv6(to, a);
    } else {
        append_ipv4(to, a);
    }
}

void append_mac(Text& to, const std::uint8_t* octets) {
    for (int i = 0; i < 6; ++i) {
        if (i != 0) to += ':';
        to.hex(octets[i], 2);
    }
}

/// Of the family of `key`.
void append_any(Text& to, const SaKey& key, const std::uint8_t* octets) {
    if (key.family == Family::ipv4 || key.family == Family::ipv6)
        append_address(to, key.family, octets);
    else
        append_mac(to, octets);
}

void append_transport(Text& to, const SaIdentity& id) {
    const auto append = [&to, &id](const std::uint8_t* v4, const std::uint8_t* v6,
                                   std::uint32_t port) {
        to += '-';
        append_address(to, id.key.family, id.key.family == Family::ipv6 ? v6 : v4);
        to += '-';
        to.number(port);
    };
    append(id.key.addr + 4, id.src, id.key.spi >> 16);
    append(id.key.addr, id.key.addr, id.key.spi & 0xFFFF);
}

} // namespace

std::string transport_text(const SaIdentity& id) {
    Text text(protocol_name(id.key.protocol));
    append_transport(text, id);
    return std::string(text.view());
}

std::string sci_text(const SaKey& key) {
    Text text;
    text.hex(load_be64(key.addr), 16);
    return std::string(text.view());
}

std::string address_text(const SaKey& key, const std::uint8_t* octets) {
    Text text;
    append_any(text, key, octets);
    return std::string(text.view());
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

IdText id_text(const SaIdentity& id) {
    const SaKey& key = id.key;
    const std::uint8_t* source = key.family == Family::ipv6 ? id.src : key.addr + 4;
    Text text(protocol_name(key.protocol));
    const auto number = [&text](std::uint32_t value) {
        text += '-';
        text.number(value);
    };
    text += '-';
    switch (row_of(key.protocol).id) {
    case IdForm::channel:
        text.hex(load_be64(key.addr), 16);
        text += '-';
        text += static_cast<char>('0' + key.an);
        break;
    case IdForm::key:
        if (key.an != 0)
            text += "none";
        else
            text.hex(key.spi, 8);
        text += '-';
        append_address(text, key.family, source);
        text += '-';
        append_address(text, key.family, key.addr);
        break;
    case IdForm::index:
        text.hex(key.spi, 8);
        text += '-';
        append_address(text, key.family, key.addr);
        if (key.multicast != 0 || key.spare == kOneOfSeveral) {
            text += '-';
            append_address(text, key.family, source);
        }
        break;
    case IdForm::session:
        text.number(key.spi & 0xFFFF);
        text += '-';
        append_address(text, key.family, key.addr);
        number(key.spi >> 16);
        break;
    case IdForm::macs:
        append_mac(text, key.addr + 8);
        text += '-';
        append_mac(text, key.addr);
        number(load_be16(key.addr + 6));
        break;
    case IdForm::lan:
        append_mac(text, key.addr + 8);
        text += '-';
        text.hex(key.spi, 1);
        break;
    case IdForm::declared:
        text.hex(key.spi, 8);
        if (key.an != 0) {
            text += '.';
            text.number(std::uint32_t{key.an});
        }
        text += '-';
        append_any(text, key, source_octets(id));
        text += '-';
        append_any(text, key, key.addr);
        if (key.family == Family::mac) number(load_be16(key.addr + 6));
        break;
    case IdForm::ports:
        append_transport(text, id);
        return text;
    }
    if (key.spare == kOneOfSeveral && key.tag > 1) {
        text += '#';
        text.number(key.tag);
    }
    return text;
}

std::string sa_text(const SaIdentity& id) {
    return std::string(id_text(id).view());
}

} // namespace lacuna::wire
