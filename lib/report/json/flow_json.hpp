// One SA, or one gap, as a JSON object; used by reports, queries and the REST interface.
#pragma once

#include "base/json_writer.hpp"
#include "report/figures.hpp"
#include "report/rows.hpp"

#include <string>
#include <utility>
#include <vector>

namespace lacuna::report {

/// What is known of an SA beside its fields: its `name`, where one was given, and the id of its
/// `tunnel`, where it is an encrypted link.
std::vector<std::pair<const char*, std::string>> belongings(const flow::SaSummary& s);

/// Writes `s` as an entry of `flows`.
void write_flow(JsonWriter& json, const flow::SaSummary& s, const ViewOptions& options);

/// The moves among `events`, as ViewOptions::moves wants them.
std::vector<flow::Event> moves_by_row(std::vector<flow::Event> events);

/// Those of an SA among ViewOptions::moves.
std::span<const flow::Event> moves_of(const flow::SaSummary& s, const ViewOptions& options);

/// Writes a gap: flow_id, first_missing, next, size, time, blind.
void write_gap(JsonWriter& json, const Gap& gap);

/// Writes a notable event: kind, flow_id (not of the probe itself), time and its numbers.
void write_event(JsonWriter& json, const flow::Event& event);

/// Writes a packet that was late, too old or seen before: flow_id, number, time, extent, verdict,
/// and the smallest listed window that would not have dropped it (null: none).
void write_late(JsonWriter& json, const flow::Event& event);

/// Writes `{"needed":...,"dropped_at":{...}}`; `strict` adds window 0 (MACsec).
void write_replay_window(JsonWriter& json, const flow::ReplayWindow& window, bool strict);
/// Of the totals of a run.
void write_replay_window(JsonWriter& json, const flow::Totals& totals);

} // namespace lacuna::report
