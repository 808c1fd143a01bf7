#include "flow/select/filter.hpp"

#include "base/endian.hpp"
#include "flow/fields/table.hpp"
#include "flow/select/network.hpp"
#include "wire/text/sa_text.hpp"

#include <algorithm>

namespace lacuna::flow {
namespace {

/// The value of a numeric field, exactly.
long double value_of(const Field& f, const SaSummary& s) {
    return std::visit(
        [&s](const auto where) -> long double {
            using Where = std::remove_const_t<decltype(where)>;
            if constexpr (
                std::same_as<
                    Where,
                    CountAt<
                        SaSummary>> || std::same_as<Where, FlagAt<SaSummary>> || std::same_as<Where, NumberAt<SaSummary>>)
                return static_cast<long double>(s.*where);
            else if constexpr (std::same_as<
                                   Where,
                                   DerivedCount<
                                       SaSummary>> || std::same_as<Where, DerivedRatio<SaSummary>>)
                return static_cast<long double>(where(s));
            else
                return 0;
        },
        f.sa);
}

} // namespace

bool Filter::matches(std::size_t node, const SaSummary& s) const {
    const Node& n = nodes_[node];
    const wire::SaIdentity& id = s.source;
    const auto at = [&n, &id](const std::uint8_t* octets) {
        const bool ip = id.key.family == wire::Family::ipv4 || id.key.family == wire::Family::ipv6;
        const wire::Family family = ip ? id.key.family : wire::Family::none;
        return family == n.address.family && same_bits(octets, n.address.octets, n.address.bits);
    };
    switch (n.kind) {
    case Kind::any_of:
        return matches(n.left, s) || matches(n.right, s);
    case Kind::all_of:
        return matches(n.left, s) && matches(n.right, s);
    case Kind::negation:
        return !matches(n.left, s);
    case Kind::protocol:
        return static_cast<std::uint64_t>(id.key.protocol) == n.number;
    case Kind::host:
        return at(wire::source_octets(id)) || at(id.key.addr);
    case Kind::source:
        return at(wire::source_octets(id));
    case Kind::destination:
        return at(id.key.addr);
    case Kind::spi:
        return id.key.protocol != Protocol::macsec && id.key.spi == n.number;
    case Kind::sci:
        return id.key.protocol == Protocol::macsec && load_be64(id.key.addr) == n.number;
    case Kind::an:
        return id.key.protocol == Protocol::macsec && id.key.an == n.number;
    case Kind::inside:
        return s.inside == n.number;
    case Kind::tagged:
        return has_vlan(s);
    case Kind::field:
        break;
    }
    // No comparison with what is not there is true.
    if (n.field == &field("vlan") && !has_vlan(s)) return false;
    const long double value = value_of(*n.field, s);
    switch (n.compare) {
    case Compare::equal:
        return value == n.value;
    case Compare::unequal:
        return value != n.value;
    case Compare::less:
        return value < n.value;
    case Compare::at_most:
        return value <= n.value;
    case Compare::more:
        return value > n.value;
    case Compare::at_least:
        break;
    }
    return value >= n.value;
}

} // namespace lacuna::flow
