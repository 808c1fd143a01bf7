#include "path/compare/measure.hpp"

#include "path/compare/under_way.hpp"
#include "path/taps/counter.hpp"
#include "seq/extend.hpp"

#include <algorithm>
#include <optional>

namespace lacuna::path {
namespace {

/// Walks one SA at one tap again, knowing its track: where in which life each packet belongs.
class Again {
public:
    struct Place {
        std::size_t instance;
        Seq64 number;
    };

    /// The next packet. Nothing: its number was told to be no part of the SA.
    std::optional<Place> next(const Track& track, std::uint32_t wire) {
        const std::uint64_t packet = packets_++;
        // A new life and its predecessor's last packets may mix.
        if (instance_ + 1 < track.instances.size()
            && packet >= track.instances[instance_ + 1].begin) {
            const Instance& now = track.instances[instance_ + 1];
            const bool begins = packet == now.begin;
            const Seq64 from = begins ? now.first : next_highest_;
            const Seq64 n = seq::extend(from, wire);
            if (n < now.first && n >= now.first - kStart) return std::nullopt;
            if (begins || (n >= now.first && n - from <= kShortJump && from - n < kShortJump)) {
                next_highest_ = begins ? n : std::max(from, n);
                if (++in_next_ >= kConfirmed) advance();
                return Place{instance_ + (in_next_ != 0 ? 1 : 0), n};
            }
        }
        const Instance& now = track.instances[instance_];
        if (packet == now.begin) highest_ = now.first;
        const Seq64 n = seq::extend(highest_, wire);
        if (n < now.first || n > now.highest) return std::nullopt;
        if (n > highest_) {
            // A jump that was none the first time is a forged number.
            if (n - highest_ > kShortJump && !jumps(now, highest_ + 1, n)) return std::nullopt;
            highest_ = n;
        }
        return Place{instance_, n};
    }

private:
    /// Whether [first, next) was a hole: nothing of it came, or late.
    static bool jumps(const Instance& now, Seq64 first, Seq64 next) {
        while (first < next) {
            const Seq64 until = std::max(now.missing.end_of(first), now.late.end_of(first));
            if (until == first) return false;
            first = until;
        }
        return true;
    }
    void advance() {
        ++instance_;
        highest_ = next_highest_;
        in_next_ = 0;
    }

    std::uint64_t packets_ = 0;
    std::size_t instance_ = 0;
    Seq64 highest_ = 0;
    Seq64 next_highest_ = 0;
    std::size_t in_next_ = 0; ///< packets of the next life so far
};

/// One SA at one tap: its journey, and where in it.
struct Part {
    std::uint32_t journey = Comparison::kNone;
    std::uint32_t side = 0;
    std::vector<std::uint32_t> group_of; ///< by instance; kNone: none
    Again again;
};

class Measurement {
public:
    Measurement(Comparison& comparison, std::span<const TimedTap> timed) : comparison_(comparison) {
        for (const TimedTap& t : timed)
            read_ |= 1u << t.tap;
        for (const Journey& journey : comparison.journeys()) {
            std::uint32_t& sides = read_sides_.emplace_back(0);
            for (const std::uint8_t tap : journey.flow.taps)
                sides |= (read_ >> tap & 1) << side_of(journey.flow, tap);
        }
    }

    /// Of two taps that are not read again: of the numbers both have stamped.
    void compare_stamps() {
        for (Journey& journey : comparison_.journeys())
            for (const Group& group : journey.groups)
                for (Segment& segment : journey.flow.segments)
                    if ((read_ >> segment.from & 1) == 0 && (read_ >> segment.to & 1) == 0)
                        compare_stamps(group, group.sides[side_of(journey.flow, segment.from)],
                                       group.sides[side_of(journey.flow, segment.to)],
                                       segment.delay);
    }

    void take(const Tap& tap, Part& part, std::uint32_t sa, const wire::Observation& o) {
        const auto place = part.again.next(tap.tracks[sa], o.seq32());
        if (!place) return;
        const std::uint32_t g = part.group_of[place->instance];
        if (g == Comparison::kNone) return;
        Journey& journey = comparison_.journeys()[part.journey];
        const Group& group = journey.groups[g];
        const Seq64 n = place->number + group.sides[part.side].shift;
        if (n < group.first || n >= group.next) return;
        UnderWay& u = under_way_.at(part.journey, g, n);
        if (u.arrivals == 0) {
            u.arrivals = expect(group, read_sides_[part.journey], n);
            if (u.arrivals == 0) return;
            under_way_.added();
        }
        const std::uint32_t bit = 1u << part.side;
        if ((u.seen & bit) == 0) {
            u.seen |= bit;
            u.time[part.side] = o.time;
        }
        if (--u.arrivals != 0) return;
        tell(journey, group, u);
        under_way_.remove(u);
    }

private:
    /// The side of a tap; sides are in the order of the taps.
    static std::size_t side_of(const FlowResult& flow, std::uint8_t tap) {
        std::size_t side = 0;
        for (const std::uint8_t other : flow.taps)
            side += other < tap ? 1 : 0;
        return side;
    }

    /// How many packets with number `n` there are to come; 0: no two taps in a row saw it.
    static std::uint32_t expect(const Group& group, std::uint32_t read, Seq64 n) {
        std::uint32_t arrivals = 0;
        bool before = false, pair = false;
        for (std::size_t i = 0; i < group.sides.size(); ++i) {
            const Side& s = group.sides[i];
            const bool seen = s.instance->missing.at(n - s.shift) == Missing::no;
            if (seen && (read >> i & 1) != 0) arrivals += 1 + s.instance->copies.at(n - s.shift);
            pair = pair || (seen && before);
            before = seen;
        }
        return pair ? arrivals : 0;
    }

    /// When a tap that is not read again stamped its own number `n`, if it did.
    static std::optional<TimeNs> stamped(const Instance& instance, Seq64 n) {
        const auto at =
            std::lower_bound(instance.times.begin(), instance.times.end(), n,
                             [](const Stamp& s, Seq64 number) { return s.number < number; });
        if (at == instance.times.end() || at->number != n) return std::nullopt;
        return at->time;
    }

    void tell(Journey& journey, const Group& group, const UnderWay& u) const {
        const std::uint32_t read = read_sides_[u.journey];
        const auto time_at = [&](std::size_t side) -> std::optional<TimeNs> {
            if ((u.seen >> side & 1) != 0) return u.time[side];
            if ((read >> side & 1) != 0) return std::nullopt;
            const Side& s = group.sides[side];
            return stamped(*s.instance, u.number - s.shift);
        };
        const std::size_t segments = journey.flow.segments.size();
        for (std::size_t i = 0; i < segments; ++i) {
            const bool reverse = journey.flow.direction == Direction::reverse;
            const std::size_t from = reverse ? segments - i : i;
            const std::size_t to = reverse ? from - 1 : from + 1;
            if ((read >> from & 1) == 0 && (read >> to & 1) == 0) continue; // compare_stamps()
            const auto begin = time_at(from);
            const auto end = time_at(to);
            if (begin && end) journey.flow.segments[i].delay.add(*end - *begin);
        }
    }

    static void compare_stamps(const Group& group, const Side& from, const Side& to,
                               Delays& delay) {
        auto later = to.instance->times.begin();
        const auto end = to.instance->times.end();
        for (const Stamp& s : from.instance->times) {
            const Seq64 n = s.number + from.shift;
            if (n < group.first || n >= group.next) continue;
            while (later != end && later->number + to.shift < n)
                ++later;
            if (later == end) return;
            if (later->number + to.shift == n) delay.add(later->time - s.time);
        }
    }

    Comparison& comparison_;
    std::uint32_t read_ = 0;                ///< taps that are read again, a bit each
    std::vector<std::uint32_t> read_sides_; ///< likewise the sides, by journey
    UnderWayTable under_way_;
};

/// One tap, read again.
struct Reading {
    std::size_t tap;
    TapReader reader;
    std::vector<Part> parts; ///< by SA
    std::span<const wire::Observation> seen;
    TimeNs ahead;

    TimeNs time() const { return seen.front().time - ahead; }
};

/// The parts of the SAs of one tap.
std::vector<Part> parts_of(Comparison& comparison, const Tap& tap, std::size_t t) {
    std::vector<Part> parts(tap.sas.size());
    for (std::uint32_t n = 0; n < parts.size(); ++n) {
        Part& part = parts[n];
        const std::uint32_t j = comparison.journey_of(t, n);
        if (j == Comparison::kNone) continue;
        const Journey& journey = comparison.journeys()[j];
        if (journey.groups.empty() || journey.flow.segments.empty()) continue;
        part.journey = j;
        for (const std::uint8_t other : journey.flow.taps)
            part.side += other < t;
        part.group_of.assign(tap.tracks[n].instances.size(), Comparison::kNone);
        for (std::uint32_t g = 0; g < journey.groups.size(); ++g)
            part.group_of[journey.groups[g].sides[part.side].index] = g;
    }
    return parts;
}

} // namespace

Status measure_delays(Comparison& comparison, std::span<const Tap> taps,
                      std::span<const TimedTap> timed, const wire::HashKey& key) {
    std::vector<Reading> readings;
    for (const TimedTap& t : timed) {
        auto reader = TapReader::open(*t.streams, key);
        if (!reader) return reader.error();
        readings.push_back({t.tap,
                            std::move(*reader),
                            parts_of(comparison, taps[t.tap], t.tap),
                            {},
                            comparison.clocks()[t.tap]});
        readings.back().seen = readings.back().reader.next();
    }
    Measurement measurement(comparison, timed);
    measurement.compare_stamps();
    for (;;) {
        std::erase_if(readings, [](const Reading& r) { return r.seen.empty(); });
        if (readings.empty()) return {};
        Reading& r = *std::min_element(
            readings.begin(), readings.end(),
            [](const Reading& a, const Reading& b) { return a.time() < b.time(); });
        const Tap& tap = taps[r.tap];
        for (const wire::Observation& o : r.seen)
            tap.sas.prefetch(o);
        for (const wire::Observation& o : r.seen) {
            const std::uint32_t sa = tap.sas.find(o);
            if (sa != SaIndex::kNone && r.parts[sa].journey != Comparison::kNone)
                measurement.take(tap, r.parts[sa], sa, o);
        }
        r.seen = r.reader.next();
    }
}

} // namespace lacuna::path
