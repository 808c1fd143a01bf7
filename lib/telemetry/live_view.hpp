// A pipeline at work, as askers see it: sums, pages of flows, one flow, lcores, rings, drops.
#pragma once

#include "pipeline/pipeline.hpp"
#include "store/records/store_figures.hpp"
#include "telemetry/figures/figures.hpp"

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>

namespace lacuna::telemetry {

/// Most rows one answer holds.
inline constexpr std::uint32_t kMaxFlows = flow::kMaxPage;
/// Rows of the flow table behind one numbered page: what fits a reply of the telemetry socket.
inline constexpr std::uint32_t kFlowsPerPage = 25;

/// What knows more than the pipeline does. Each may be empty; each is called by any thread, also
/// by several at once, as long as the view lives.
struct Providers {
    std::function<PortsFigures()> ports;
    std::function<store::StoreFigures()> store;
};

struct LiveOptions {
    /// A question is answered or given up within this time.
    std::chrono::milliseconds timeout{2000};
    /// Figures are gathered at most so often, however many ask.
    std::chrono::milliseconds figures_for{250};
    bool esn = false;       ///< IPsec numbers are 64 bit
    bool xpn = false;       ///< MACsec packet numbers are 64 bit
    std::size_t worst = 20; ///< rows in RunFigures::worst, at most kMaxWorst
};
/// Most rows in RunFigures::worst.
inline constexpr std::size_t kMaxWorst = flow::kWorstRows;

/// Thread safe: any number of threads ask, while packets flow and after the loops have ended. No
/// worker waits for an asker; an asker waits for a worker within bounds. Memory is bounded,
/// whatever the number of flows. Errors say whether it was the question (exit code 2) or whether a
/// worker did not answer in time (exit code 1; ask again).
class LiveView {
public:
    /// `pipe` outlives the view.
    explicit LiveView(const pipeline::Pipeline& pipe, Providers providers = {},
                      LiveOptions options = {});

    /// The figures of the run, at most LiveOptions::figures_for old; what was not stored only
    /// lost() tells. Never null.
    Result<std::shared_ptr<const flow::RunFigures>> figures() const;
    /// The latest figures that could be had, however old; null before the first.
    std::shared_ptr<const flow::RunFigures> last_figures() const;
    /// The figures of this moment; for the end of a run.
    Result<flow::RunFigures> gather() const;
    /// What can be known of SAs without packets at the end of the run of `figures`.
    flow::Quiet quiet_at_end(const flow::RunFigures& figures) const;

    /// Up to `limit` (1 - kMaxFlows) rows from `cursor` on: 0, then FlowPage::next. An SA that is
    /// held all the while is shown exactly once; one that comes or goes meanwhile, at most twice.
    Result<FlowPage> flows(std::uint64_t cursor, std::uint32_t limit) const;
    /// The same, with the first `offset` rows passed over.
    Result<FlowPage> flows_at(std::uint64_t offset, std::uint32_t limit) const;

    /// Pages with fixed places: page p shows the rows of a stretch of kFlowsPerPage row numbers,
    /// fewer where some are free. Numbers stay while the table grows. Beyond the last: empty.
    Result<FlowPage> page(std::uint64_t number) const;
    /// Pages there are now.
    Result<std::uint64_t> pages() const;

    /// The row that holds the SA with this text id, nothing if none does. Where several trackers
    /// hold it (rtc:N with an SA on several queues): the one with most packets. Errors (2): not an
    /// id.
    Result<std::optional<flow::SaSummary>> flow(std::string_view id) const;
    /// The same with its holes.
    Result<std::optional<Holes>> holes(std::string_view id) const;

    std::vector<LcoreFigures> lcores() const;
    std::vector<RingFigures> rings() const;
    /// What the probe itself lost so far; `table_full` as of the figures.
    flow::ProbeLoss lost() const;
    std::vector<flow::PortFigures> ports() const;
    /// Nothing where the run stores nothing.
    std::optional<store::StoreFigures> store() const;
    const LiveOptions& options() const { return options_; }
    /// Bound of the flow table.
    std::uint64_t max_flows() const { return pipe_.config().tracker.max_flows; }
    const pipeline::Layout& layout() const { return pipe_.config().layout; }

private:
    using Clock = std::chrono::steady_clock;

    flow::ProbeLoss frames_lost(const PortsFigures& ports) const;
    PortsFigures all_ports() const;
    /// `judge`: who sends nothing is told to be silent.
    Result<flow::RunFigures> gather(Clock::time_point until, bool judge) const;
    flow::Quiet quiet(const PortsFigures& ports) const;
    void never_less(seq::LossParts& final) const;
    Result<flow::Reply> ask(std::size_t tracker, const flow::Request& question,
                            Clock::time_point until) const;
    Result<FlowPage> walk(std::size_t tracker, flow::Request question) const;
    Result<std::optional<flow::Reply>> ask_about(std::string_view id,
                                                 flow::Request::Kind kind) const;
    std::size_t trackers() const { return pipe_.config().layout.trackers(); }

    const pipeline::Pipeline& pipe_;
    const Providers providers_;
    const LiveOptions options_;

    mutable std::mutex mutex_; ///< guards the members below; never held while a worker is asked
    mutable std::condition_variable gathered_;
    mutable bool gathering_ = false;
    mutable seq::LossParts told_final_;
    mutable std::shared_ptr<const flow::RunFigures> figures_;
    mutable Clock::time_point figures_at_;
    /// Busy clocks of earlier asks, for ratios of the recent past.
    struct Past {
        Clock::time_point at;
        std::vector<BusyClock::Times> times;
    };
    mutable Past older_;
    mutable Past newer_;
    mutable std::vector<BusyClock::Times> shown_; ///< highest times told so far
};

} // namespace lacuna::telemetry
