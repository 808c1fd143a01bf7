// Answers from a store, also while another process writes it.
#pragma once

#include "api/backend/backend.hpp"
#include "store/read/reader.hpp"

#include <chrono>
#include <map>
#include <mutex>

namespace lacuna::api {

/// Reads never hold up the writer: what it stores is taken in at most once in kFreshness.
class StoreBackend final : public Backend {
public:
    static constexpr std::chrono::milliseconds kFreshness{500};
    /// Events looked at for one reply where gaps are worked out.
    static constexpr std::uint64_t kMaxEvents = 1'000'000;
    /// Gaps of an SA from mark to mark, and marks kept of all SAs: where a page by offset begins
    /// to read. About 150 octets each.
    static constexpr std::uint64_t kMarkEvery = 8192;
    static constexpr std::size_t kMaxMarks = 65'536;

    /// `version`: of this program, for its metrics. Errors as StoreReader::open().
    static Result<std::unique_ptr<StoreBackend>> open(const std::string& dir, std::string version);

    const char* source() const override { return "store"; }
    Outcome<store::RunRecord> summary(Run run) override;
    /// By identity and row.
    Outcome<Page<FlowRow>> flows(Run run, const FlowFilter& filter, const Range& range) override;
    Outcome<std::vector<FlowRow>> flow(Run run, const wire::SaIdentity& id) override;
    Outcome<Page<report::Gap>> gaps(Run run, const EventQuery& query, const Range& range) override;
    Outcome<LatePage> late(Run run, const EventQuery& query, const Range& range) override;
    Outcome<TunnelList> tunnels(Run run, const std::optional<store::SpanQuestion>& span,
                                const flow::Filter& select) override;
    Outcome<SpanPage> in_span(const store::SpanQuestion& question,
                              const std::optional<wire::SaIdentity>& id, const FlowFilter& filter,
                              const Range& range) override;
    Outcome<Page<flow::Event>> events(Run run, const EventQuery& query,
                                      const Range& range) override;
    Outcome<Page<store::Point>> timeline(Run run, const TimelineQuery& query,
                                         const Range& range) override;
    Outcome<std::vector<store::RunRecord>> runs() override;
    Outcome<telemetry::Snapshot> snapshot() override;

private:
    using Clock = std::chrono::steady_clock;
    using Reader = std::shared_ptr<store::StoreReader>;
    /// A run and the reader that knows it.
    struct Place {
        Reader reader;
        store::RunRecord run;
    };
    /// What only a walk over the rows of a run tells.
    struct Walked {
        std::uint64_t rows = 0;
        flow::Totals totals;
        TimeNs first_time = 0;
        TimeNs last_time = 0;
        Clock::time_point good_until; ///< a run that has ended stays as it is
    };

    StoreBackend(std::string dir, std::string version)
        : dir_(std::move(dir)), version_(std::move(version)) {}
    Outcome<Reader> reader();
    /// Points of all SAs of a run together.
    struct Course {
        std::shared_ptr<const std::vector<store::Point>> points;
        Clock::time_point good_until;
    };
    Outcome<Place> place(Run run);
    static Clock::time_point good_until(const Place& at, Clock::time_point begun);
    Outcome<Walked> walk(const Place& at);
    Outcome<Course> course(const Place& at, store::Level level);
    /// The SAs a query is about, null for all; `names` holds what is pointed at.
    Outcome<std::vector<const wire::SaIdentity*>>
    chosen(const Place& at, const EventQuery& query, std::vector<wire::SaIdentity>& names) const;
    /// Looks at no more than `budget` events, and takes from it.
    Outcome<FlowRow> with_min_gap(const Place& at, const flow::SaSummary& s,
                                  std::uint64_t& budget) const;
    /// Gaps, as they are gathered.
    struct GapPage {
        Page<report::Gap> page;
        bool whole;           ///< no event of the run is missing, so that marks stay right
        std::uint64_t skip;   ///< gaps to pass over yet
        std::uint64_t budget; ///< events that may be looked at yet
    };
    Outcome<bool> page_gaps(const Place& at, const wire::SaIdentity* id, const EventQuery& query,
                            std::string_view after, const Range& range, GapPage& to);
    std::string nearest_mark(const std::string& sa, std::uint64_t& skip);
    void put_mark(const std::string& sa, std::uint64_t gaps, std::string cursor);
    Outcome<Page<FlowRow>> filtered(const Place& at, const FlowFilter& filter,
                                    const Range& range) const;

    const std::string dir_;
    const std::string version_;
    std::mutex mutex_; ///< guards the next two; held while the store is looked at anew
    Reader reader_;
    Clock::time_point looked_;
    std::mutex walk_mutex_; ///< guards what follows; held while it is worked out
    std::map<store::RunId, Walked> walked_;
    std::mutex course_mutex_; ///< guards what follows; held while it is worked out
    std::map<std::pair<store::RunId, store::Level>, Course> courses_;
    std::mutex marks_mutex_;                                ///< guards what follows
    std::map<std::string, std::vector<std::string>> marks_; ///< by run and SA: cursors
    std::size_t mark_count_ = 0;
};

} // namespace lacuna::api
