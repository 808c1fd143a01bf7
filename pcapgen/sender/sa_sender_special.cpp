// The decisions of scenarios: bursts of loss, path skew, forged numbers, replays, restarts.
#include "pcapgen/sender/sa_sender.hpp"

#include <algorithm>

namespace lacuna::pcapgen {
namespace {

// What a listener needs to believe in a restart: a run of so many consecutive packets.
constexpr std::uint32_t kRunFromOne = 3;    // beginning at 0 or 1
constexpr std::uint32_t kRunFromLow = 8;    // beginning at 0-64
constexpr std::uint32_t kLowestReplay = 65; // a replayed stretch from here on is no restart
constexpr std::uint64_t kProvisional = 64;  // packets in which a restart could be undone
// Numbers an instance has used when the next begins. A listener decides after 1,024 packets; by
// then the new instance must not have come to where the old one was, or it repeats that.
constexpr std::uint64_t kLeastInstance = 4096;
constexpr std::uint64_t kOutlierDistance = 65537;
constexpr std::uint32_t kOutlierSpread = 1u << 20;
constexpr std::uint64_t kHalf = std::uint64_t{1} << 31;

constexpr std::uint32_t run_needed(std::uint32_t from) {
    return from <= 1 ? kRunFromOne : kRunFromLow;
}

} // namespace

std::uint64_t SaSender::next_special(SaState& sa, std::uint32_t index, std::uint32_t draw) {
    const std::uint64_t number = choose_special(sa, index, draw);
    // A forged number lies at or above `next` and warns of nothing.
    if (im_.watch_exhaustion && sa.warned == 0 && number >= kExhaustionLine && number < sa.next) {
        sa.warned = 1;
        events_.add(TruthEventKind::exhaustion, index, index, 0, number);
    }
    return number;
}

std::uint64_t SaSender::choose_special(SaState& sa, std::uint32_t index, std::uint32_t draw) {
    if (!paths_.empty() && sa.owed == 0) return over_paths(sa, paths_[index]);
    RareState& rare = rare_[index];
    if (sa.owed != 0) {
        const bool begins = sa.received == 1;
        const std::uint64_t number = pay(sa);
        if (!paths_.empty()) paths_[index].highest = number;
        if (begins) rare.instance_first = rare.whole_from = number;
        return number;
    }
    if (rare.replay_next < rare.replay_end && rng_.happens(kAlways / 2)) return replay(sa, rare);
    if (sa.next < rare.clean_until) return sa.next++;
    if (draw < any_) {
        const std::uint64_t number = impair(sa, draw);
        if (draw < upto_gap_) rare.whole_from = number;
        return number;
    }
    if (draw < upto_outlier_ && budget_.promise(1)) return forge(sa, rare);
    if (draw >= upto_outlier_ && draw < upto_replay_ && start_replay(sa, rare))
        return replay(sa, rare);
    if (draw >= upto_replay_ && draw < upto_restart_ && can_restart(sa, rare)
        && budget_.promise(run_needed(im_.restart_at) - 1)) {
        sa.owed = static_cast<std::uint16_t>(run_needed(im_.restart_at) - 1);
        return begin_again(sa, index, im_.restart_at);
    }
    if (im_.burst_enter != 0) {
        if (const std::uint32_t lost = burst(sa); lost != 0)
            return rare.whole_from = skip(sa, lost);
    }
    return sa.next++;
}

/// Runs the two-state chain over the numbers to come and returns how many are lost before one
/// gets through.
std::uint32_t SaSender::burst(SaState& sa) {
    std::uint32_t lost = 0;
    for (;;) {
        if (rng_.happens(sa.bad != 0 ? im_.burst_leave : im_.burst_enter)) sa.bad ^= 1;
        if (sa.bad == 0 || !rng_.happens(im_.burst_loss)) return lost;
        if (++lost == kLongestGap) {
            sa.bad = 0;
            return lost;
        }
    }
}

/// Packet n arrives after all those that arrive by n + skew; of two at once the older comes first.
/// The first packet takes the shortest path, so that nothing arrives before it.
std::uint64_t SaSender::over_paths(SaState& sa, PathState& path) {
    const auto later = [](const PathState::Packet& a, const PathState::Packet& b) {
        return a.arrival != b.arrival ? a.arrival > b.arrival : a.number > b.number;
    };
    auto* const begin = path.packets.data();
    while (path.count == 0 || begin->arrival > sa.next) {
        // One more on its way is one more frame owed, unless it is the very frame sent now.
        const std::uint32_t skew =
            im_.skews[rng_.below(static_cast<std::uint32_t>(im_.skews.size()))];
        const std::uint64_t number = sa.next;
        if (!budget_.promise(1)) {
            if (path.count != 0) break;
            ++sa.next;
            path.highest = number;
            return number;
        }
        ++sa.next;
        begin[path.count++] = {number + skew, number};
        std::push_heap(begin, begin + path.count, later);
    }
    std::pop_heap(begin, begin + path.count, later);
    const std::uint64_t number = begin[--path.count].number;
    budget_.pay();
    if (number < path.highest) {
        ++sa.late;
        const std::uint64_t extent = path.highest - number;
        if (extent > sa.max_late_extent) sa.max_late_extent = static_cast<std::uint16_t>(extent);
    } else {
        path.highest = number;
    }
    return number;
}

/// The next packet of the SA carries the next number, which lies below: the forged one stands
/// alone.
std::uint64_t SaSender::forge(SaState& sa, RareState& rare) {
    sa.owed = 1;
    ++rare.outliers;
    return sa.next - 1 + kOutlierDistance + rng_.below(kOutlierSpread);
}

bool SaSender::start_replay(const SaState& sa, RareState& rare) {
    // Only numbers that were heard can be replayed: the stretch lies where nothing was lost.
    const std::uint64_t highest = sa.next - 1;
    const std::uint64_t back = rng_.in(im_.replay_back);
    const std::uint64_t length = rng_.in(im_.replay_length);
    if (rare.replay_next < rare.replay_end || back > highest) return false;
    const std::uint64_t from = highest - back;
    if (from < rare.whole_from || from < rare.instance_first || from < kLowestReplay) return false;
    rare.replay_next = from;
    rare.replay_end = std::min(from + length, highest);
    return rare.replay_next < rare.replay_end;
}

std::uint64_t SaSender::replay(SaState& sa, RareState& rare) {
    const std::uint64_t number = rare.replay_next++;
    const std::uint64_t extent = sa.next - 1 - number;
    if (extent >= im_.window)
        ++rare.too_old;
    else
        ++sa.duplicates;
    return number;
}

bool SaSender::can_restart(const SaState& sa, const RareState& rare) const {
    const std::uint64_t highest = sa.next - 1;
    const std::uint64_t last_of_run = im_.restart_at + run_needed(im_.restart_at) - 1;
    if (highest < im_.restart_at + kLeastInstance || highest - im_.restart_at >= kHalf)
        return false;
    if (rare.replay_next < rare.replay_end) return false;
    // Each number of the run must be one the listener knows it saw, or has forgotten.
    const bool forgotten = highest - last_of_run >= im_.window;
    const bool all_seen =
        rare.instance_first <= im_.restart_at && rare.whole_from <= rare.instance_first;
    return forgotten || all_seen;
}

std::uint64_t SaSender::begin(SaState& sa, std::uint32_t index, std::uint64_t number) {
    if (sa.received++ != 0) return begin_again(sa, index, number);
    sa.first = sa.next = number;
    rare_[index].instance_first = rare_[index].whole_from = number;
    return sa.next++;
}

/// Restarts SA `index` at `number`, which is sent at once.
std::uint64_t SaSender::begin_again(SaState& sa, std::uint32_t index, std::uint64_t number) {
    RareState& rare = rare_[index];
    ++rare.restarts;
    events_.add(TruthEventKind::restart, index, index, sa.next - 1, number);
    rare.instance_first = rare.whole_from = number;
    rare.clean_until = number + kProvisional;
    rare.replay_next = rare.replay_end = 0;
    sa.warned = 0;
    sa.next = number;
    return sa.next++;
}

} // namespace lacuna::pcapgen
