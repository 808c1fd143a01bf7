#include "config/load.hpp"

#include "config/draft.hpp"
#include "config/value.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>

namespace lacuna::config {
namespace {

/// A configuration is some kilobytes; a larger file is a mistake, /dev/zero an endless one.
constexpr std::size_t kLargestFile = 1 << 20;

bool names_port(const std::string& flag) {
    return flag == "pci" || flag == "interface" || flag == "vdev";
}

Error refused(const Key& key, const std::string& value) {
    return Error{fmt::format("--{} {} is not {}", key.flag, value, expected(key)), "",
                 default_hint(key), 2};
}

Status set_from(const Key& key, const std::string& value, std::size_t port, Draft& draft) {
    if (!set_text(key, slot_of(key, draft.config, port), value)) return refused(key, value);
    draft.places[path_of(key, port)] = fmt::format("--{}", key.flag);
    return {};
}

void forget_ports(Draft& draft) {
    draft.config.ports.clear();
    std::erase_if(draft.places, [](const auto& p) { return p.first.starts_with("port."); });
}

Status override_draft(const std::vector<Override>& overrides, Draft& draft) {
    if (std::any_of(overrides.begin(), overrides.end(),
                    [](const Override& o) { return names_port(o.first); }))
        forget_ports(draft);
    for (const auto& [flag, value] : overrides) {
        if (!names_port(flag)) continue;
        if (value.empty()) return Error{"a name is missing", "--" + flag, "", 2};
        if (draft.config.ports.size() == kMaxPorts)
            return Error{fmt::format("more than {} ports", kMaxPorts), "--" + flag,
                         "share them among several runs", 2};
        draft.config.ports.emplace_back();
        if (Status s = set_from(*find_flag(flag), value, draft.config.ports.size() - 1, draft); !s)
            return s;
    }
    for (const auto& [flag, value] : overrides) {
        if (names_port(flag)) continue;
        const Key* key = find_flag(flag);
        if (key == nullptr) return Error{"unknown option --" + flag, "", "", 2};
        const std::size_t times = key->in_port != nullptr ? draft.config.ports.size() : 1;
        for (std::size_t port = 0; port < times; ++port)
            if (Status s = set_from(*key, value, port, draft); !s) return s;
    }
    return {};
}

Result<std::string> read_file(const std::string& file) {
    const Error unreadable{"", file, "give a TOML file; drivers-config/ has one for each driver",
                           2};
    errno = 0;
    std::ifstream in(file, std::ios::binary);
    std::string text(kLargestFile + 1, '\0');
    if (in) in.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (!in && !in.eof()) {
        Error e = unreadable;
        e.what = fmt::format("cannot be read: {}", std::strerror(errno != 0 ? errno : EIO));
        return e;
    }
    if (in.gcount() > static_cast<std::streamsize>(kLargestFile)) {
        Error e = unreadable;
        e.what = "larger than 1 MiB, so no configuration";
        return e;
    }
    text.resize(static_cast<std::size_t>(in.gcount()));
    return text;
}

Result<RunConfig> finish(Draft& draft, const std::vector<Override>& overrides,
                         const Machine& machine) {
    if (Status s = override_draft(overrides, draft); !s) return s.error();
    if (Status s = check(draft, machine); !s) return s.error();
    return std::move(draft.config);
}

} // namespace

Result<RunConfig> parse(const std::string& text, const std::string& name,
                        const std::vector<Override>& overrides, const Machine& machine) {
    Draft draft;
    draft.file = name;
    if (Status s = read_toml(text, name, draft); !s) return s.error();
    return finish(draft, overrides, machine);
}

Result<RunConfig> load(const std::string& file, const std::vector<Override>& overrides,
                       const Machine& machine) {
    Draft draft;
    if (file.empty()) return finish(draft, overrides, machine);
    const auto text = read_file(file);
    if (!text) return text.error();
    return parse(*text, file, overrides, machine);
}

} // namespace lacuna::config
