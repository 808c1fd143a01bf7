#include "flow/gap_fold.hpp"

#include <algorithm>
#include <map>
#include <unordered_set>
#include <utility>

namespace lacuna::flow {
namespace {

/// Runs by (instance, first missing number).
using Runs = std::map<std::pair<std::uint32_t, Seq64>, GapRun>;

void take_out(Runs& runs, std::uint32_t instance, Seq64 n) {
    auto it = runs.upper_bound({instance, n});
    if (it == runs.begin()) return;
    --it;
    const GapRun run = it->second;
    if (run.instance != instance || n < run.first_missing || n >= run.next) return;
    runs.erase(it);
    if (n > run.first_missing) {
        GapRun left = run;
        left.next = n;
        runs.emplace(std::pair{instance, left.first_missing}, left);
    }
    if (n + 1 < run.next) {
        GapRun right = run;
        right.first_missing = n + 1;
        runs.emplace(std::pair{instance, right.first_missing}, right);
    }
}

} // namespace

std::vector<GapRun> fold_gaps(std::span<const Event> events) {
    // An instance number can be given twice: once to a restart that was undone, once to a later
    // one. So events of a restart are void only up to where it is undone; going backwards tells
    // them.
    std::vector<bool> counts(events.size(), true);
    std::unordered_set<std::uint32_t> undone;
    for (std::size_t i = events.size(); i-- > 0;) {
        const Event& e = events[i];
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

    Runs runs;
    for (std::size_t i = 0; i < events.size(); ++i) {
        const Event& e = events[i];
        if (!counts[i]) continue;
        if (e.kind == EventKind::hole_opened)
            runs[{e.instance, e.a}] = {e.a, e.b, e.time, e.instance, (e.flags & kBlind) != 0};
        else if (e.kind == EventKind::hole_filled)
            take_out(runs, e.instance, e.a);
    }
    std::vector<GapRun> list;
    list.reserve(runs.size());
    for (const auto& [key, run] : runs)
        list.push_back(run);
    return list;
}

} // namespace lacuna::flow
