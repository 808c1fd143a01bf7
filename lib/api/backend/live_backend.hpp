// Answers from a run under way in this process, and from its store for what the run holds no more.
#pragma once

#include "api/backend/backend.hpp"
#include "telemetry/live_view.hpp"

#include <functional>

namespace lacuna::api {

/// Thread-safe. Nothing waits for an asker; see telemetry::LiveView.
class LiveBackend final : public Backend {
public:
    /// Longest time a listing with a filter looks through the rows.
    static constexpr std::chrono::seconds kPatience{5};

    /// `run`: the record of this run as it began. `history`: the store it is kept in, or null. Both
    /// references outlive the backend.
    /// `version`: of this program.
    LiveBackend(const telemetry::LiveView& live, store::RunRecord run, Backend* history,
                std::string version)
        : live_(live), run_(std::move(run)), history_(history), version_(std::move(version)) {}

    const char* source() const override { return "live"; }
    Outcome<store::RunRecord> summary(Run run) override;
    /// The SAs held, by row of the flow table.
    Outcome<Page<FlowRow>> flows(Run run, const FlowFilter& filter, const Range& range) override;
    Outcome<std::vector<FlowRow>> flow(Run run, const wire::SaIdentity& id) override;
    Outcome<Page<report::Gap>> gaps(Run run, const EventQuery& query, const Range& range) override;
    Outcome<LatePage> late(Run run, const EventQuery& query, const Range& range) override;
    Outcome<TunnelList> tunnels(Run run, const std::optional<store::SpanQuestion>& span,
                                const flow::Filter& select) override;
    Outcome<SpanPage> in_span(const store::SpanQuestion& question,
                              const std::optional<wire::SaIdentity>& id, const FlowFilter& filter,
                              const Range& range) override;
    /// Events and time series are the store's.
    Outcome<Page<flow::Event>> events(Run run, const EventQuery& query,
                                      const Range& range) override;
    Outcome<Page<store::Point>> timeline(Run run, const TimelineQuery& query,
                                         const Range& range) override;
    Outcome<std::vector<store::RunRecord>> runs() override;
    Outcome<telemetry::Snapshot> snapshot() override;

private:
    /// Null: it is this one. Problem 404: there is none to ask.
    Outcome<Backend*> other(Run run) const;
    Outcome<bool> each_row(const std::function<void(const flow::SaSummary&)>& fn) const;
    Outcome<Page<FlowRow>> filtered(const FlowFilter& filter, const Range& range) const;

    const telemetry::LiveView& live_;
    const store::RunRecord run_;
    Backend* const history_;
    const std::string version_;
};

} // namespace lacuna::api
