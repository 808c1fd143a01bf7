#include "model/counter.hpp"

#include <algorithm>

namespace model {

Fit Counter::fit(std::uint32_t number) const {
    const std::int64_t n = walk.place(number);
    const std::int64_t d = n - walk.highest();
    if (d >= 1 && d <= kStep) return {Fit::step, d};
    if (d > 0) return {d <= kShortJump ? Fit::jump : Fit::misfit, d};
    // A counter that has just begun may have begun out of order.
    const bool beginning = static_cast<std::int64_t>(log.size()) < kMany && number > kLow;
    const bool late = n >= walk.floor() && !walk.seen(n) && (n >= walk.first() || beginning);
    return {late ? Fit::late : Fit::misfit, -d};
}

std::int64_t Counter::apart(std::uint32_t number) const {
    return std::abs(walk.place(number) - walk.highest());
}

void Counter::take(const Packet& p) {
    note(p);
    last = p.order;
    if (!pooled() || knows(p.source)) sources[p.source] = p.order;
}

void Counter::note(const Packet& p) {
    log.push_back(p);
    log.back().outlier = walk.step(p) == Verdict::outlier;
}

void Counter::replay() {
    walk = Walk(memory);
    for (Packet& p : log)
        p.outlier = walk.step(p) == Verdict::outlier;
}

void Counter::sort() {
    std::sort(log.begin(), log.end(),
              [](const Packet& a, const Packet& b) { return a.order < b.order; });
    replay();
}

Figures Counter::figures() const {
    Figures sum;
    Memory grown = begins_with;
    for (const std::vector<Packet>& instance : instances) {
        Walk w(grown);
        for (const Packet& p : instance)
            w.step(p);
        sum.add(w.figures());
        grown.first = w.reach();
    }
    sum.add(walk.figures());
    sum.restarts = instances.size();
    sum.received += forged.size();
    sum.outliers += forged.size();
    sum.received += before.size();
    sum.before_first += before.size();
    sum.behind += before.size();
    return sum;
}

std::int64_t Counter::first() const {
    return instances.empty() ? walk.first() : instances.front().front().number;
}

std::int64_t Counter::begins() const {
    return instances.empty() ? log.front().order : instances.front().front().order;
}

std::int64_t anomalies(const std::vector<Packet>& packets, std::int64_t highest, std::int64_t first,
                       bool wide, std::int64_t memory) {
    std::int64_t h = highest;
    std::int64_t sum = 0;
    std::unordered_set<std::int64_t> seen{h};
    for (const Packet& p : packets) {
        const std::int64_t n = h + distance(p.number, h);
        if (n > h + kShortJump) {
            sum += 2;
        } else if (n > h) {
            sum += n - h - 1;
            seen.insert(h = n);
        } else if (n < first) {
            sum += 2;
        } else if (n <= highest || h - n >= memory || !seen.insert(n).second) {
            sum += wide ? 2 : 0;
        } else {
            sum += wide ? 0 : -1; // late: one lost less
        }
    }
    return sum;
}

} // namespace model
