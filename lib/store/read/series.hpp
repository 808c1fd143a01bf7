// Time series in the store: keys and records of samples, and the points they make.
#pragma once

#include "flow/sample.hpp"
#include "store/records/records.hpp"

namespace lacuna::store {

/// How far apart the points of a series lie. Coarser levels hold a sample each time an interval of
/// theirs ends; samples are cumulative, so that a coarse one is the last of the fine ones in it.
enum class Level : std::uint8_t {
    fine = 0, ///< RunRecord::series_interval, 10 s by default
    minute = 1,
    hour = 2,
};
inline constexpr Level kLevels[] = {Level::fine, Level::minute, Level::hour};

/// Length of an interval. Where the fine ones of a run are no shorter, a coarser level is not kept:
/// then stored_level() says what stands for it.
TimeNs length_of(Level level, TimeNs series_interval);
Level stored_level(Level level, TimeNs series_interval);

/// run | level: the prefix of a run's series; run | level | identity: that of an SA's.
std::string series_prefix(RunId run, Level level);
std::string series_prefix(RunId run, Level level, const wire::SaIdentity& id);
/// ... | start | row: its samples by time.
std::string series_key(RunId run, Level level, const flow::Sample& s);
/// The key before all samples that start at `start` or later.
std::string series_bound(RunId run, Level level, const wire::SaIdentity& id, TimeNs start);

std::string encode(const flow::Sample& s);
std::optional<flow::Sample> decode_sample(std::string_view key, std::string_view value);

/// One point: what the packets of an SA added in an interval. Negative where late packets filled
/// holes of earlier intervals, or a restart took back what its packets had been counted as.
struct Point {
    TimeNs start = 0;
    TimeNs length = 0;
    std::int64_t received = 0; ///< never negative
    std::int64_t bytes = 0;    ///< never negative
    std::int64_t lost = 0;
    std::int64_t lost_blind = 0;
    std::int64_t late = 0;
    std::int64_t duplicates = 0;
    std::int64_t too_old = 0;
    std::int64_t restarts = 0;

    /// Adds what lies between two samples of a row.
    void add(const flow::Sample& from, const flow::Sample& to);
    /// Adds the figures of another one.
    void add(const Point& other);
};

} // namespace lacuna::store
