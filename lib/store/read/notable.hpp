// The index of notable events: those a person wants to hear of, by the time they happened.
#pragma once

#include "store/records/records.hpp"

namespace lacuna::store {

/// Restarts, rekeys and exhaustion warnings of SAs, and what befell the probe itself. A restart
/// that was undone stays, followed by the event that undoes it.
bool is_notable(const flow::Event& e);

/// run | time | serial, so that a span of time of a run is one scan.
std::string notable_key(RunId run, TimeNs time, std::uint64_t serial);
/// Key and record of the event as the family of events has them.
std::string encode_notable(RunId run, const flow::Event& e, std::uint64_t serial);
std::optional<flow::Event> decode_notable(std::string_view key, std::string_view value);

} // namespace lacuna::store
