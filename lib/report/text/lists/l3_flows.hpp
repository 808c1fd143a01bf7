// TCP and UDP conversations of a run, where they were asked for (--l3-flows).
#pragma once

#include "base/json_writer.hpp"
#include "flow/figures/held_rows.hpp"

#include <string>

namespace lacuna::report {

/// Said wherever they are shown.
inline constexpr const char* kL3Note =
    "packets and octets only: TCP numbers count octets and UDP has none, so no loss can be told";

/// The `limit` largest (0: all) by octets, then by identity.
std::vector<flow::TransportSummary> ordered_l3_flows(const flow::HeldRows& rows, std::size_t limit);

/// Writes one: id, packets, bytes, first_time, last_time, rate_pps, rate_bps.
void write_l3_flow(JsonWriter& json, const flow::TransportSummary& s);

/// A heading and a line per conversation.
std::string l3_flow_table(const flow::HeldRows& rows, std::size_t limit);

} // namespace lacuna::report
