#include "path/compare/match.hpp"

#include <algorithm>

namespace lacuna::path {
namespace {

constexpr Seq64 kTurn = Seq64{1} << 32;

/// Numbers that both may have seen; 0 or less: none.
Seq64 overlap(const Instance& a, const Instance& b, Seq64 shift) {
    return std::min(a.highest, b.highest + shift) - std::max(a.first, b.first + shift) + 1;
}

/// How much speaks for `a` and `b` being the same life; 0: they are not.
double likeness(const Instance& a, const Instance& b, TimeNs ahead) {
    if (overlap(a, b, shift_between(a, b)) <= 0) return 0;
    const TimeNs together =
        std::min(a.last_time, b.last_time - ahead) - std::max(a.first_time, b.first_time - ahead);
    return 1 + std::max(0.0, static_cast<double>(together));
}

constexpr std::size_t kNone = SIZE_MAX;

/// For each of `a` its partner in `b` or kNone: in order, with most likeness in all.
std::vector<std::size_t> align(const std::vector<Instance>& a, const std::vector<Instance>& b,
                               TimeNs ahead) {
    const std::size_t columns = b.size() + 1;
    std::vector<double> best((a.size() + 1) * columns, 0.0);
    const auto at = [&](std::size_t i, std::size_t j) -> double& { return best[i * columns + j]; };
    for (std::size_t i = 1; i <= a.size(); ++i)
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const double like = likeness(a[i - 1], b[j - 1], ahead);
            at(i, j) =
                std::max({at(i - 1, j), at(i, j - 1), like > 0 ? at(i - 1, j - 1) + like : 0});
        }
    std::vector<std::size_t> partner(a.size(), kNone);
    for (std::size_t i = a.size(), j = b.size(); i > 0 && j > 0;) {
        if (at(i, j) == at(i - 1, j)) {
            --i;
        } else if (at(i, j) == at(i, j - 1)) {
            --j;
        } else {
            partner[--i] = --j;
        }
    }
    return partner;
}

} // namespace

Seq64 shift_between(const Instance& a, const Instance& b) {
    const Seq64 middle = (a.first - b.first) / kTurn;
    Seq64 best = 0;
    Seq64 most = overlap(a, b, 0);
    for (Seq64 turns = middle - 1; turns <= middle + 1; ++turns)
        if (const Seq64 o = overlap(a, b, turns * kTurn); o > most) {
            most = o;
            best = turns * kTurn;
        }
    return best;
}

std::vector<TimeNs> common_delays(const Instance& a, const Instance& b, Seq64 shift) {
    std::vector<TimeNs> delays;
    auto it = b.stamps.list().begin();
    const auto end = b.stamps.list().end();
    for (const Stamp& s : a.stamps.list()) {
        while (it != end && it->number + shift < s.number)
            ++it;
        if (it == end) break;
        if (it->number + shift == s.number) delays.push_back(it->time - s.time);
    }
    return delays;
}

std::optional<TimeNs> usual_delay(const Instance& a, const Instance& b, Seq64 shift) {
    std::vector<TimeNs> delays = common_delays(a, b, shift);
    if (delays.empty()) return std::nullopt;
    const auto middle = delays.begin() + static_cast<std::ptrdiff_t>(delays.size() / 2);
    std::nth_element(delays.begin(), middle, delays.end());
    return *middle;
}

std::vector<Group> match(std::span<const Track* const> tracks, std::span<const TimeNs> clocks) {
    // A tap that joined late saw the fewest lives; the others' are looked for among them.
    std::size_t key = 0;
    for (std::size_t t = 1; t < tracks.size(); ++t)
        if (tracks[t]->instances.size() < tracks[key]->instances.size()) key = t;
    const std::vector<Instance>& lives = tracks[key]->instances;

    std::vector<std::vector<std::size_t>> partners;
    for (std::size_t t = 0; t < tracks.size(); ++t) {
        const std::vector<Instance>& others = tracks[t]->instances;
        if (t == key || (lives.size() == 1 && others.size() == 1)) {
            partners.emplace_back();
            for (std::size_t i = 0; i < lives.size(); ++i)
                partners.back().push_back(i);
        } else {
            partners.push_back(align(lives, others, clocks[t] - clocks[key]));
        }
    }

    std::vector<Group> groups;
    for (std::size_t i = 0; i < lives.size(); ++i) {
        Group g;
        for (std::size_t t = 0; t < tracks.size() && partners[t][i] != kNone; ++t) {
            const Instance& own = tracks[t]->instances[partners[t][i]];
            const Seq64 shift = t == 0 ? 0 : shift_between(*g.sides[0].instance, own);
            g.sides.push_back({&own, partners[t][i], shift});
            g.first = t == 0 ? own.first : std::max(g.first, own.first + shift);
            g.next = t == 0 ? own.highest + 1 : std::min(g.next, own.highest + shift + 1);
        }
        if (g.sides.size() == tracks.size() && g.first < g.next) groups.push_back(std::move(g));
    }
    return groups;
}

} // namespace lacuna::path
