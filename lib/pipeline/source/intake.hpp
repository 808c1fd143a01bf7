// What all loops share, and how the receiving ones take their bursts.
#pragma once

#include "base/backoff.hpp"
#include "flow/lcore_counters.hpp"
#include "pipeline/drop_log.hpp"
#include "pipeline/layout/vector_state.hpp"
#include "pipeline/source/source.hpp"

#include <algorithm>
#include <atomic>
#include <span>

namespace lacuna::pipeline {

inline constexpr std::uint64_t kNoEnd = UINT64_MAX;

/// What all stages of a run share.
struct Shared {
    /// How many bursts RX sent in all; kNoEnd until it knows. Written by RX once, after its last
    /// burst; a stage whose next burst is this one is done.
    alignas(kCacheLine) std::atomic<std::uint64_t> end_burst{kNoEnd};
    /// Asks RX to end the input here; what is under way is still tracked. Set by signal handlers.
    const std::atomic<bool>* stop = nullptr;
    /// What the source lost itself. One reader per tracker.
    DropLog* drops = nullptr;
};

/// Takes bursts from a source and paces them; what both receiving loops have in common.
template <typename Access, typename Pacer>
class Intake {
public:
    using Element = typename Access::Element;

    Intake(Shared& shared, Source<Element>& source, Access& access, Credit& credit,
           flow::LcoreCounters& counters, Pacer pacer)
        : shared_(shared), source_(source), access_(access), credit_(credit), counters_(counters),
          pacer_(pacer) {}

    /// The next elements that may go, in place; empty at the end of input. Calls `idle` before it
    /// waits for a packet or for its time.
    template <typename Idle>
    std::span<Element> next(Idle&& idle) {
        for (;;) {
            const bool stop = shared_.stop->load(std::memory_order_relaxed);
            if (begin_ == end_) {
                if (stop) return last();
                begin_ = 0;
                clean_vector_state();
                end_ = source_.receive(burst_, wire::kRxBurst, credit_);
                gather_drops();
                if (end_ == 0) {
                    if (source_.ended()) return last();
                    counters_.idle_polls.add(1);
                    counters_.clock.rest();
                    idle();
                    backoff_.wait();
                    continue;
                }
                counters_.busy_polls.add(1);
                counters_.clock.work();
                backoff_.reset();
            } else if (stop) {
                access_.release(burst_ + begin_, end_ - begin_);
                begin_ = end_;
                return last();
            }
            const std::size_t go = pacer_.due(access_, burst_ + begin_, end_ - begin_);
            if (go > 0) {
                const std::span<Element> out(burst_ + begin_, go);
                begin_ += go;
                counters_.frames.add(go);
                counters_.bursts.add(1);
                for (std::size_t i = 0; i < lost_; ++i)
                    [[unlikely]] shared_.drops->append(sent_, dropped_[i]);
                lost_ = 0;
                ++sent_;
                counters_.clock.work();
                return out;
            }
            counters_.clock.rest();
            idle();
            pacer_.rest(*shared_.stop);
        }
    }

private:
    /// What was dropped since the last burst went out, in few spans: so the log takes few entries
    /// per burst, and waiting for room in it cannot wait for ever.
    void gather_drops() {
        Drops more;
        while (source_.take_drops(more))
            [[unlikely]] {
                if (lost_ < kSpans)
                    dropped_[lost_++] = more;
                else
                    dropped_[kSpans - 1].merge(more);
            }
    }

    /// The end of input; drops behind the last burst are counted, no packet can reveal them.
    std::span<Element> last() {
        for (; lost_ != 0; --lost_)
            shared_.drops->count(dropped_[lost_ - 1]);
        return {};
    }

    Shared& shared_;
    Source<Element>& source_;
    Access& access_;
    Credit& credit_;
    flow::LcoreCounters& counters_;
    Pacer pacer_;
    Backoff backoff_;
    static constexpr std::size_t kSpans = 4;
    Drops dropped_[kSpans]{};
    std::size_t lost_ = 0;   ///< spans of `dropped_` that have not gone out yet
    std::uint64_t sent_ = 0; ///< bursts given out; the number of the next one
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    Element burst_[wire::kRxBurst];
};

} // namespace lacuna::pipeline
