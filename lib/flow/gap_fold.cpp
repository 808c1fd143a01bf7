#include "flow/gap_fold.hpp"

#include <algorithm>
#include <unordered_set>

namespace lacuna::flow {
namespace {

/// Above a number by so much, nothing fills its hole: the largest memory there is.
constexpr Seq64 kFarthestFill = 65'536;
/// Events applied at a time, and so many behind them that are looked at for a restart that is
/// undone: that takes at most 64 packets.
constexpr std::size_t kBlock = 8192;
constexpr std::size_t kAhead = 4096;

/// Which of the events count. An instance number can be given twice: once to a restart that was
/// undone, once to a later one. So events of a restart are void only up to where it is undone;
/// going backwards tells them.
template <typename Placed>
std::vector<bool> counting(const std::vector<Placed>& events) {
    std::vector<bool> counts(events.size(), true);
    std::unordered_set<std::uint32_t> undone;
    for (std::size_t i = events.size(); i-- > 0;) {
        const Event& e = events[i].event;
        if (e.kind == EventKind::restart_undone) {
            undone.insert(e.instance);
        } else if (e.kind == EventKind::restart) {
            counts[i] = undone.erase(e.instance) == 0;
        } else if ((e.flags & kProvisional) != 0) {
            counts[i] = undone.contains(e.instance + 1);
        } else {
            counts[i] = !undone.contains(e.instance);
        }
    }
    return counts;
}

} // namespace

bool GapFold::add(const Event& e, std::uint64_t place) {
    waiting_.push_back({e, place});
    // The row has left the table. What follows is another life with the same first time.
    if (e.kind == EventKind::evicted) return end();
    if (waiting_.size() < kBlock + kAhead) return true;
    apply(kBlock);
    return hand_out(false);
}

bool GapFold::end() {
    apply(waiting_.size());
    const bool more = hand_out(true);
    runs_.clear();
    instance_ = 0;
    highest_ = 0;
    return more;
}

void GapFold::apply(std::size_t count) {
    const std::vector<bool> counts = counting(waiting_);
    for (std::size_t i = 0; i < count; ++i) {
        const auto& [e, place] = waiting_[i];
        if (!counts[i]) continue;
        if (e.instance > instance_) {
            instance_ = e.instance;
            highest_ = 0;
        }
        if (e.kind == EventKind::hole_opened) {
            runs_[{e.instance, e.a}] = {{e.a, e.b, e.time, e.instance, (e.flags & kBlind) != 0},
                                        place};
            if (e.instance == instance_) highest_ = std::max(highest_, e.b);
        } else if (e.kind == EventKind::hole_filled) {
            take_out(e.instance, e.a);
        }
    }
    waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(count));
}

void GapFold::take_out(std::uint32_t instance, Seq64 n) {
    auto it = runs_.upper_bound({instance, n});
    if (it == runs_.begin()) return;
    --it;
    const Open open = it->second;
    if (open.run.instance != instance || n < open.run.first_missing || n >= open.run.next) return;
    runs_.erase(it);
    if (n > open.run.first_missing) {
        Open left = open;
        left.run.next = n;
        runs_.emplace(std::pair{instance, left.run.first_missing}, left);
    }
    if (n + 1 < open.run.next) {
        Open right = open;
        right.run.first_missing = n + 1;
        runs_.emplace(std::pair{instance, right.run.first_missing}, right);
    }
}

/// Those nothing can change any more, or all.
bool GapFold::hand_out(bool all) {
    while (!runs_.empty()) {
        const auto [run, opened] = runs_.begin()->second;
        // Numbers of a damaged record may be any.
        const bool settled = run.instance < instance_
                             || (highest_ > kFarthestFill && run.next <= highest_ - kFarthestFill);
        if (!all && !settled) break;
        runs_.erase(runs_.begin());
        if (!fn_(run, opened)) return false;
    }
    return true;
}

std::vector<GapRun> fold_gaps(std::span<const Event> events) {
    std::vector<GapRun> list;
    GapFold fold([&list](const GapRun& run, std::uint64_t) {
        list.push_back(run);
        return true;
    });
    fold.waiting_.reserve(events.size());
    for (const Event& e : events) {
        fold.waiting_.push_back({e, 0});
        if (e.kind == EventKind::evicted) fold.end();
    }
    fold.end();
    return list;
}

} // namespace lacuna::flow
