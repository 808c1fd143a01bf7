// TOML → draft, with the place of every value.
#include "config/draft.hpp"
#include "config/nearest.hpp"
#include "config/value.hpp"

#include <algorithm>
#include <sstream>
#include <toml++/toml.h>

namespace lacuna::config {
namespace {

std::string place(const std::string& file, const toml::source_region& region) {
    return fmt::format("{}:{}:{}", file, region.begin.line, region.begin.column);
}

std::string list(const std::vector<std::string_view>& words) {
    std::string text;
    for (const std::string_view w : words)
        text += fmt::format("{}{}", text.empty() ? "" : ", ", w);
    return text;
}

/// "did you mean X?", or all there are.
std::string suggest(std::string_view wrong, const std::vector<std::string_view>& right,
                    const std::string& what) {
    const std::string_view best = nearest(wrong, right);
    if (!best.empty()) return fmt::format("did you mean {}?", best);
    return fmt::format("{} {}", what, list(right));
}

/// A name from the file, fit for one line.
std::string shown_name(std::string_view name, std::size_t most = 64) {
    std::string text;
    for (const char c : name.substr(0, most))
        text += c >= 0 && (c < ' ' || c == 127) ? '?' : c;
    return text + (name.size() > most ? "..." : "");
}

std::string shown_value(const toml::node& node) {
    if (node.is_table()) return "a table";
    if (node.is_array()) return "an array";
    if (const auto* s = node.as_string()) return fmt::format("\"{}\"", shown_name(s->get()));
    std::ostringstream out;
    out << toml::node_view<const toml::node>(node);
    return shown_name(out.str());
}

std::optional<Value> value_of(const toml::node& node) {
    if (const auto* b = node.as_boolean()) return Value(b->get());
    if (const auto* i = node.as_integer()) return Value(i->get());
    if (const auto* f = node.as_floating_point()) return Value(f->get());
    if (const auto* s = node.as_string()) return Value(s->get());
    if (const auto* array = node.as_array()) {
        std::vector<std::int64_t> numbers;
        for (const toml::node& n : *array) {
            if (!n.is_integer()) return std::nullopt;
            numbers.push_back(n.as_integer()->get());
        }
        return Value(std::move(numbers));
    }
    return std::nullopt;
}

class Reader {
public:
    Reader(const std::string& file, Draft& draft) : file_(file), draft_(draft) {}

    Status read(const toml::table& root) {
        for (const auto& [name, node] : root)
            if (Status s = section(name, node); !s) return s;
        return {};
    }

private:
    Status section(const toml::key& name, const toml::node& node) {
        if (name == "port") return ports(node);
        const auto all = sections();
        if (std::find(all.begin(), all.end(), name.str()) == all.end())
            return unknown_section(name);
        if (!node.is_table())
            return Error{fmt::format("{} is a table of settings", name.str()),
                         place(file_, name.source()), fmt::format("write [{}]", name.str()), 2};
        return table(name.str(), *node.as_table(), 0);
    }

    Status unknown_section(const toml::key& name) const {
        for (const Key& key : keys())
            if (key.name == name.str())
                return Error{fmt::format("{} stands in no section", key.name),
                             place(file_, name.source()),
                             key.section == "port" ? "it belongs in a [[port]]"
                                                   : fmt::format("it belongs in [{}]", key.section),
                             2};
        const auto all = sections();
        return Error{fmt::format("unknown section {}", shown_name(name.str())),
                     place(file_, name.source()),
                     suggest(name.str(), {all.begin(), all.end()}, "there are"), 2};
    }

    Status ports(const toml::node& node) {
        const toml::array* array = node.as_array();
        if (array == nullptr)
            return Error{"port is a list, one table a port", place(file_, node.source()),
                         "write [[port]]", 2};
        if (array->size() > kMaxPorts)
            return Error{
                fmt::format("{} ports, but a run has at most {}", array->size(), kMaxPorts),
                place(file_, node.source()), "share them among several runs", 2};
        for (const toml::node& port : *array) {
            if (!port.is_table())
                return Error{"a port is a table of settings", place(file_, port.source()),
                             "write [[port]]", 2};
            const std::size_t index = draft_.config.ports.size();
            draft_.config.ports.emplace_back();
            draft_.places[fmt::format("port.{}", index + 1)] = place(file_, port.source());
            if (Status s = table("port", *port.as_table(), index); !s) return s;
        }
        return {};
    }

    Status table(std::string_view section, const toml::table& table, std::size_t port) {
        for (const auto& [name, node] : table) {
            const Key* key = find_key(section, name.str());
            if (key == nullptr) return unknown_key(section, name);
            const std::string where = place(file_, node.source());
            const auto value = value_of(node);
            if (!value || !set_value(*key, slot_of(*key, draft_.config, port), *value))
                return Error{
                    fmt::format("{} = {} is not {}", key->name, shown_value(node), expected(*key)),
                    where, default_hint(*key), 2};
            draft_.places[path_of(*key, port)] = where;
        }
        return {};
    }

    Status unknown_key(std::string_view section, const toml::key& name) const {
        std::vector<std::string_view> names;
        for (const Key& key : keys())
            if (key.section == section) names.push_back(key.name);
        return Error{fmt::format("[{}] has no key {}", section, shown_name(name.str())),
                     place(file_, name.source()), suggest(name.str(), names, "it has"), 2};
    }

    const std::string& file_;
    Draft& draft_;
};

} // namespace

Status read_toml(const std::string& text, const std::string& name, Draft& draft) {
    try {
        const toml::table root = toml::parse(text, name);
        return Reader(name, draft).read(root);
    } catch (const toml::parse_error& e) {
        return Error{fmt::format("not TOML: {}", shown_name(e.description(), 200)),
                     place(name, e.source()), "drivers-config/ has files to start from", 2};
    }
}

} // namespace lacuna::config
