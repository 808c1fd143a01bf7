#include "flow/select/network.hpp"

#include <arpa/inet.h>
#include <charconv>
#include <cstring>
#include <string>

namespace lacuna::flow {
namespace {

bool parse_mac(std::string_view text, std::uint8_t* to) {
    if (text.size() != 17) return false;
    for (std::size_t i = 0; i < 6; ++i) {
        const char* const digits = text.data() + 3 * i;
        const auto [end, error] = std::from_chars(digits, digits + 2, to[i], 16);
        if (error != std::errc{} || end != digits + 2) return false;
        if (i != 5 && digits[2] != ':') return false;
    }
    return true;
}

} // namespace

bool parse_network(std::string_view text, wire::Family& family, std::uint8_t (&octets)[16],
                   unsigned& bits) {
    const std::size_t slash = text.find('/');
    const std::string host(text.substr(0, slash));
    if (inet_pton(AF_INET, host.c_str(), octets) == 1) {
        family = wire::Family::ipv4;
        bits = 32;
    } else if (inet_pton(AF_INET6, host.c_str(), octets) == 1) {
        family = wire::Family::ipv6;
        bits = 128;
    } else if (parse_mac(host, octets)) {
        family = wire::Family::none;
        bits = 48;
    } else {
        return false;
    }
    if (slash == std::string_view::npos) return true;
    const std::string_view length = text.substr(slash + 1);
    unsigned wanted = 0;
    const auto [end, error] = std::from_chars(length.data(), length.data() + length.size(), wanted);
    if (error != std::errc{} || end != length.data() + length.size() || wanted > bits) return false;
    bits = wanted;
    return true;
}

bool same_bits(const std::uint8_t* a, const std::uint8_t* b, unsigned bits) {
    if (std::memcmp(a, b, bits / 8) != 0) return false;
    const unsigned rest = bits % 8;
    const auto mask = static_cast<std::uint8_t>(0xFF00u >> rest);
    return rest == 0 || ((a[bits / 8] ^ b[bits / 8]) & mask) == 0;
}

} // namespace lacuna::flow
