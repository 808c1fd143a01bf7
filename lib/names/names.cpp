#include "names/names.hpp"

#include "base/endian.hpp"
#include "flow/select/network.hpp"
#include "flow/select/terms.hpp"
#include "wire/text/sa_text.hpp"

#include <algorithm>
#include <charconv>

namespace lacuna::names {
namespace {

bool holds(const End& network, const End& address) {
    return network.family == address.family
           && flow::same_bits(network.octets, address.octets, network.bits);
}

/// Whether the source was kept: old stores have none.
bool source_known(const wire::SaIdentity& id) {
    const std::uint8_t* const octets = wire::source_octets(id);
    return std::any_of(octets, octets + wire::address_size(id.key),
                       [](std::uint8_t octet) { return octet != 0; });
}

/// Terms with "or" between them.
void join(std::string& terms, const std::string& more) {
    terms += (terms.empty() ? "" : " or ") + more;
}

} // namespace

bool parse_end(std::string_view text, End& to) {
    if (!flow::parse_network(text, to.family, to.octets, to.bits)) return false;
    wire::SaKey key{};
    key.family = to.family;
    // Not as it was written, but as ids have it.
    to.text = wire::address_text(key, to.octets);
    if (text.find('/') != text.npos) to.text += '/' + std::to_string(to.bits);
    return true;
}

std::string Names::of_end(std::string_view address) const {
    // The end of a channel is called by MAC address and port.
    End end;
    if (!parse_end(address, end) && !parse_end(address.substr(0, address.find('/')), end))
        return {};
    for (const End& e : ends_)
        if (holds(e, end)) return e.name;
    return {};
}

std::string Names::of(const flow::SaSummary& s) const {
    const wire::SaIdentity& id = s.source;
    const std::string to = wire::destination_text(id);
    if (id.key.protocol == Protocol::macsec) {
        if (const auto at = sci_.find(load_be64(id.key.addr)); at != sci_.end()) return at->second;
        return of_end(to.substr(0, to.find('/')));
    }
    for (const std::string& destination : {to, std::string()})
        if (const auto at = spi_.find({id.key.spi, destination}); at != spi_.end())
            return at->second;
    // An old store tells no source.
    const std::uint8_t* const source = wire::source_octets(id);
    const bool known = std::any_of(source, source + wire::address_size(id.key),
                                   [](std::uint8_t octet) { return octet != 0; });
    const std::string from = known ? wire::source_text(id) : std::string();
    const std::string a = of_end(from);
    const std::string b = of_end(to);
    if (a.empty() && b.empty()) return {};
    if (from.empty() || !source_known(id)) return b;
    return (a.empty() ? from : a) + " → " + (b.empty() ? to : b);
}

std::string Names::of_tunnel(const std::string& id, const std::string& a,
                             const std::string& b) const {
    if (const auto at = tunnels_.find(id); at != tunnels_.end()) return at->second;
    constexpr std::string_view kChannel = "macsec-";
    if (b.empty() && id.starts_with(kChannel)) {
        std::uint64_t sci = 0;
        std::from_chars(id.data() + kChannel.size(), id.data() + id.size(), sci, 16);
        const auto at = sci_.find(sci);
        return at != sci_.end() ? at->second : of_end(a.substr(0, a.find('/')));
    }
    const std::string from = of_end(a);
    const std::string to = of_end(b);
    if (from.empty() && to.empty()) return {};
    return (from.empty() ? a : from) + " ~ " + (to.empty() ? b : to);
}

std::optional<std::string> Names::meaning(std::string_view term, const std::string& name) const {
    std::string terms;
    for (const auto& [id, other] : tunnels_)
        if (other == name) join(terms, *flow::tunnel_terms(id));
    for (const auto& [sci, other] : sci_)
        if (other == name) {
            char digits[17] = {};
            std::to_chars(digits, digits + 16, sci, 16);
            join(terms, "sci " + std::string(digits));
        }
    if (term == "name") {
        for (const auto& [spi, other] : spi_) {
            if (other != name) continue;
            char digits[9] = {};
            std::to_chars(digits, digits + 8, spi.spi, 16);
            const std::string alone = "spi " + std::string(digits);
            join(terms, spi.destination.empty()
                            ? alone
                            : "(" + alone + " and dst " + spi.destination + ")");
        }
        for (const End& e : ends_)
            if (e.name == name) join(terms, "host " + e.text);
    }
    if (terms.empty()) return {};
    return "(" + terms + ")";
}

} // namespace lacuna::names
