// Restarts, rekeys and exhaustion warnings for a person.
#pragma once

#include "flow/event.hpp"

#include <optional>
#include <span>
#include <string>

namespace lacuna::report {

/// "restart", "restart_undone", "rekey", "exhaustion", "probe_dropped", "store_resumed",
/// "no_link", "not_running", "jump", "counter", "moved", "silent" or "resumed"; the others are not
/// notable.
const char* kind_name(const flow::Event& event);
/// What happened, for a person, without when and to whom.
std::string event_text(const flow::Event& event);

/// A heading and the first `limit` of them, a line each; empty if there were none.
std::string event_table(std::span<const flow::Event> events, std::size_t limit);

/// Of EventKind::late: "late", "too_old" or "duplicate".
const char* verdict_name(const flow::Event& event);

/// The smallest listed replay window that would not have dropped a packet so far behind.
std::optional<std::uint64_t> window_for(std::uint64_t extent);

/// Packets that were late, too old or seen before, a line each; `all` is how many there were.
std::string late_table(std::span<const flow::Event> packets, std::uint64_t all);

} // namespace lacuna::report
