// Restarts, rekeys and exhaustion warnings for a person.
#pragma once

#include "flow/event.hpp"

#include <span>
#include <string>

namespace lacuna::report {

/// "restart", "restart_undone", "rekey", "exhaustion", "probe_dropped", "store_resumed"; the others
/// are not notable.
const char* kind_name(const flow::Event& event);
/// Whether it befell the probe and no SA.
bool of_probe(const flow::Event& event);
/// What happened, for a person, without when and to whom.
std::string event_text(const flow::Event& event);

/// A heading and the first `limit` of them, a line each; empty if there were none.
std::string event_table(std::span<const flow::Event> events, std::size_t limit);

} // namespace lacuna::report
