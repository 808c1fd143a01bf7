// What the telemetry socket answers, as JSON trees; how they travel is the business of socket.cpp.
#pragma once

#include "telemetry/text/figures_json.hpp"

#include <span>
#include <string_view>

namespace lacuna::telemetry {

/// Longest answer as compact JSON: DPDK cuts a reply silently at 16 KiB, its own frame included.
inline constexpr std::size_t kMaxReply = 15 * 1024;
/// Holes shown of each kind.
inline constexpr std::size_t kMaxHolesShown = 45;

/// A command of the socket. `parameters` is what follows the first comma, whatever it is; empty if
/// there is none. The answer is at most kMaxReply long and says {"error":...} if there is nothing
/// else to say. Thread safe.
struct Command {
    const char* name; ///< "/lacuna/..."
    const char* help;
    Json (*answer)(const LiveView& live, std::string_view parameters);
};

std::span<const Command> commands();

/// A row of /lacuna/flows.
Json flow_row(const flow::SaSummary& s);

/// {"error": text}, as far as it fits.
Json error_reply(std::string_view text);

} // namespace lacuna::telemetry
