// The steady time of a port: stamps may lie, and one that does must move no clock.
#pragma once

#include "base/types.hpp"

#include <algorithm>
#include <deque>
#include <limits>
#include <utility>

namespace lacuna {

/// How far a stamp may lie from the clock of its port and be believed at once.
inline constexpr TimeNs kClockTolerance = 10'000'000'000;
/// Stamps looked at behind one that lies farther away: none of them may contradict it.
inline constexpr std::size_t kClockConfirm = 64;

/// A clock in registers: which stamps are near it.
class StampWalk {
public:
    /// A tolerance below 0 lets nothing pass. Stamps, clock and tolerance lie within 2^62 of 0.
    StampWalk(TimeNs clock, TimeNs tolerance)
        : least_(clock - tolerance), tolerance_(tolerance),
          span_(tolerance < 0 ? 0 : 2 * static_cast<std::uint64_t>(tolerance) + 1) {}

    /// Whether what came next is near the clock, which moves along. False: the loop ends before it.
    bool in_step(TimeNs stamp) {
        // One comparison: what lies before the least stamp wraps round.
        if (static_cast<std::uint64_t>(stamp - least_) >= span_) [[unlikely]] {
            stopped_ = true;
            return false;
        }
        least_ = std::max(least_, stamp - tolerance_);
        return true;
    }
    TimeNs clock() const { return least_ + tolerance_; }
    /// Whether one was not in step.
    bool stopped() const { return stopped_; }

private:
    TimeNs least_; ///< that is near the clock
    TimeNs tolerance_;
    std::uint64_t span_; ///< so many from there on are
    bool stopped_ = false;
};

/// What came from one port, in order, and the steady time of each. An element whose stamp lies
/// farther from the clock than the tolerance waits for the next kClockConfirm stamps. Its stamp is
/// odd, and its time that of the clock, if
///  - it lies ahead, and one of them lies behind it, but not behind the clock;
///  - it lies behind, and the next one lies ahead of it and not behind the clock, or one of the
///    others is near the clock;
///  - it lies behind, and none follows;
///  - it lies ahead, none follows, and the clock moved before, but never so far at once: its
///    longest step was shorter by more than the tolerance.
/// "Behind" and "ahead" are by more than the tolerance. Else it is a step, and the clock goes
/// there. Decisions depend on the stamps alone, never on how they were cut into bursts. One owner.
template <typename Element>
class SteadyTimes {
public:
    /// 0: every stamp is believed; until set it is so.
    void set_tolerance(TimeNs tolerance) { tolerance_ = tolerance; }

    /// Whether nothing waits and stamps between `least` and `most` are near the clock whatever
    /// their order; it moves along. Else they have to be looked at one by one.
    bool usual(TimeNs least, TimeNs most) {
        if (tolerance_ == 0) {
            told_ = std::max(told_, most);
            return true;
        }
        if (!begun_ || !waiting_.empty()) [[unlikely]]
            return false;
        const TimeNs to = std::max(clock_, most);
        if (least < to - tolerance_ || most > clock_ + tolerance_) [[unlikely]]
            return false;
        clock_ = told_ = to;
        return true;
    }

    /// Whether nothing waits and what came next, with this stamp, is near the clock; it moves
    /// along.
    bool in_step(TimeNs stamp) {
        if (!begun_ || !waiting_.empty() || !near(stamp, clock_)) return false;
        clock_ = told_ = std::max(clock_, stamp);
        return true;
    }

    /// For a loop that looks at stamps one by one. Where nothing can be told without those that
    /// follow, it lets none pass.
    StampWalk walk() const {
        if (tolerance_ == 0) return {0, kFarthest};
        return {clock_, begun_ && waiting_.empty() ? tolerance_ : -1};
    }
    /// After a walk that let something pass.
    void end(const StampWalk& walk) {
        if (tolerance_ == 0) {
            told_ = std::max(told_, walk.clock());
        } else {
            clock_ = told_ = walk.clock();
        }
    }

    /// What came next, and its stamp, within kFarthest.
    void push(Element element, TimeNs stamp) {
        waiting_.push_back(
            {std::move(element), std::clamp(stamp, -kFarthest, kFarthest), 0, State::waits});
    }
    bool empty() const { return waiting_.empty(); }

    /// Takes the next element, if its time is known; `ended`: nothing will be pushed any more.
    /// `may_step`: also one with which the clock goes back, so that a burst can end before it.
    bool pop(Element& element, TimeNs& time, bool ended, bool may_step) {
        if (waiting_.empty()) return false;
        Waiting& w = waiting_.front();
        if (w.state == State::waits && !decide(w, ended)) return false;
        if (w.state == State::back && !may_step) return false;
        element = std::move(w.element);
        time = w.stamp;
        told_ = w.clock;
        waiting_.pop_front();
        return true;
    }

    /// The clock after what usual() or pop() let pass last. Never behind the times of those but by
    /// the tolerance.
    TimeNs clock() const { return told_; }
    /// Odd stamps so far.
    std::uint64_t odd() const { return odd_; }

    /// What comes next is of another port.
    void restart() { begun_ = false; }

private:
    /// No difference of two stamps overflows, with any tolerance below 2^60 (36 years) added.
    static constexpr TimeNs kFarthest = (TimeNs{1} << 61) + (TimeNs{1} << 60);

    enum class State : std::uint8_t {
        waits,
        known, ///< `stamp` is its time
        back,  ///< and the clock goes back to it
    };
    struct Waiting {
        Element element;
        TimeNs stamp;
        TimeNs clock; ///< after it
        State state;
    };

    bool near(TimeNs stamp, TimeNs to) const {
        return stamp >= to - tolerance_ && stamp <= to + tolerance_;
    }
    TimeNs stamp(std::size_t i) const { return waiting_[i].stamp; }

    /// False: it depends on what follows.
    bool decide(Waiting& w, bool ended) {
        State state = State::known;
        if (!begun_) {
            if (!begin(w, ended)) return false;
        } else if (near(w.stamp, clock_)) {
            clock_ = std::max(clock_, w.stamp);
        } else {
            const std::size_t behind = std::min(waiting_.size() - 1, kClockConfirm);
            bool odd = behind == 0 && ended
                       && (w.stamp < clock_
                           || (first_ < clock_ && w.stamp - clock_ > longest_step_ + tolerance_));
            for (std::size_t i = 1; i <= behind && !odd; ++i)
                odd = contradicts(stamp(i), w.stamp, i == 1);
            if (!odd && behind < kClockConfirm && !ended) return false;
            if (odd) {
                tell(w, clock_);
            } else {
                state = w.stamp < clock_ ? State::back : State::known;
                longest_step_ = std::max(longest_step_, w.stamp - clock_);
                clock_ = w.stamp;
                first_ = std::min(first_, clock_);
            }
        }
        w.clock = clock_;
        w.state = state;
        return true;
    }

    bool contradicts(TimeNs later, TimeNs stamp, bool next) const {
        if (later < clock_ - tolerance_) return false;
        if (stamp > clock_) return later < stamp - tolerance_;
        return next ? later > stamp + tolerance_ : near(later, clock_);
    }

    /// The first of a port is odd if the next two lie behind it, and near each other.
    bool begin(Waiting& w, bool ended) {
        if (waiting_.size() < 2 && !ended) return false;
        TimeNs at = w.stamp;
        if (waiting_.size() >= 2 && stamp(1) < at - tolerance_) {
            if (waiting_.size() < 3 && !ended) return false;
            if (waiting_.size() >= 3 && near(stamp(2), stamp(1))) tell(w, at = stamp(1));
        }
        clock_ = first_ = at;
        longest_step_ = 0;
        begun_ = true;
        return true;
    }

    void tell(Waiting& w, TimeNs time) {
        w.stamp = time;
        ++odd_;
    }

    TimeNs tolerance_ = 0;
    TimeNs clock_ = 0;        ///< of what was decided
    TimeNs first_ = 0;        ///< where it began, or was set back to
    TimeNs longest_step_ = 0; ///< ahead, of those farther than the tolerance; 0: none was
    TimeNs told_ = std::numeric_limits<TimeNs>::min();
    bool begun_ = false;
    std::uint64_t odd_ = 0;
    std::deque<Waiting> waiting_; ///< few, and seldom any
};

} // namespace lacuna
