#include "model/naive.hpp"

#include <algorithm>

namespace naive {
namespace {

constexpr std::int64_t kTwo32 = std::int64_t{1} << 32;

int log2_capped(std::uint64_t v) {
    int k = 0;
    while (v >>= 1)
        ++k;
    return std::min(k, 16);
}

bool near(std::uint32_t from, std::uint32_t to) {
    const std::uint32_t d = to - from;
    return d >= 1 && d <= 16;
}

} // namespace

std::int64_t Numbering::above(std::uint32_t wire) const {
    // Of all numbers with these low 32 bits the nearest; of two equally near the lower.
    const std::int64_t base = highest_ - ((highest_ % kTwo32) + kTwo32) % kTwo32 + wire;
    std::int64_t best = base - kTwo32;
    for (const std::int64_t n : {base, base + kTwo32})
        if (std::abs(n - highest_) < std::abs(best - highest_)) best = n;
    return best - highest_;
}

bool Numbering::known(std::uint32_t wire) const {
    const std::int64_t d = above(wire);
    return -d >= window_ || seen_.count(highest_ + d) != 0;
}

void Numbering::go_up(std::int64_t to, std::int64_t time) {
    if (to > highest_ + 1) revealed_[to] = time;
    highest_ = to;
    seen_[to] = time;
}

Numbering::Verdict Numbering::judge(std::uint32_t wire, std::int64_t time) {
    const std::int64_t d = above(wire);
    const std::int64_t n = highest_ + d;
    if (d > 65536) return held;
    if (d >= 1) {
        go_up(n, time);
        return d == 1 ? in_order : jump;
    }
    if (n < first_) {
        ++before_first_;
        return before_first;
    }
    if (-d >= window_) {
        too_old_.push_back(-d);
        return too_old;
    }
    if (seen_.count(n) != 0) {
        ++duplicates_;
        return duplicate;
    }
    seen_[n] = time;
    late_.push_back(-d);
    return late;
}

void Numbering::take_back(std::uint32_t wire) {
    const std::int64_t d = above(wire);
    if (highest_ + d < first_) {
        --before_first_;
    } else if (-d >= window_) {
        too_old_.erase(std::find(too_old_.begin(), too_old_.end(), -d));
    } else {
        --duplicates_;
    }
}

Figures Numbering::figures() const {
    Figures f;
    f.outliers = outliers;
    f.duplicates = duplicates_;
    f.before_first = before_first_;
    f.late = late_.size();
    f.too_old = too_old_.size();
    for (const std::int64_t e : late_) {
        ++f.late_extents[log2_capped(static_cast<std::uint64_t>(e))];
        f.max_late_extent = std::max(f.max_late_extent, static_cast<std::uint64_t>(e));
    }
    for (const std::int64_t e : too_old_)
        ++f.too_old_extents[log2_capped(static_cast<std::uint64_t>(e))];
    std::int64_t before = first_;
    std::optional<std::int64_t> last_lost;
    for (const auto& [n, time] : seen_) {
        if (n < first_) continue;
        if (n > before + 1) {
            const auto size = static_cast<std::uint64_t>(n - before - 1);
            f.lost += size;
            ++f.gaps;
            f.max_gap = std::max(f.max_gap, size);
            ++f.loss_periods[log2_capped(size)];
            if (last_lost)
                ++f.loss_distances[log2_capped(
                    static_cast<std::uint64_t>(before + 1 - *last_lost))];
            last_lost = n - 1;
            // Revealed by the jump that first went over it.
            f.runs.push_back({before + 1, n, revealed_.lower_bound(n)->second});
        }
        before = n;
    }
    return f;
}

void Sa::feed(const Packet& p) {
    ++received_;
    if (instances_.empty()) {
        instances_.emplace_back(p.wire, p.time, window_);
        return;
    }
    if (shadow_) {
        const std::int64_t old = shadow_->above(p.wire);
        if (old >= 1 && old <= 16 && instances_.back().above(p.wire) > 16) {
            instances_.pop_back();
            instances_.back() = *shadow_;
            held_ = shadow_held_;
            recent_.clear();
            shadow_.reset();
        } else {
            feed_shadow(p);
            if (--provisional_ == 0) shadow_.reset();
        }
    }
    feed_live(p);
}

void Sa::feed_shadow(const Packet& p) {
    if (shadow_held_) {
        const Held h = *shadow_held_;
        shadow_held_.reset();
        const bool fell = h.wire < static_cast<std::uint32_t>(shadow_->highest());
        if (near(h.wire, p.wire) && !fell) {
            shadow_->go_up(h.number, h.time);
            shadow_->go_up(h.number + (p.wire - h.wire), p.time);
            return;
        }
        ++shadow_->outliers;
    }
    if (shadow_->judge(p.wire, p.time) == Numbering::held)
        shadow_held_ = {p.wire, shadow_->highest() + shadow_->above(p.wire), p.time};
}

void Sa::open_shadow() {
    shadow_ = instances_.back();
    shadow_held_.reset();
}

void Sa::restart(const std::vector<Recent>& beginning) {
    instances_.emplace_back(beginning[0].wire, beginning[0].time, window_);
    Numbering& now = instances_.back();
    for (std::size_t i = 1; i < beginning.size(); ++i)
        now.go_up(now.highest() + (beginning[i].wire - beginning[i - 1].wire), beginning[i].time);
    held_.reset();
    recent_.clear();
    provisional_ = 64 - static_cast<int>(beginning.size());
}

void Sa::feed_live(const Packet& p) {
    Numbering& now = instances_.back();
    const std::int64_t d = now.above(p.wire);
    if (p.at_once && (d < 1 || d > 65536)) {
        if (held_) ++now.outliers;
        open_shadow();
        feed_shadow(p);
        restart({{p.wire, p.time, false, false}});
        return;
    }
    if (held_) {
        const Held h = *held_;
        held_.reset();
        if (near(h.wire, p.wire)) {
            if (h.wire < static_cast<std::uint32_t>(now.highest())) {
                open_shadow();
                shadow_held_ = h;
                feed_shadow(p);
                restart({{h.wire, h.time, false, false}, {p.wire, p.time, false, false}});
            } else {
                now.go_up(h.number, h.time);
                now.go_up(h.number + (p.wire - h.wire), p.time);
                recent_.clear();
            }
            return;
        }
        ++now.outliers;
    }

    const bool known = now.known(p.wire);
    const Numbering::Verdict v = now.judge(p.wire, p.time);
    if (v == Numbering::held) held_ = {p.wire, now.highest() + now.above(p.wire), p.time};
    if (v != Numbering::duplicate && v != Numbering::too_old && v != Numbering::before_first) {
        recent_.clear();
        return;
    }
    if (!recent_.empty() && !near(recent_.back().wire, p.wire)) recent_.clear();
    recent_.push_back({p.wire, p.time, known, v == Numbering::before_first});
    if (recent_.size() > 8) recent_.erase(recent_.begin());

    const std::size_t n = recent_.size();
    std::vector<Recent> beginning;
    if (n >= 3 && recent_[n - 3].wire <= 1 && recent_[n - 3].known && recent_[n - 2].known
        && recent_[n - 1].known)
        beginning.assign(recent_.end() - 3, recent_.end());
    else if (n >= 8 && recent_[n - 8].wire <= 64)
        beginning.assign(recent_.end() - 8, recent_.end());
    if (beginning.empty()) return;
    open_shadow();
    for (const Recent& r : beginning)
        now.take_back(r.wire);
    restart(beginning);
}

Figures Sa::figures() const {
    Figures sum;
    const auto add = [](auto& to, const auto& from) {
        for (const auto& [k, v] : from)
            to[k] += v;
    };
    for (const Numbering& i : instances_) {
        const Figures f = i.figures();
        sum.lost += f.lost;
        sum.gaps += f.gaps;
        sum.max_gap = std::max(sum.max_gap, f.max_gap);
        sum.duplicates += f.duplicates;
        sum.late += f.late;
        sum.too_old += f.too_old;
        sum.before_first += f.before_first;
        sum.outliers += f.outliers;
        sum.max_late_extent = std::max(sum.max_late_extent, f.max_late_extent);
        add(sum.late_extents, f.late_extents);
        add(sum.too_old_extents, f.too_old_extents);
        add(sum.loss_periods, f.loss_periods);
        add(sum.loss_distances, f.loss_distances);
        sum.runs.insert(sum.runs.end(), f.runs.begin(), f.runs.end());
    }
    if (held_) ++sum.outliers;
    return sum;
}

Channel::Activity Channel::packet(int an) {
    Activity a{false, false};
    const auto it = last_.find(an);
    if (it == last_.end())
        a.rekey = count_ != 0;
    else
        a.rekey = a.again = count_ - it->second >= 64;
    rekeys += a.rekey ? 1 : 0;
    last_[an] = ++count_;
    return a;
}

} // namespace naive
