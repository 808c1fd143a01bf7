// What becomes of branches and of sources on trial.
#include "model/identity.hpp"

#include <algorithm>
#include <set>

namespace model {
namespace {

using Packets = std::vector<Packet>;

std::int64_t count(const Packets& log) {
    return static_cast<std::int64_t>(log.size());
}

std::int64_t above(const Packets& log, std::int64_t highest) {
    return std::count_if(log.begin(), log.end(),
                         [&](const Packet& p) { return distance(p.number, highest) > 0; });
}

Packets merged(Packets a, const Packets& b) {
    a.insert(a.end(), b.begin(), b.end());
    std::sort(a.begin(), a.end(),
              [](const Packet& x, const Packet& y) { return x.order < y.order; });
    return a;
}

Packets since(const Packets& log, std::int64_t order) {
    Packets out;
    std::copy_if(log.begin(), log.end(), std::back_inserter(out),
                 [&](const Packet& p) { return p.order >= order; });
    return out;
}

} // namespace

void Identity::resolve(bool end) {
    while (resolve_branch(end) || resolve_trial(end)) {
    }
}

/// Decides one branch, if one is due.
bool Identity::resolve_branch(bool end) {
    const Counter* idlest = nullptr;
    for (const Counter& c : counters_)
        if (c.near != 0 && (idlest == nullptr || c.last < idlest->last)) idlest = &c;
    const bool full = counters_.size() > kRoom;
    for (const Counter& due : counters_) {
        if (due.near == 0) continue;
        Fate f = fate(due, end || (full && &due == idlest));
        if (f == Fate::open) continue;
        // What began in it is decided first, as at the end.
        const Counter* b = &due;
        const auto child = [&] {
            return std::find_if(counters_.begin(), counters_.end(),
                                [&](const Counter& c) { return c.near == b->id; });
        };
        for (auto c = child(); c != counters_.end(); c = child()) {
            b = &*c;
            f = fate(*b, true);
        }
        // A branch begins again: it is the counter then.
        if (f == Fate::restart && find(b->near)->near != 0) {
            b = &*find(b->near);
            f = fate(*b, true);
        }
        const bool only = std::count_if(counters_.begin(), counters_.end(),
                                        [](const Counter& c) { return c.near != 0; })
                          == 1;
        const int id = b->id;
        if (f == Fate::fold && full && !end && only)
            overflow(id);
        else if (f == Fate::fold)
            fold(id);
        else
            settle(id, f);
        return true;
    }
    return false;
}

bool Identity::went_on(const Counter& b) {
    const std::int64_t middle = b.log[(b.log.size() - 1) / 2].order;
    for (const auto& [id, highest] : b.older) {
        const auto c = find(id);
        if (c == counters_.end()) continue;
        std::int64_t n = 0;
        std::int64_t last = -1;
        for (const Packet& p : c->log)
            if (p.order > b.born && !p.outlier && distance(p.number, highest) > 0)
                ++n, last = p.order;
        if (n >= kRun && last > middle) return true;
    }
    return false;
}

/// Whether packets apart have fewer anomalies than together, by half as many as there are.
bool Identity::counter_alone(const Packets& together, const Packets& old, const Packets& own,
                             std::int64_t highest, std::int64_t first, bool wide) const {
    const std::int64_t begins = own.front().number;
    const std::int64_t apart =
        anomalies(old, highest, first, wide, memory_.first)
        + anomalies(Packets(own.begin() + 1, own.end()), begins, begins, wide, memory_.first);
    return 2 * (anomalies(together, highest, first, wide, memory_.first) - apart) >= count(own);
}

bool Identity::apart_is_better(const Counter& b) {
    const Packets old = since(find(b.near)->log, b.born);
    const bool wide =
        std::none_of(old.begin(), old.end(), [&](const Packet& p) { return b.knows(p.source); });
    return counter_alone(merged(old, b.log), old, b.log, b.near_highest, b.near_first, wide);
}

Identity::Fate Identity::fate(const Counter& b, bool now) {
    const std::int64_t n = count(b.log);
    const bool idle = order_ - b.last >= kWait;
    now = now || (!b.foreign && order_ - b.born >= kWait);
    if (!now && n < kMany && (b.foreign || !idle)) return Fate::open;

    if (other_is_active_) {
        const auto after =
            static_cast<double>(b.log[static_cast<std::size_t>(std::min(n, kMany)) - 1].order);
        if (std::count_if(rises_.begin(), rises_.end(), [&](double r) { return r > after; })
            >= kRun)
            return now || n >= kWait || idle ? Fate::fold : Fate::open;
    }
    const std::uint32_t first = b.log.front().number;
    const std::uint32_t up = first - static_cast<std::uint32_t>(b.near_highest);
    const bool rose =
        first > static_cast<std::uint32_t>(b.near_highest) && distance(first, b.near_highest) > 0;
    if (!went_on(b)) {
        if (n < kWait && !now) return Fate::open;
        if (b.foreign && (up == 0 || up > kFar)) return n >= kFew ? Fate::own : Fate::fold;
        if (rose || b.foreign) return n >= (up <= kFar ? 1 : 2) ? Fate::jump : Fate::fold;
        const bool far = up > kFar && -up > kFar;
        const std::int64_t need = first <= 1 ? (far ? 2 : 3) : first <= kLow ? kFew : kMany;
        return n >= need ? Fate::restart : Fate::fold;
    }
    const Packets& old = find(b.near)->log;
    const auto old_since =
        std::count_if(old.begin(), old.end(), [&](const Packet& p) { return p.order > b.born; });
    if (!now && !(idle && !b.foreign) && (n < kMany || old_since < kMany)) return Fate::open;
    return n >= (now ? kFew : kMany) && 4 * b.copies < 3 * n && apart_is_better(b) ? Fate::own
                                                                                   : Fate::fold;
}

void Identity::replace(int old, int with) {
    for (Counter& c : counters_) {
        if (c.near == old) c.near = with;
        for (auto& [id, highest] : c.older)
            if (id == old) id = with;
    }
}

/// The branch is a counter: one more, or the older one that jumped, moved or began again.
void Identity::settle(int id, Fate fate) {
    Counter b = *find(id);
    const int near = b.near;
    const std::int64_t born = b.born;
    b.near = 0;
    b.older.clear();
    if (fate == Fate::own) {
        *find(id) = b;
        return;
    }
    const Counter old = *find(near);
    for (const auto& [source, order] : old.sources)
        b.sources.emplace(source, order);
    for (const auto& [source, trial] : old.trials)
        b.trials.emplace(source, trial);
    b.instances = old.instances;
    b.forged.insert(b.forged.begin(), old.forged.begin(), old.forged.end());
    b.before.insert(b.before.begin(), old.before.begin(), old.before.end());
    if (fate == Fate::restart) {
        ++restarts_;
        b.instances.push_back(old.log);
        b.begins_with = old.begins_with;
        b.memory.first = old.walk.reach(); // the memory of the SA, whatever begins in it
        b.replay();
    } else {
        for (const auto& [source, order] : old.sources)
            left_[source] = {b.id, born, old.walk.highest()};
        for (Packet& p : b.log)
            if (p.order == born) p.confirmed = true;
        b.log = merged(b.log, old.log);
        b.replay();
        if (old.near != 0) { // still a branch of what the older one began in
            b.near = old.near;
            b.older = old.older;
            b.born = old.born;
            b.foreign = old.foreign;
            b.near_highest = old.near_highest;
            b.near_first = old.near_first;
        }
    }
    counters_.erase(find(near));
    replace(near, id);
    const bool branch = b.near != 0;
    *find(id) = b;
    if (branch) return;
    counters_.erase(find(id));
    counters_.insert(counters_.begin(), b);
}

/// The branch was part of the older counter, or forged.
void Identity::fold(int id) {
    const Counter b = *find(id);
    counters_.erase(find(id));
    replace(id, b.near);
    Counter& old = *find(b.near);
    Packets own = b.log;
    for (Packet& p : own)
        p.confirmed = false;
    // What came before the instance began is before its first number, whatever it is.
    const std::int64_t begins = old.instances.empty() ? -1 : old.log.front().order;
    const auto before = std::stable_partition(own.begin(), own.end(),
                                              [&](const Packet& p) { return p.order < begins; });
    old.before.insert(old.before.end(), own.begin(), before);
    own.erase(own.begin(), before);
    old.log = merged(old.log, own);
    old.forged.insert(old.forged.end(), b.forged.begin(), b.forged.end());
    old.replay();
    const auto forged = std::remove_if(old.log.begin(), old.log.end(), [&](const Packet& p) {
        const bool out = p.outlier && p.order >= b.born
                         && std::any_of(own.begin(), own.end(),
                                        [&](const Packet& o) { return o.order == p.order; });
        if (out) old.forged.push_back(p);
        return out;
    });
    old.log.erase(forged, old.log.end());
    old.replay();
    if (count(b.log) >= kFew)
        for (const auto& [source, order] : b.sources)
            old.sources.emplace(source, order);
}

/// There is no room for it.
void Identity::overflow(int id) {
    const Counter b = *find(id);
    counters_.erase(find(id));
    replace(id, b.near);
    spill(b.log);
    spill(b.forged);
}

void Identity::spill(const Packets& packets) {
    if (!overflow_) overflow_.emplace(0, memory_);
    for (const Packet& p : packets)
        overflow_->take(p);
}

/// Decides one source on trial, if one is due.
bool Identity::resolve_trial(bool end) {
    for (Counter& c : counters_)
        for (auto t = c.trials.begin(); t != c.trials.end();) {
            const auto [source, trial] = *t;
            const bool over = end || order_ - trial.born >= kWait;
            Packets own;
            Packets rest;
            for (const Packet& p : since(c.log, trial.born))
                (p.source == source ? own : rest).push_back(p);
            if (!over && (previous_->source != source || count(own) < kMany)) {
                ++t;
                continue;
            }
            t = c.trials.erase(t);
            // It stays; or the counter moved.
            if (count(own) < kFew || above(rest, trial.highest) < kRun) continue;
            if (split(c, source, trial, own, rest)) return true;
        }
    return false;
}

bool Identity::split(Counter& c, int source, const Trial& trial, const Packets& own,
                     const Packets& rest) {
    if (!counter_alone(merged(own, rest), rest, own, trial.highest, trial.first, true))
        return false;
    Packets stay;
    for (const Packet& p : c.log)
        if (std::none_of(own.begin(), own.end(),
                         [&](const Packet& o) { return o.order == p.order; }))
            stay.push_back(p);
    c.log = stay;
    c.sources.erase(source);
    c.replay();
    if (counters_.size() >= kRoom) {
        spill(own);
        return true;
    }
    Counter alone(++ids_, memory_);
    for (const Packet& p : own)
        alone.take(p);
    counters_.push_back(alone);
    return true;
}

} // namespace model
