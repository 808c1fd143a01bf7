// Names that people gave to end points, channels, SPIs and tunnels: a file, and what it says.
#pragma once

#include "base/result.hpp"
#include "flow/summary.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lacuna::names {

/// An address or a network. IPv4, IPv6, or a MAC address (family none).
struct End {
    wire::Family family = wire::Family::none;
    std::uint8_t octets[16] = {};
    unsigned bits = 0; ///< of them that count
    std::string text;  ///< as a filter takes it
    std::string name;
};

/// What a file of names says. Names are shown beside an id, never instead. Built once, then only
/// read: may be used by several threads.
class Names {
public:
    /// Reads TOML with the tables `endpoints` (address, network or MAC address = "name"), `sci` (16
    /// hex digits), `spi` (hex digits, or `<spi>-<destination>`) and `tunnels` (`<a>~<b>`). Errors
    /// (exit 2): unreadable, no TOML, or not these; with the line.
    static Result<Names> load(const std::string& path);
    /// The same of a text; `path` is what errors call it.
    static Result<Names> parse(std::string_view text, const std::string& path);

    /// Of an SA: that of its SPI or SCI, else of its ends as "paris → berlin", an end without a
    /// name by its address; empty: neither end has one.
    std::string of(const flow::SaSummary& s) const;
    /// Of a tunnel with that id between those ends (as texts; `b` may be empty): its own, else of
    /// its ends; empty: there is none.
    std::string of_tunnel(const std::string& id, const std::string& a, const std::string& b) const;
    /// Of an end by its address as a text, that of the smallest network; empty: it has none.
    std::string of_end(std::string_view address) const;

    /// What `name NAME` or `tunnel NAME` of a filter stands for, as terms it knows without names;
    /// nothing: nobody has this name.
    std::optional<std::string> meaning(std::string_view term, const std::string& name) const;

private:
    friend class Loader;

    std::vector<End> ends_; ///< smaller networks first
    std::map<std::uint64_t, std::string> sci_;
    struct Spi {
        std::uint32_t spi;
        std::string destination; ///< empty: any
        auto operator<=>(const Spi&) const = default;
    };
    std::map<Spi, std::string> spi_;
    std::map<std::string, std::string> tunnels_; ///< by id
};

/// Reads an address, a network or a MAC address; false: it is none.
bool parse_end(std::string_view text, End& to);

} // namespace lacuna::names
