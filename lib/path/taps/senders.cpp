#include "path/taps/senders.hpp"

#include "path/compare/match.hpp"
#include "path/taps/sa_index.hpp"

#include <algorithm>
#include <optional>

namespace lacuna::path {
namespace {

/// Fewer packets of a source make no counter: they may be forged.
constexpr std::uint64_t kFew = 8;

/// Numbers of one instance, walked as runs of which all were seen, or none.
class SeenCursor {
public:
    SeenCursor(const Instance& in, Seq64 shift, Seq64 from)
        : first_(in.first + shift), next_(in.highest + 1 + shift),
          cursor_(in.missing, shift, from) {}

    Missing at(Seq64 n) { return n < first_ || n >= next_ ? Missing::lost : cursor_.at(n); }
    Seq64 until(Seq64 n) {
        if (n < first_) return first_;
        if (n >= next_) return std::numeric_limits<Seq64>::max();
        return std::min(next_, cursor_.until(n));
    }

private:
    Seq64 first_, next_;
    SpanCursor<Missing> cursor_;
};

/// Calls fn(first, next, a, b) for runs of [first, next) that `a` and `b` treat alike. `shift`: as
/// of shift_between(a, b).
template <typename Fn>
void walk(const Instance& a, const Instance& b, Seq64 shift, Seq64 first, Seq64 next, Fn fn) {
    SeenCursor one(a, 0, first), other(b, shift, first);
    while (first < next) {
        const Missing x = one.at(first), y = other.at(first);
        const Seq64 until = std::min({next, one.until(first), other.until(first)});
        fn(first, until, x, y);
        first = until;
    }
}

std::int64_t holes(const Instance& in) {
    std::int64_t sum = 0;
    for (const auto& [first, tail] : in.missing.runs())
        sum += tail.next - first;
    return sum;
}

/// Whether `b` goes on, at most so far above, where `a` ended.
bool goes_on(const Instance& a, const Instance& b, Seq64 shift) {
    const Seq64 above = b.first + shift - a.highest;
    return a.last_time <= b.first_time && above >= 1 && above <= kFarJump;
}

/// How many anomalies fewer the two have as one counter; nothing: they are two.
std::optional<std::int64_t> gain(const Instance& a, const Instance& b) {
    const Seq64 shift = shift_between(a, b);
    if (goes_on(a, b, shift) || goes_on(b, a, -shift))
        return std::numeric_limits<std::int64_t>::max();
    std::int64_t together = 0;
    walk(a, b, shift, std::min(a.first, b.first + shift),
         std::max(a.highest, b.highest + shift) + 1,
         [&](Seq64 first, Seq64 next, Missing x, Missing y) {
             const bool in_a = x == Missing::no, in_b = y == Missing::no;
             together += (next - first) * (in_a && in_b ? 2 : !in_a && !in_b ? 1 : 0);
         });
    const std::int64_t fewer = holes(a) + holes(b) - together;
    if (fewer <= 0) return std::nullopt;
    return fewer;
}

/// Both as one counter.
Instance join(const Instance& a, const Instance& b) {
    const Seq64 shift = shift_between(a, b);
    const bool a_first = a.first_time <= b.first_time;
    Instance in;
    in.first = a_first ? a.first : b.first + shift;
    in.highest = std::max(a.highest, b.highest + shift);
    in.first_time = std::min(a.first_time, b.first_time);
    in.last_time = std::max(a.last_time, b.last_time);
    for (const auto& [first, tail] : a.late.runs())
        in.late.set(first, tail.next, tail.value);
    for (const auto& [first, tail] : b.late.runs())
        in.late.set(first + shift, tail.next + shift, tail.value);
    for (const auto& [first, tail] : a.copies.runs())
        in.copies.set(first, tail.next, tail.value);
    for (const auto& [first, tail] : b.copies.runs())
        for (Seq64 n = first + shift; n < tail.next + shift; ++n)
            in.copies.set(n, in.copies.at(n) + tail.value);
    walk(a, b, shift, in.first, in.highest + 1, [&](Seq64 first, Seq64 next, Missing x, Missing y) {
        if (x == Missing::no && y == Missing::no) {
            for (Seq64 n = first; n < next; ++n)
                in.copies.set(n, in.copies.at(n) + 1);
        } else if (x != Missing::no && y != Missing::no) {
            const bool doubt = x == Missing::unknown || y == Missing::unknown;
            in.missing.append(first, next, doubt ? Missing::unknown : Missing::lost);
        }
    });
    std::vector<Stamp> stamps = a.stamps.list();
    for (const Stamp& s : b.stamps.list())
        stamps.push_back({s.number + shift, s.time});
    std::sort(stamps.begin(), stamps.end(),
              [](const Stamp& x, const Stamp& y) { return x.number < y.number; });
    for (const Stamp& s : stamps)
        if (in.stamps.selects(static_cast<std::uint32_t>(s.number)))
            in.stamps.add(s.number, s.time);
    return in;
}

/// The pair that gains most as one counter.
struct Pair {
    std::size_t a = 0, b = 0;
    std::int64_t gain = 0;
};
Pair best_pair(const std::vector<Senders::Group>& groups) {
    Pair best;
    for (std::size_t i = 0; i < groups.size(); ++i)
        for (std::size_t j = i + 1; j < groups.size(); ++j) {
            const auto& a = groups[i].track.instances;
            const auto& b = groups[j].track.instances;
            if (a.size() != 1 || b.size() != 1) continue; // one that begins again stands alone
            if (const auto g = gain(a.front(), b.front()); g && *g > best.gain) best = {i, j, *g};
        }
    return best;
}

} // namespace

Senders::Senders(const wire::SaIdentity& first, const Counter& counter) {
    senders_.push_back({first, counter});
}

bool Senders::take(const wire::SaIdentity& source, std::uint32_t wire, TimeNs time,
                   BlindSpans& blind) {
    for (Sender& s : senders_)
        if (SaIndex::same_source(s.source, source)) {
            s.counter.take(wire, time, blind);
            return true;
        }
    if (senders_.size() == kMost) return false;
    senders_.push_back({source, {}});
    senders_.back().source.key.tag = 0;
    senders_.back().counter.take(wire, time, blind);
    return true;
}

std::vector<Senders::Group> Senders::end(BlindSpans& blind) {
    std::vector<Group> groups;
    for (Sender& s : senders_) {
        s.counter.end(blind);
        const std::uint64_t packets = s.counter.received();
        groups.push_back({{s.source}, packets, s.counter.release()});
    }
    for (Pair p = best_pair(groups); p.gain != 0; p = best_pair(groups)) {
        Group& a = groups[p.a];
        Group& b = groups[p.b];
        a.track.instances.front() = join(a.track.instances.front(), b.track.instances.front());
        a.sources.insert(a.sources.end(), b.sources.begin(), b.sources.end());
        a.packets += b.packets;
        groups.erase(groups.begin() + static_cast<std::ptrdiff_t>(p.b));
    }
    std::erase_if(groups, [](const Group& g) { return g.packets < kFew; });
    return groups;
}

} // namespace lacuna::path
