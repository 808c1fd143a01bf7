#include "model/walk.hpp"

#include <algorithm>

namespace model {
namespace {

constexpr std::int64_t kHalf = std::int64_t{1} << 31;

int bucket(std::int64_t v) {
    int k = 0;
    while (v >>= 1)
        ++k;
    return std::min(k, 16);
}

void add_to(Histogram& to, const Histogram& from) {
    for (const auto& [k, v] : from)
        to[k] += v;
}

template <typename T>
void append(std::vector<T>& to, const std::vector<T>& from) {
    to.insert(to.end(), from.begin(), from.end());
}

} // namespace

std::int64_t distance(std::uint32_t to, std::int64_t from) {
    const auto d = static_cast<std::int64_t>(to - static_cast<std::uint32_t>(from));
    return d < kHalf ? d : d - 2 * kHalf;
}

void Figures::add(const Figures& o) {
    received += o.received;
    lost += o.lost;
    lost_blind += o.lost_blind;
    gaps += o.gaps;
    max_gap = std::max(max_gap, o.max_gap);
    duplicates += o.duplicates;
    late += o.late;
    max_late_extent = std::max(max_late_extent, o.max_late_extent);
    too_old += o.too_old;
    before_first += o.before_first;
    outliers += o.outliers;
    restarts += o.restarts;
    behind += o.behind;
    add_to(late_extents, o.late_extents);
    add_to(too_old_extents, o.too_old_extents);
    add_to(loss_periods, o.loss_periods);
    add_to(loss_distances, o.loss_distances);
    append(runs, o.runs);
    append(late_list, o.late_list);
    append(too_old_list, o.too_old_list);
}

Verdict Walk::step(const Packet& p) {
    const Verdict v = judge(p);
    last_time_ = p.time;
    return v;
}

Verdict Walk::judge(const Packet& p) {
    if (++figures_.received == 1) {
        first_ = highest_ = p.number;
        floor_ = highest_ - reach_ + 1;
        seen_.insert(first_);
        return Verdict::first;
    }
    const std::int64_t d = distance(p.number, highest_);
    if (d > kShortJump && !p.confirmed) {
        ++figures_.outliers;
        return Verdict::outlier;
    }
    if (d <= 0) return below(highest_ + d);
    rise(highest_ + d, p);
    return Verdict::up;
}

Verdict Walk::below(std::int64_t n) {
    const std::int64_t extent = highest_ - n;
    if (n < first_) {
        if (n >= floor_) seen_.insert(n);
        ++figures_.before_first;
        ++figures_.behind;
        return Verdict::before_first;
    }
    if (n < floor_) {
        ++figures_.too_old;
        ++figures_.behind;
        ++figures_.too_old_extents[bucket(extent)];
        figures_.too_old_list.push_back(extent);
        return Verdict::too_old;
    }
    if (!seen_.insert(n).second) {
        ++figures_.duplicates;
        figures_.behind += extent > kStep ? 1 : 0;
        grow(extent);
        return Verdict::duplicate;
    }
    ++figures_.late;
    ++figures_.late_extents[bucket(extent)];
    figures_.late_list.push_back(extent);
    figures_.max_late_extent =
        std::max(figures_.max_late_extent, static_cast<std::uint64_t>(extent));
    grow(extent);
    return Verdict::late;
}

void Walk::rise(std::int64_t n, const Packet& p) {
    // Blind: some of the time between the packet before and this one.
    bool blind = false;
    for (std::size_t i = 0; i < p.drops_known; ++i)
        blind = blind || ((*p.drops)[i].to >= last_time_ && (*p.drops)[i].from <= p.time);
    if (n > highest_ + 1) holes_.push_back({n, p.time, blind});
    highest_ = n;
    seen_.insert(n);
    floor_ = std::max(floor_, highest_ - reach_ + 1);
}

void Walk::grow(std::int64_t extent) {
    if (2 * extent >= reach_ && 2 * reach_ <= memory_.most) reach_ *= 2;
}

Figures Walk::figures() const {
    Figures f = figures_;
    if (!begun()) return f;
    std::vector<std::int64_t> numbers(seen_.begin(), seen_.end());
    std::sort(numbers.begin(), numbers.end());
    std::int64_t before = first_;
    std::int64_t last_lost = 0;
    auto hole = holes_.begin();
    for (const std::int64_t n : numbers) {
        if (n > before + 1) {
            // Revealed by the jump that first went over it.
            while (hole->next < n)
                ++hole;
            const auto size = static_cast<std::uint64_t>(n - before - 1);
            f.lost += size;
            f.lost_blind += hole->blind ? size : 0;
            ++f.gaps;
            f.max_gap = std::max(f.max_gap, size);
            ++f.loss_periods[bucket(n - before - 1)];
            if (f.gaps > 1) ++f.loss_distances[bucket(before + 1 - last_lost)];
            last_lost = n - 1;
            f.runs.push_back({before + 1, n, hole->time, hole->blind, n <= floor_});
        }
        before = std::max(before, n);
    }
    return f;
}

} // namespace model
