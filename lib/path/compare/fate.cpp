#include "path/compare/fate.hpp"

#include <algorithm>
#include <array>
#include <numeric>

namespace lacuna::path {
namespace {

/// The sides of a group, the way its packets go.
std::vector<const Side*> in_order(const Group& group, Direction direction) {
    std::vector<const Side*> sides;
    for (const Side& s : group.sides)
        sides.push_back(&s);
    if (direction == Direction::reverse) std::reverse(sides.begin(), sides.end());
    return sides;
}

/// Calls fn(first, next, state) for runs of compared numbers that all taps treated alike;
/// state[i]: what of them side `i` is missing.
template <typename Fn>
void walk(const std::vector<const Side*>& sides, Seq64 first, Seq64 next, Fn fn) {
    std::vector<SpanCursor<Missing>> cursors;
    for (const Side* s : sides)
        cursors.emplace_back(s->instance->missing, s->shift, first);
    std::array<Missing, kMostTaps> state{};
    while (first < next) {
        Seq64 until = next;
        for (std::size_t i = 0; i < cursors.size(); ++i) {
            state[i] = cursors[i].at(first);
            until = std::min(until, cursors[i].until(first));
        }
        fn(first, until, state);
        first = until;
    }
}

/// What became of a number.
struct Fate {
    enum What : std::uint8_t { arrived, before, segment, unknown };
    What what = arrived;
    std::size_t where = 0; ///< the segment it was lost in

    friend bool operator==(const Fate&, const Fate&) = default;
};

Fate fate_of(const std::array<Missing, kMostTaps>& state, std::size_t taps, bool directed) {
    const auto seen = [](Missing m) { return m == Missing::no; };
    const auto blind = [](Missing m) { return m == Missing::unknown; };
    const auto begin = state.begin();
    const auto end = begin + static_cast<std::ptrdiff_t>(taps);
    const auto last =
        std::find_if(std::make_reverse_iterator(end), std::make_reverse_iterator(begin), seen)
            .base(); // after the last that saw it
    // Behind the last sight of it any tap that was blind may have seen it.
    if (last != end && std::any_of(last, end, blind)) return {Fate::unknown};
    if (last == begin) return {Fate::before};
    if (last != end && !directed) return {Fate::unknown};
    if (last == end) {
        // Without a direction the ends are alike: all must have seen it.
        const bool all = directed || std::all_of(begin, end, seen);
        return {all ? Fate::arrived : Fate::unknown};
    }
    return {Fate::segment, static_cast<std::size_t>(last - begin) - 1};
}

/// How many stamped numbers of `a` came to `b` later for certain, less those that came earlier: `b`
/// had got beyond a lower number only after, or beyond a higher one before, `a` saw it.
std::int64_t later_at(const Instance& a, const Instance& b, Seq64 shift) {
    const std::vector<Stamp>& others = b.stamps.list();
    std::int64_t later = 0;
    auto above = others.begin();
    for (const Stamp& s : a.stamps.list()) {
        while (above != others.end() && above->number + shift <= s.number)
            ++above;
        if (above != others.begin() && (above - 1)->time > s.time) ++later;
        if (above != others.end() && above->time < s.time) --later;
    }
    return later;
}

std::uint64_t size_of(Seq64 first, Seq64 next) {
    return static_cast<std::uint64_t>(next - first);
}

} // namespace

Direction find_direction(const std::vector<Group>& groups) {
    std::vector<TimeNs> delays;
    for (const Group& g : groups) {
        const Side& a = g.sides.front();
        const Side& b = g.sides.back();
        if (const auto d = usual_delay(*a.instance, *b.instance, b.shift - a.shift))
            delays.push_back(*d);
    }
    if (!delays.empty()) {
        const auto middle = delays.begin() + static_cast<std::ptrdiff_t>(delays.size() / 2);
        std::nth_element(delays.begin(), middle, delays.end());
        if (*middle != 0) return *middle > 0 ? Direction::forward : Direction::reverse;
    }
    std::int64_t later = 0;
    for (const Group& g : groups) {
        const Instance& a = *g.sides.front().instance;
        const Instance& b = *g.sides.back().instance;
        const Seq64 shift = g.sides.back().shift - g.sides.front().shift;
        later += later_at(a, b, shift) - later_at(b, a, -shift);
    }
    if (delays.empty() && later != 0) return later > 0 ? Direction::forward : Direction::reverse;
    std::uint64_t only_first = 0, only_last = 0;
    for (const Group& g : groups)
        walk({&g.sides.front(), &g.sides.back()}, g.first, g.next,
             [&](Seq64 first, Seq64 next, const auto& state) {
                 if (state[0] == Missing::no && state[1] == Missing::lost)
                     only_first += size_of(first, next);
                 if (state[0] == Missing::lost && state[1] == Missing::no)
                     only_last += size_of(first, next);
             });
    return only_first > only_last   ? Direction::forward
           : only_first < only_last ? Direction::reverse
                                    : Direction::unknown;
}

void tell_fates(FlowResult& flow, const Group& group) {
    const bool directed = flow.direction != Direction::unknown;
    const std::vector<const Side*> sides = in_order(group, flow.direction);
    Fate before;
    flow.compared += size_of(group.first, group.next);
    walk(sides, group.first, group.next, [&](Seq64 first, Seq64 next, const auto& state) {
        const std::uint64_t numbers = size_of(first, next);
        const Fate fate = fate_of(state, sides.size(), directed);
        if (fate.what == Fate::before) flow.lost_before += numbers;
        if (fate.what == Fate::unknown) flow.unknown += numbers;
        if (fate.what == Fate::segment) {
            flow.segments[fate.where].lost += numbers;
            if (!(fate == before)) ++flow.segments[fate.where].gaps;
        }
        before = fate;
        if (!directed) return;
        for (std::size_t i = 0; i + 1 < sides.size(); ++i) {
            if (state[i] == Missing::no && state[i + 1] == Missing::no)
                flow.segments[i].passed += numbers;
            const bool later =
                std::any_of(state.begin() + static_cast<std::ptrdiff_t>(i) + 1,
                            state.begin() + static_cast<std::ptrdiff_t>(sides.size()),
                            [](Missing m) { return m == Missing::no; });
            if (state[i] == Missing::lost && later) flow.unseen[flow.taps[i]] += numbers;
        }
    });
}

void tell_disorder(FlowResult& flow, const Group& group, std::span<const bool> by_number) {
    if (flow.segments.empty()) return; // which tap comes first is not known
    const std::vector<const Side*> sides = in_order(group, flow.direction);
    /// Walks the runs of `spans`, a member of the later tap, within what is compared, as parts over
    /// which the earlier tap's value is the same; nothing of what the earlier tap did not see.
    const auto arose = [&](const Side& from, const Side& to, auto member, auto add) {
        SpanCursor missing(from.instance->missing, from.shift, group.first);
        SpanCursor there(from.instance->*member, from.shift, group.first);
        for (const auto& [first, tail] : (to.instance->*member).runs()) {
            Seq64 n = std::max(first + to.shift, group.first);
            const Seq64 next = std::min(tail.next + to.shift, group.next);
            while (n < next) {
                const bool seen = missing.at(n) == Missing::no;
                const auto value = there.at(n);
                const Seq64 until = std::min({next, missing.until(n), there.until(n)});
                if (seen && tail.value > value)
                    add(size_of(n, until) * static_cast<std::uint64_t>(tail.value - value));
                n = until;
            }
        }
    };
    for (std::size_t i = 0; i + 1 < sides.size(); ++i) {
        if (!by_number[flow.taps[i]] || !by_number[flow.taps[i + 1]]) continue;
        Segment& s = flow.segments[i];
        arose(*sides[i], *sides[i + 1], &Instance::late,
              [&s](std::uint64_t n) { s.reordered += n; });
        arose(*sides[i], *sides[i + 1], &Instance::copies,
              [&s](std::uint64_t n) { s.duplicated += n; });
    }
}

} // namespace lacuna::path
