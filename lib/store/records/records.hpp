// What the store keeps, and how it looks in bytes (doc/store-format.md).
#pragma once

#include "flow/event.hpp"
#include "flow/figures/run_figures.hpp"
#include "store/records/key_agreement.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lacuna::store {

/// Version of the whole store: a program refuses a store with a higher one.
inline constexpr std::uint32_t kFormatVersion = 2;
/// Version octet every record begins with. A reader skips fields behind those it knows, and takes
/// those an older record has not as 0.
inline constexpr std::uint8_t kRecordVersion = 1;
inline constexpr std::uint8_t kRunVersion = 3;
inline constexpr std::uint8_t kSummaryVersion = 2;

using RunId = std::uint32_t;

enum class RunState : std::uint8_t {
    open = 1,    ///< being written, or its writer died and none came after it
    ended = 2,   ///< totals are final
    crashed = 3, ///< its writer died; totals are those it wrote last
};

/// One run of lacuna: what it was told, and what it has found so far.
struct RunRecord {
    RunId id = 0;
    RunState state = RunState::open;
    TimeNs started = 0; ///< wall clock
    TimeNs ended = 0;   ///< wall clock; 0 while open
    std::string command;
    std::vector<std::string> inputs;
    std::vector<std::pair<std::string, std::string>> config;

    /// Kept are frames, totals, times and losses; the rest is that of a run in this process.
    flow::RunFigures figures;
    std::shared_ptr<const MkaRecord> mka; ///< of a run that has ended; null: none was seen

    TimeNs written = 0;         ///< wall clock of this record; 0: not known
    TimeNs series_interval = 0; ///< between points of the time series; 0: none
    TimeNs summary_lag = 0;     ///< an SA's summary may be so much older than `written`

    /// Whether the frames are known: of an open run an early program stored them at its end only.
    bool frames_known() const {
        return state == RunState::ended || figures.taken != 0 || figures.frames.offered() != 0;
    }
};

/// Octets of a row's key within its run: identity and first time.
inline constexpr std::size_t kIdentityOctets = 40;
inline constexpr std::size_t kRowKeyOctets = 4 + kIdentityOctets + 8;
inline constexpr std::size_t kEventKeyOctets = kRowKeyOctets + 8;

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
