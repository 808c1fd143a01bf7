#include "model/identity.hpp"

#include <algorithm>
#include <utility>

namespace model {
namespace {

bool same(const Packet& a, const Packet& b) {
    return a.order == b.order;
}

bool holds(const std::vector<int>& list, int id) {
    return std::find(list.begin(), list.end(), id) != list.end();
}

} // namespace

Identity::Place Identity::find(int id) {
    return std::find_if(counters_.begin(), counters_.end(),
                        [id](const Counter& c) { return c.id == id; });
}

Identity::Place Identity::best(const std::vector<int>& among, std::uint32_t number) {
    auto best = counters_.end();
    for (auto c = counters_.begin(); c != counters_.end(); ++c)
        if (holds(among, c->id) && (best == counters_.end() || c->fit(number) < best->fit(number)))
            best = c;
    return best;
}

void Identity::packet(Packet p) {
    p.order = ++order_;
    if (counters_.empty()) {
        counters_.emplace_back(++ids_, memory_).take(p);
        before_ = ids_;
        previous_ = p;
        return;
    }
    std::vector<int> all;
    std::vector<int> mine;
    for (const Counter& c : counters_) {
        all.push_back(c.id);
        if (c.knows(p.source)) mine.push_back(c.id);
    }
    const bool known = !mine.empty();
    if (!known)
        for (const Counter& c : counters_)
            if (c.pooled()) mine.push_back(c.id); // a pool of sources: they are left aside

    const bool repeats = p.number == previous_->number && p.source == previous_->source;
    const auto fits = best(mine, p.number);
    last_repeated_ = repeats;
    for (const Counter& c : counters_)
        last_repeated_ = last_repeated_ || c.walk.seen(c.walk.place(p.number));
    int to = 0;
    if (fits != counters_.end() && fits->fit(p.number).kind != Fit::misfit) {
        to = fits->id;
        fits->take(p);
    } else if (repeats && find(before_) != counters_.end()) {
        to = before_;
        find(to)->note(p);
    } else if (const auto any = best(all, p.number);
               !known && any->fit(p.number).kind == Fit::step) {
        to = any->id;
        any->trials[p.source] = {p.order, any->walk.highest(), any->walk.first()};
        any->take(p);
    } else {
        to = misfit(p, mine);
    }
    if (const auto c = find(to); c != counters_.end() && c->near != 0)
        c->copies += p.number == previous_->number ? 1 : 0;
    before_ = to;
    previous_ = p;
    resolve(false);
}

int Identity::misfit(const Packet& p, std::vector<int> mine) {
    // Two packets do not make a source known.
    if (std::all_of(mine.begin(), mine.end(), [&](int id) {
            return find(id)->near != 0 && static_cast<std::int64_t>(find(id)->log.size()) < kRun;
        }))
        mine.clear();
    const auto nearest = [&](bool settled) {
        auto best = counters_.end();
        for (auto c = counters_.begin(); c != counters_.end(); ++c)
            if ((mine.empty() || holds(mine, c->id)) && (!settled || c->near == 0)
                && (best == counters_.end() || c->apart(p.number) < best->apart(p.number)))
                best = c;
        return best;
    };
    auto near = nearest(false);
    // What lies far from a branch as well began elsewhere.
    if (near->apart(p.number) > kShortJump)
        if (const auto c = nearest(true); c != counters_.end()) near = c;
    const std::int64_t d = near->walk.place(p.number) - near->walk.highest();
    if (mine.empty()) return branch({p}, {near->id}, near->id, true);
    if (d > kShortJump && !(p.number <= kLow && d <= kFar))
        return branch({p}, mine, near->id, false);

    const int old = near->id;
    near->note(p);
    // While a source is on trial, what does not fit stays: the trial decides.
    if (!near->trials.empty() && near->knows(p.source) && -d < near->walk.reach()) return old;
    auto run = run_of(p);
    if (!run) return old;
    for (Counter& c : counters_) {
        const auto end = std::remove_if(c.log.begin(), c.log.end(), [&](const Packet& e) {
            return std::any_of(run->begin(), run->end(),
                               [&](const Packet& r) { return same(e, r); });
        });
        if (end == c.log.end()) continue;
        c.log.erase(end, c.log.end());
        c.replay();
    }
    const auto began = *run;
    const int now = can_go_back(began) ? take_back(began) : branch(began, mine, old, false);
    // Immediate repetitions go with what they repeat.
    for (const int id : mine) {
        const auto c = find(id);
        std::vector<Packet> stay;
        for (const Packet& e : c->log) {
            const bool repeats = e.source == p.source
                                 && std::any_of(began.begin(), began.end(), [&](const Packet& r) {
                                        return r.number == e.number && r.order < e.order;
                                    });
            if (repeats && id != now)
                find(now)->log.push_back(e);
            else
                stay.push_back(e);
        }
        if (stay.size() == c->log.size()) continue;
        c->log = stay;
        c->replay();
        find(now)->sort();
    }
    return now;
}

/// The run that `p` ends, if it is long enough.
std::optional<std::vector<Packet>> Identity::run_of(const Packet& p) {
    auto run = std::find_if(runs_.begin(), runs_.end(), [&](const std::vector<Packet>& r) {
        const std::int64_t d = distance(p.number, r.back().number);
        return r.back().source == p.source && d >= 1 && d <= kStep;
    });
    if (run == runs_.end()) {
        runs_.push_back({p});
        if (runs_.size() > kRoom) runs_.erase(runs_.begin());
        return std::nullopt;
    }
    run->push_back(p);
    if (static_cast<std::int64_t>(run->size()) < kRun) return std::nullopt;
    auto whole = *run;
    runs_.erase(run);
    return whole;
}

int Identity::branch(std::vector<Packet> run, const std::vector<int>& older, int near,
                     bool foreign) {
    Counter b(++ids_, memory_);
    for (const int id : older)
        b.older.emplace_back(id, find(id)->walk.highest());
    b.near = near;
    b.born = run.front().order;
    b.foreign = foreign;
    b.near_highest = find(near)->walk.highest();
    b.near_first = find(near)->walk.first();
    for (const Packet& p : run)
        b.take(p);
    counters_.push_back(b);
    return b.id;
}

bool Identity::can_go_back(const std::vector<Packet>& run) {
    const auto left = left_.find(run.front().source);
    if (!returns_) return false;
    if (left == left_.end() || find(left->second.counter) == counters_.end()) return false;
    const std::int64_t d = distance(run.front().number, left->second.highest);
    return d >= 1 && d <= kShortJump;
}

/// A source goes on where it was left: it had not moved or jumped, and the hole is taken back.
int Identity::take_back(std::vector<Packet> run) {
    const Left left = left_.at(run.front().source);
    left_.erase(run.front().source);
    Counter old(++ids_, memory_);
    Counter& now = *find(left.counter);
    std::vector<Packet> after;
    for (const Packet& p : now.log)
        (p.order < left.born ? old.log : after).push_back(p);
    old.instances = std::move(now.instances);
    now.instances.clear();
    now.log = std::move(after);
    now.replay();
    now.sources.clear();
    for (const Packet& p : now.log)
        now.sources[p.source] = p.order;
    old.replay();
    for (const Packet& p : old.log)
        old.sources[p.source] = p.order;
    for (const Packet& p : run)
        old.take(p);
    counters_.push_back(old);
    return old.id;
}

bool Identity::continues(int address, std::uint32_t number) const {
    return std::any_of(counters_.begin(), counters_.end(), [&](const Counter& c) {
        const std::int64_t d = distance(number, c.walk.highest());
        return d >= 1 && d <= kFar
               && std::any_of(c.sources.begin(), c.sources.end(),
                              [&](const auto& known) { return known.first / kPaths == address; });
    });
}

std::int64_t Identity::highest() const {
    std::int64_t h = -1;
    for (const Counter& c : counters_)
        h = std::max(h, c.walk.highest());
    return h;
}

void Identity::other_rose() {
    rises_.push_back(static_cast<double>(order_) + 0.5);
    if (rises_.size() > static_cast<std::size_t>(kRun)) rises_.erase(rises_.begin());
}

std::size_t Identity::take_restarts() {
    return std::exchange(restarts_, 0);
}

std::vector<Row> Identity::rows() const {
    std::vector<Row> rows;
    const auto add = [&](const Counter& c) {
        const Figures f = c.figures();
        const auto& begin = c.instances.empty() ? c.log : c.instances.front();
        rows.push_back({c.begins(), begin.front().time, c.first(), c.walk.highest(),
                        f.interleaved(), c.sources.size(), begin.front().source, f});
    };
    for (const Counter& c : counters_)
        add(c);
    if (overflow_) {
        add(*overflow_);
        rows.back().interleaved = true;
    }
    std::sort(rows.begin(), rows.end(),
              [](const Row& a, const Row& b) { return a.begins < b.begins; });
    return rows;
}

} // namespace model
