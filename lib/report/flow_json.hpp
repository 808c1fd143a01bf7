// One SA, or one gap, as a JSON object; used by reports, queries and the REST interface.
#pragma once

#include "report/figures.hpp"
#include "report/rows.hpp"

#include <string>

namespace lacuna::report {

/// Appends `s` as the members of a `flows` entry (field names: the report's), braces included.
void append_flow_json(std::string& out, const flow::SaSummary& s, const ViewOptions& options);

/// Appends a gap: flow_id, first_missing, next, size, time, blind.
void append_gap_json(std::string& out, const Gap& gap);

/// Appends a notable event: kind, flow_id (not of the probe itself), time and its numbers.
void append_event_json(std::string& out, const flow::Event& event);

/// Appends `"name":value` pairs shared by rows and totals: the four histograms, keyed by the lower
/// bound of their buckets, empty buckets left out.
void append_histograms(std::string& out, const flow::Log2Histogram& loss_periods,
                       const flow::Log2Histogram& loss_distances,
                       const flow::Log2Histogram& late_extents,
                       const flow::Log2Histogram& too_old_extents);

/// Appends `{"needed":...,"dropped_at":{...}}`; `strict` adds window 0 (MACsec).
void append_replay_window(std::string& out, const flow::ReplayWindow& window, bool strict);

/// Appends `text` as a JSON string. Octets that are not UTF-8 (file names) become U+FFFD.
void append_string(std::string& out, const std::string& text);

} // namespace lacuna::report
