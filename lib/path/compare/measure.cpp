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
    explicit Measurement(Comparison& comparison) : comparison_(comparison) {}

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
            u.arrivals = expect(group, n);
            if (u.arrivals == 0) return;
            under_way_.added();
        }
        const std::uint32_t bit = 1u << part.side;
        if ((u.seen & bit) == 0) {
            u.seen |= bit;
            u.time[part.side] = o.time;
        }
        if (--u.arrivals != 0) return;
        tell(journey, u);
        under_way_.remove(u);
    }

private:
    /// How many packets with number `n` there are to come; 0: no two taps in a row saw it.
    static std::uint32_t expect(const Group& group, Seq64 n) {
        std::uint32_t arrivals = 0;
        bool before = false, pair = false;
        for (const Side& s : group.sides) {
            const bool seen = s.instance->missing.at(n - s.shift) == Missing::no;
            if (seen) arrivals += 1 + s.instance->copies.at(n - s.shift);
            pair = pair || (seen && before);
            before = seen;
        }
        return pair ? arrivals : 0;
    }
    static void tell(Journey& journey, const UnderWay& u) {
        const std::size_t segments = journey.flow.segments.size();
        for (std::size_t i = 0; i < segments; ++i) {
            const bool reverse = journey.flow.direction == Direction::reverse;
            const std::size_t from = reverse ? segments - i : i;
            const std::size_t to = reverse ? from - 1 : from + 1;
            if ((u.seen >> from & 1) != 0 && (u.seen >> to & 1) != 0)
                journey.flow.segments[i].delay.add(u.time[to] - u.time[from]);
        }
    }

    Comparison& comparison_;
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
    Measurement measurement(comparison);
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
