// When the source lost packets of its own, as far as the next packets may still ask.
#pragma once

#include "base/drops.hpp"
#include "flow/table/drop_allowance.hpp"

#include <algorithm>
#include <cstddef>

namespace lacuna::flow {

/// What the sources of one tracker reported. Spans that are counted (base/drops.hpp) make at most
/// as many numbers blind as they report, over all trackers of the run. One owner.
class DropSpans {
public:
    /// Spans remembered of either kind; when there are more, the two nearest in time are merged,
    /// or the oldest forgotten where they are counted.
    static constexpr std::size_t kSpans = 32;

    /// `allowance` is that of the run and outlives this.
    explicit DropSpans(DropAllowance& allowance) : allowance_(allowance) {}

    void add(const Drops& drops) {
        ++reported_;
        if (drops.counted()) {
            const std::uint64_t number = counted_count_++;
            allowance_.open(number, drops.frames);
            counted_[number % kSpans] = {drops, reported_};
            return;
        }
        if (count_ == kSpans) merge_nearest();
        span_[count_++] = {drops, reported_};
    }

    /// Reports so far.
    std::uint64_t reported() const { return reported_; }
    bool none() const { return reported_ == 0; }

    /// A run of missing numbers that a packet showed.
    struct Hole {
        TimeNs from; ///< the packet before
        TimeNs to;   ///< this packet
        std::uint64_t missing;
    };
    /// Whether the source may have lost the hole, as far as the first `known` reports tell.
    /// `takes`: it counts in the allowance of the run; else it is only asked whether there is as
    /// much left.
    bool explain(const Hole& hole, std::uint64_t known, bool takes) const {
        const auto overlaps = [&](const Span& s) {
            return s.reported <= known && s.drops.from <= hole.to && s.drops.to >= hole.from;
        };
        for (std::size_t i = 0; i < count_; ++i)
            if (overlaps(span_[i])) return true;
        for (std::uint64_t n = std::min<std::uint64_t>(counted_count_, kSpans); n > 0; --n) {
            const std::uint64_t number = counted_count_ - n;
            if (!overlaps(counted_[number % kSpans])) continue;
            if (takes ? allowance_.take(number, hole.missing)
                      : allowance_.has(number, hole.missing))
                return true;
        }
        return false;
    }

private:
    struct Span {
        Drops drops;
        std::uint64_t reported; ///< the how many-th report it was, the first where several merged
    };

    /// Packets that wait for a decision still ask for what was reported before they came, so a
    /// merged span counts as reported with the first of the two.
    void merge_nearest() {
        std::size_t at = 0;
        std::uint64_t least = UINT64_MAX;
        for (std::size_t i = 0; i + 1 < count_; ++i) {
            const Drops between{span_[i].drops.to, span_[i + 1].drops.from};
            if (between.length() >= least) continue;
            least = between.length();
            at = i;
        }
        span_[at].drops.merge(span_[at + 1].drops);
        std::copy(span_ + at + 2, span_ + count_, span_ + at + 1);
        --count_;
    }

    DropAllowance& allowance_;
    Span span_[kSpans] = {}; ///< oldest first, `count_` of them
    std::size_t count_ = 0;
    Span counted_[kSpans] = {}; ///< the latest `counted_count_` of them, in a ring
    std::uint64_t counted_count_ = 0;
    std::uint64_t reported_ = 0;
};

} // namespace lacuna::flow
