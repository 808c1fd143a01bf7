// Figures of the registry as JSON, for the telemetry socket and for REST.
#pragma once

#include "telemetry/figures/registry.hpp"

#include <initializer_list>
#include <nlohmann/json.hpp>
#include <string_view>

namespace lacuna::telemetry {

/// Members keep the order of the registry.
using Json = nlohmann::ordered_json;

/// The figures of one group under their keys. A group of one thing is an object, one of several an
/// array of objects that name the thing by the group's labels; a figure broken down by a label is
/// an object of its parts. What the snapshot does not know is left out. Text is valid UTF-8.
Json group_json(const Snapshot& from, std::string_view group);

/// `{group:...}` for some groups.
Json groups_json(const Snapshot& from, std::initializer_list<std::string_view> groups);

/// `text` with what is not UTF-8 replaced by U+FFFD.
std::string clean_text(const std::string& text);

} // namespace lacuna::telemetry
