#include "fleet/ship/follow.hpp"

#include "fleet/ship/scan.hpp"
#include "wire/text/sa_text.hpp"

#include <algorithm>

namespace lacuna::fleet {

Result<bool> Follower::take(std::uint64_t& place) {
    Status failed;
    const auto note = [&failed](auto add) {
        if (failed) failed = add();
        return static_cast<bool>(failed);
    };
    store::LogVisitor visitor;
    visitor.run = [this](const store::RunRecord& run) {
        through_ = std::max(through_, run.figures.latest);
        ended_ = ended_ || run.state != store::RunState::open;
        intervals_[run.id] = run.series_interval;
        runs_[run.id] = run;
        return true;
    };
    visitor.flow = [this](store::RunId run, const flow::SaSummary& flow) {
        changed_[store::row_key(run, flow.id, flow.first_time)] = {run, flow};
        return !full();
    };
    visitor.event = [&](store::RunId run, const store::NumberedEvent& event) {
        return note([&] { return add_event(origin_, run, event, inserts_); });
    };
    visitor.sample = [&](store::RunId run, store::Level level, const flow::Sample& sample) {
        return note([&] { return add_point(run, level, sample); });
    };
    const auto read = log_.read(place, visitor);
    if (!failed) return failed.error();
    return read;
}

Status Follower::add_point(store::RunId run, store::Level level, const flow::Sample& sample) {
    const auto interval = series_interval(run);
    if (!interval) return interval.error();
    if (*interval <= 0) return {};
    const auto point = rows_.point_of(run, level, store::length_of(level, *interval), sample);
    if (!point) return point.error();
    if (!*point) return {};
    const std::string sa = wire::sa_text(sample.id);
    return inserts_.add(TableId::series, series_cells(),
                        SeriesRow{origin_, run, level, sa, **point}, sample.start);
}

/// The row itself, and the last point of its series at each level.
Status Follower::add_summary(store::RunId run, const flow::SaSummary& flow) {
    if (Status s = inserts_.add(FlowRow{origin_, run, flow}); !s) return s;
    const auto interval = series_interval(run);
    if (!interval) return interval.error();
    for (const store::Level level : store::kLevels)
        if (*interval > 0 && store::stored_level(level, *interval) == level)
            if (Status s = add_point(run, level,
                                     store::sample_of(flow, store::length_of(level, *interval)));
                !s)
                return s;
    return {};
}

/// 0: the run has no time series, or is gone.
Result<TimeNs> Follower::series_interval(store::RunId run) {
    if (const auto known = intervals_.find(run); known != intervals_.end()) return known->second;
    const auto record = reader_.run(run);
    if (!record) return record.error();
    return intervals_[run] = *record ? (*record)->series_interval : 0;
}

Status Follower::settle() {
    for (const auto& [key, row] : changed_)
        if (Status s = add_summary(row.first, row.second); !s) return s;
    changed_.clear();
    for (const auto& [id, run] : runs_)
        if (Status s = inserts_.add(TableId::runs, run_cells(), RunRow{origin_, run}, run.started);
            !s)
            return s;
    runs_.clear();
    ended_ = false;
    return {};
}

} // namespace lacuna::fleet
