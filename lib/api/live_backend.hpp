// Answers from a run under way in this process, and from its store for what the run holds no more.
#pragma once

#include "api/backend.hpp"
#include "telemetry/live.hpp"

namespace lacuna::api {

/// Thread-safe. Nothing waits for an asker; see telemetry::Live.
class LiveBackend final : public Backend {
public:
    /// Longest time a listing with a filter looks through the rows.
    static constexpr std::chrono::seconds kPatience{5};

    /// `run`: the record of this run as it began. `history`: the store it is kept in, or null. Both
    /// references outlive the backend.
    LiveBackend(const telemetry::Live& live, store::RunRecord run, Backend* history)
        : live_(live), run_(std::move(run)), history_(history) {}

    const char* source() const override { return "live"; }
    Outcome<RunSummary> summary(Run run) override;
    /// The SAs held, by row of the flow table; `after` is a cursor of telemetry::Live.
    Outcome<FlowPage> flows(Run run, const FlowQuery& query) override;
    Outcome<std::vector<FlowRow>> flow(Run run, const wire::SaIdentity& id) override;
    Outcome<GapPage> gaps(Run run, const wire::SaIdentity& id, Range range) override;
    Outcome<std::vector<store::RunRecord>> runs() override;

private:
    /// Null: it is this one. Problem 404: there is none to ask.
    Outcome<Backend*> other(Run run) const;
    Outcome<FlowPage> filtered(const FlowQuery& query) const;

    const telemetry::Live& live_;
    const store::RunRecord run_;
    Backend* const history_;
};

} // namespace lacuna::api
