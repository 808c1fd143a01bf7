// TOML → names, with the line of whatever is wrong.
#include "flow/select/terms.hpp"
#include "names/names.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fmt/format.h>
#include <fstream>
#include <toml++/toml.h>

namespace lacuna::names {
namespace {

/// Characters of a name; a table shall hold some.
constexpr std::size_t kMostName = 64;
/// Octets of a file: some hundred thousand names.
constexpr std::size_t kMostFile = 32u << 20;

bool hexadecimal(std::string_view text, std::size_t most, std::uint64_t& value) {
    if (text.starts_with("0x") || text.starts_with("0X")) text.remove_prefix(2);
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
    return !text.empty() && text.size() <= most && error == std::errc{}
           && end == text.data() + text.size();
}

} // namespace

class Loader {
public:
    explicit Loader(const std::string& path) : path_(path) {}

    Result<Names> read(const toml::table& root) {
        for (const auto& [key, node] : root) {
            const std::string_view name = key.str();
            const toml::table* const table = node.as_table();
            if (name != "endpoints" && name != "sci" && name != "spi" && name != "tunnels")
                return wrong(node, fmt::format("unknown table {}", shown(name)),
                             "there are endpoints, sci, spi and tunnels");
            if (table == nullptr)
                return wrong(node, fmt::format("{} is no table", name),
                             "begin it with [" + std::string(name) + "]");
            for (const auto& [what, value] : *table)
                if (Status s = entry(name, what.str(), value); !s) return s.error();
        }
        std::stable_sort(names_.ends_.begin(), names_.ends_.end(),
                         [](const End& a, const End& b) { return a.bits > b.bits; });
        return std::move(names_);
    }

    Error wrong(const toml::node& node, const std::string& what, const std::string& hint) const {
        const toml::source_position at = node.source().begin;
        return {what, fmt::format("{}:{}:{}", path_, at.line, at.column), hint, 2};
    }

private:
    /// A key of the file, fit for one line.
    static std::string shown(std::string_view text) {
        std::string out(text.substr(0, kMostName));
        std::replace_if(
            out.begin(), out.end(), [](char c) { return c >= 0 && (c < ' ' || c == 127); }, '?');
        return '"' + out + '"';
    }

    Status entry(std::string_view table, std::string_view key, const toml::node& node) {
        const auto value = node.value<std::string>();
        if (!node.is_string() || !value || value->empty() || value->size() > kMostName
            || std::any_of(value->begin(), value->end(),
                           [](char c) { return c >= 0 && (c < ' ' || c == 127); }))
            return wrong(node, fmt::format("the name of {} is none", shown(key)),
                         "give text of 1 to 64 characters in quotes");
        if (table == "endpoints") {
            End end;
            if (!parse_end(key, end))
                return wrong(node, shown(key) + " is no address or network",
                             "like \"192.0.2.1\", \"10.1.0.0/16\" or \"02:00:00:00:00:01\"");
            end.name = *value;
            names_.ends_.push_back(std::move(end));
        } else if (table == "sci") {
            std::uint64_t sci = 0;
            if (!hexadecimal(key, 16, sci))
                return wrong(node, shown(key) + " is no SCI", "like \"0200000000010001\"");
            names_.sci_[sci] = *value;
        } else if (table == "spi") {
            return spi(key, *value, node);
        } else {
            return tunnel(key, *value, node);
        }
        return {};
    }

    Status spi(std::string_view key, const std::string& name, const toml::node& node) {
        const std::size_t dash = key.find('-');
        std::uint64_t number = 0;
        End end;
        const bool to = dash != key.npos;
        if (!hexadecimal(key.substr(0, dash), 8, number)
            || (to
                && (!parse_end(key.substr(dash + 1), end) || end.text.find('/') != end.text.npos)))
            return wrong(node, shown(key) + " is no SPI",
                         "like \"0000c0de\", or with its destination \"0000c0de-192.0.2.1\"");
        names_.spi_[{static_cast<std::uint32_t>(number), end.text}] = name;
        return {};
    }

    Status tunnel(std::string_view key, const std::string& name, const toml::node& node) {
        if (!flow::tunnel_terms(key))
            return wrong(node, shown(key) + " is no tunnel", "like \"192.0.2.1~198.51.100.7\"");
        std::string id(key);
        if (const std::size_t middle = key.find('~'); middle != key.npos) {
            End a;
            End b;
            parse_end(key.substr(0, middle), a);
            parse_end(key.substr(middle + 1), b);
            id = std::min(a.text, b.text) + '~' + std::max(a.text, b.text);
        }
        names_.tunnels_[id] = name;
        return {};
    }

    const std::string& path_;
    Names names_;
};

Result<Names> Names::parse(std::string_view text, const std::string& path) {
    try {
        return Loader(path).read(toml::parse(text, path));
    } catch (const toml::parse_error& e) {
        std::string what(e.description());
        std::replace(what.begin(), what.end(), '\n', ' ');
        const toml::source_position at = e.source().begin;
        return Error{what, fmt::format("{}:{}:{}", path, at.line, at.column),
                     "a line is like \"192.0.2.1\" = \"paris\", below [endpoints]", 2};
    }
}

Result<Names> Names::load(const std::string& path) {
    errno = 0;
    std::ifstream file(path, std::ios::binary);
    std::string text;
    char block[4096];
    while (file.read(block, sizeof block), file.gcount() > 0 && text.size() <= kMostFile)
        text.append(block, static_cast<std::size_t>(file.gcount()));
    if (!file.is_open() || file.bad() || !file.eof())
        return Error{errno != 0                ? std::strerror(errno)
                     : text.size() > kMostFile ? "too large for a file of names"
                                               : "cannot be read",
                     path, "", 2};
    return parse(text, path);
}

} // namespace lacuna::names
