// Frames by their class, as `packets` of reports has them.
#pragma once

#include "base/json_writer.hpp"
#include "flow/figures/run_figures.hpp"

#include <utility>
#include <vector>

namespace lacuna::report {

/// "offered", then what sums to it.
inline std::vector<std::pair<const char*, std::uint64_t>>
packet_lines(const flow::FrameFigures& f) {
    auto lines = f.by_class();
    lines.insert(lines.begin(), {"offered", f.offered()});
    return lines;
}

/// Writes them as an object.
inline void write_packets(JsonWriter& json, const flow::FrameFigures& f) {
    json.begin_object();
    for (const auto& [name, count] : packet_lines(f))
        json.member(name, count);
    json.end_object();
}

/// Writes an object of names and counts.
inline void write_counts(JsonWriter& json,
                         const std::vector<std::pair<std::string, std::uint64_t>>& counts) {
    json.begin_object();
    for (const auto& [name, count] : counts)
        json.member(name, count);
    json.end_object();
}

} // namespace lacuna::report
