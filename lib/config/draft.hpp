// A configuration on its way from text to checked values; inside lib/config only.
#pragma once

#include "base/result.hpp"
#include "config/key.hpp"
#include "config/load.hpp"

#include <fmt/format.h>
#include <map>
#include <string>

namespace lacuna::config {

/// Values, and where each that was given came from.
struct Draft {
    RunConfig config;
    std::string file; ///< stands in for places nobody named; may be empty
    /// "track.window" → "probe.toml:3:1" or "--window"; ports as "port.1.mtu", counted from 1, and
    /// "port.1" for the table itself.
    std::map<std::string, std::string> places;
};

inline std::string path_of(const Key& key, std::size_t port) {
    return key.in_port != nullptr ? fmt::format("port.{}.{}", port + 1, key.name)
                                  : fmt::format("{}.{}", key.section, key.name);
}

/// Reads TOML into the draft; every key alone is checked. Errors: exit 2.
Status read_toml(const std::string& text, const std::string& name, Draft& draft);

/// Checks what keys mean together, fills in what follows (names of ports, modes). Errors: exit 2.
Status check(Draft& draft, const Machine& machine);

} // namespace lacuna::config
