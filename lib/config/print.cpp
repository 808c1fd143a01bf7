// A configuration → text, and the difference of two.
#include "config/draft.hpp"
#include "config/take_words.hpp"
#include "config/value.hpp"

#include <algorithm>

namespace lacuna::config {
namespace {

/// Whether the key means anything for this port: those that do not would be refused when read.
bool applies(const Key& key, const PortConfig& port) {
    const bool kernel = !port.interface.empty();
    if (key.name == "pci") return !port.pci.empty();
    if (key.name == "interface") return kernel;
    if (key.name == "vdev") return !port.vdev.empty();
    if (key.name == "driver") return kernel;
    if (key.name == "xdp" || key.name == "take") return kernel && port.driver == Driver::af_xdp;
    return true;
}

/// Calls fn(key, slot, port) for every key that applies, section by section.
template <typename Fn>
void each(const RunConfig& config, Fn&& fn) {
    RunConfig copy = config; // slots point to values one may write
    for (std::size_t port = 0; port < copy.ports.size(); ++port)
        for (const Key& key : keys())
            if (key.in_port != nullptr && applies(key, copy.ports[port]))
                fn(key, slot_of(key, copy, port), port);
    for (const Key& key : keys())
        if (key.in_port == nullptr) fn(key, slot_of(key, copy, 0), std::size_t{0});
}

bool is_live(const std::string& path) {
    const auto dot = path.find('.');
    const Key* key = find_key(path.substr(0, dot), path.substr(dot + 1));
    return key != nullptr && key->live;
}

} // namespace

std::string to_toml(const RunConfig& config) {
    std::string out;
    std::string open;
    each(config, [&](const Key& key, const Slot& slot, std::size_t port) {
        const std::string header =
            key.in_port != nullptr ? fmt::format("port {}", port) : std::string(key.section);
        if (header != open) {
            const bool array = key.in_port != nullptr;
            out += fmt::format("{}{}{}{}\n", out.empty() ? "" : "\n", array ? "[[" : "[",
                               key.section, array ? "]]" : "]");
            open = header;
        }
        out += fmt::format("{} = {}\n", key.name, toml_value(key, slot));
        if (key.name == "take") out += "# " + take_words(config.ports[port], config.track) + '\n';
    });
    return out;
}

std::vector<std::pair<std::string, std::string>> to_pairs(const RunConfig& config) {
    std::vector<std::pair<std::string, std::string>> pairs;
    each(config, [&](const Key& key, const Slot& slot, std::size_t port) {
        pairs.emplace_back(path_of(key, port), plain_value(key, slot));
    });
    return pairs;
}

std::vector<Change> changes(const RunConfig& from, const RunConfig& to) {
    std::vector<Change> found;
    if (from.ports.size() != to.ports.size()) {
        found.push_back({"port", fmt::format("{}", from.ports.size()),
                         fmt::format("{}", to.ports.size()), false});
    }
    const auto before = to_pairs(from);
    const auto after = to_pairs(to);
    const auto value_in = [](const auto& pairs, const std::string& key) {
        const auto at = std::find_if(pairs.begin(), pairs.end(),
                                     [&key](const auto& p) { return p.first == key; });
        return at == pairs.end() ? std::string() : at->second;
    };
    for (const auto& [key, value] : before)
        if (const std::string now = value_in(after, key); now != value)
            found.push_back({key, value, now, is_live(key)});
    for (const auto& [key, value] : after)
        if (value_in(before, key).empty() && !value.empty()
            && std::none_of(before.begin(), before.end(),
                            [&key = key](const auto& p) { return p.first == key; }))
            found.push_back({key, "", value, false});
    return found;
}

} // namespace lacuna::config
