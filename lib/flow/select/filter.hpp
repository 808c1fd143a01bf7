// Which secure associations are meant: one grammar for command line, REST and configuration.
#pragma once

#include "base/result.hpp"
#include "flow/fields/field.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace lacuna::flow {

/// An expression over the fields of an SA:
///
///     expr  = term | "not" expr | expr "and" expr | expr "or" expr | "(" expr ")"
///     term  = "proto" NAME | "host" ADDRESS | "src" ADDRESS | "dst" ADDRESS
///           | "spi" HEX | "sci" HEX | "an" NUMBER | "inside" NAME
///           | "name" NAME | "tunnel" (ID | NAME)   (flow/select/terms.hpp)
///           | "vlan" [COMPARISON] NUMBER | "port" [COMPARISON] NUMBER | "vlan"
///           | FLAG | FIELD ("=" | "!=" | "<" | "<=" | ">" | ">=") VALUE
///
/// `vlan` and `port` are those the SA was last seen on, `port` one of the probe; `vlan` alone: any.
/// `not` binds before `and`, `and` before `or`; two terms need one of them between. ADDRESS is one
/// of IPv4 or IPv6, with `/LENGTH` a network, or a MAC address. FIELD is any numeric field of an SA
/// (flow/fields/table.hpp), FLAG one that is true or false. A ratio takes `%`, a count k, M or G, a
/// time RFC 3339. Immutable; may be used by several threads.
class Filter {
public:
    /// Errors (exit 2): what is wrong and at which column. An empty text selects everything.
    static Result<Filter> parse(std::string_view text);

    Filter() = default;
    /// Whether it leaves anything out at all.
    bool selects() const { return !nodes_.empty(); }
    bool matches(const SaSummary& s) const {
        return nodes_.empty() || matches(nodes_.size() - 1, s);
    }

private:
    friend class FilterParser;

    enum class Kind : std::uint8_t {
        any_of,
        all_of,
        negation,
        protocol,
        host,
        source,
        destination,
        spi,
        sci,
        an,
        inside,
        tagged,
        field
    };
    enum class Compare : std::uint8_t { equal, unequal, less, at_most, more, at_least };
    struct Address {
        wire::Family family = wire::Family::none; ///< none: a MAC address
        std::uint8_t octets[16] = {};
        unsigned bits = 0; ///< of them that count
    };
    struct Node {
        Kind kind;
        std::size_t left = 0; ///< operands; of a negation `left`
        std::size_t right = 0;
        Address address = {};
        std::uint64_t number = 0; ///< protocol, SPI, SCI, AN, encapsulation
        const Field* field = nullptr;
        Compare compare = Compare::equal;
        long double value = 0;
    };

    bool matches(std::size_t node, const SaSummary& s) const;

    std::vector<Node> nodes_; ///< operands before what joins them; the last is the whole
};

} // namespace lacuna::flow
