#include "config/names.hpp"

#include <algorithm>
#include <cstdint>

namespace lacuna::config {
namespace {

constexpr std::string_view kDigits = "0123456789";
constexpr std::string_view kHex = "0123456789abcdefABCDEF";
constexpr std::string_view kWord =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";

bool only(std::string_view text, std::string_view allowed, std::string_view more = "") {
    return std::all_of(text.begin(), text.end(), [&](char c) {
        return allowed.find(c) != allowed.npos || more.find(c) != more.npos;
    });
}

bool is_printable(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 127; });
}

bool is_account(std::string_view text) {
    return !text.empty() && text.size() <= 32 && text.front() != '-' && only(text, kWord, ".-$");
}

} // namespace

bool is_label(std::string_view text) {
    return !text.empty() && text.size() <= 63 && only(text, kWord, ".:-") && text != "."
           && text != "..";
}

bool is_pci_address(std::string_view text) {
    if (text.size() == 12) {
        if (!only(text.substr(0, 4), kHex) || text[4] != ':') return false;
        text.remove_prefix(5);
    }
    return text.size() == 7 && only(text.substr(0, 2), kHex) && text[2] == ':'
           && only(text.substr(3, 2), kHex) && text[3] < '2' && text[5] == '.' && text[6] >= '0'
           && text[6] <= '7';
}

std::string full_pci_address(std::string_view text) {
    std::string full(text.size() == 7 ? "0000:" : "");
    full += text;
    std::transform(full.begin(), full.end(), full.begin(),
                   [](char c) { return c >= 'A' && c <= 'F' ? static_cast<char>(c + 32) : c; });
    return full;
}

bool is_interface_name(std::string_view text) {
    return !text.empty() && text.size() <= 15 && is_printable(text)
           && text.find_first_of("/:,") == text.npos && text != "." && text != "..";
}

bool is_vdev(std::string_view text) {
    const std::string_view name = text.substr(0, text.find(','));
    return name.starts_with("net_") && name.size() > 4 && name.size() <= 63 && only(name, kWord)
           && !text.ends_with(',') && is_plain_text(text);
}

bool is_endpoint(std::string_view text) {
    const auto colon = text.rfind(':');
    if (colon == text.npos || colon == 0) return false;
    const std::string_view host = text.substr(0, colon);
    const std::string_view port = text.substr(colon + 1);
    if (port.empty() || port.size() > 5 || !only(port, kDigits)) return false;
    unsigned number = 0;
    for (const char c : port)
        number = number * 10 + static_cast<unsigned>(c - '0');
    if (number > 65'535) return false;
    if (host.front() == '[')
        return host.size() > 3 && host.back() == ']'
               && only(host.substr(1, host.size() - 2), kHex, ":.");
    return host.size() <= 253 && only(host, kWord, ".-");
}

bool is_user(std::string_view text) {
    const auto colon = text.find(':');
    return is_account(text.substr(0, colon))
           && (colon == text.npos || is_account(text.substr(colon + 1)));
}

bool is_plain_text(std::string_view text) {
    for (std::size_t i = 0; i < text.size();) {
        const auto lead = static_cast<std::uint8_t>(text[i]);
        if (lead < 0x20 || lead == 0x7f) return false;
        const std::size_t more = lead < 0x80 ? 0 : lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3;
        if ((lead >= 0x80 && lead < 0xc2) || lead > 0xf4 || text.size() - i <= more) return false;
        std::uint32_t code = more == 0 ? lead : lead & (0x3fu >> more);
        for (std::size_t k = 1; k <= more; ++k) {
            const auto next = static_cast<std::uint8_t>(text[i + k]);
            if ((next & 0xc0) != 0x80) return false;
            code = code << 6 | (next & 0x3f);
        }
        constexpr std::uint32_t kShortest[] = {0, 0x80, 0x800, 0x10000};
        const bool surrogate = code >= 0xd800 && code <= 0xdfff;
        const bool control = code >= 0x80 && code < 0xa0;
        if (code < kShortest[more] || code > 0x10ffff || surrogate || control) return false;
        i += more + 1;
    }
    return true;
}

} // namespace lacuna::config
