// Frames by their class, as `packets` of reports has them.
#pragma once

#include "base/json_writer.hpp"
#include "flow/figures/run_figures.hpp"

#include <array>
#include <utility>

namespace lacuna::report {

/// "offered", then what sums to it.
inline std::array<std::pair<const char*, std::uint64_t>, 7>
packet_lines(const flow::FrameFigures& f) {
    using wire::FrameClass;
    return {{{"offered", f.offered()},
             {"macsec", f.of(FrameClass::macsec)},
             {"esp", f.of(FrameClass::esp)},
             {"ah", f.of(FrameClass::ah)},
             {"other", f.of(FrameClass::other)},
             {"malformed", f.of(FrameClass::malformed)},
             {"dropped", f.dropped}}};
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
