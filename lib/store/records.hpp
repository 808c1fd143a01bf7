// What the store keeps, and how it looks in bytes (doc/store-format.md).
#pragma once

#include "flow/event.hpp"
#include "flow/totals.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lacuna::store {

/// Version of the whole store: a program refuses a store with a higher one.
inline constexpr std::uint32_t kFormatVersion = 1;
/// Version octet every record begins with. A reader skips fields behind those it knows.
inline constexpr std::uint8_t kRecordVersion = 1;

using RunId = std::uint32_t;

enum class RunState : std::uint8_t {
    open = 1,  ///< being written, or its writer died
    ended = 2, ///< totals are final
};

/// One run of lacuna: what it was told, and at its end what it found.
struct RunRecord {
    RunId id = 0;
    RunState state = RunState::open;
    TimeNs started = 0; ///< wall clock
    TimeNs ended = 0;   ///< wall clock; 0 while open
    std::string command;
    std::vector<std::string> inputs;
    std::vector<std::pair<std::string, std::string>> config;

    std::uint64_t offered = 0; ///< frames; the next six sum to it
    std::uint64_t macsec = 0;
    std::uint64_t esp = 0;
    std::uint64_t ah = 0;
    std::uint64_t other = 0;
    std::uint64_t malformed = 0;
    std::uint64_t dropped = 0;
    std::uint64_t bytes = 0;
    std::vector<std::pair<std::string, std::uint64_t>> other_kinds;
    flow::Totals totals;
};

/// Octets of a row's key within its run: identity and first time.
inline constexpr std::size_t kIdentityOctets = 40;
inline constexpr std::size_t kRowKeyOctets = 4 + kIdentityOctets + 8;

std::string run_key(RunId run);
/// run | identity: the prefix of all rows, or all events, of an SA.
std::string sa_prefix(RunId run, const wire::SaIdentity& id);
/// run | identity | first time: the key of a summary.
std::string row_key(RunId run, const wire::SaIdentity& id, TimeNs first_time);
/// row key | serial: events of a row in the order they happened.
std::string event_key(RunId run, const flow::Event& e, std::uint64_t serial);

std::string encode(const RunRecord& run);
std::string encode(const flow::SaSummary& s);
std::string encode(const flow::Event& e);

/// Nothing if the bytes are not such a record, whatever they are.
std::optional<RunRecord> decode_run(std::string_view key, std::string_view value);
std::optional<flow::SaSummary> decode_summary(std::string_view key, std::string_view value);
std::optional<flow::Event> decode_event(std::string_view key, std::string_view value);

} // namespace lacuna::store
