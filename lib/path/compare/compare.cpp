#include "path/compare/compare.hpp"

#include "path/compare/fate.hpp"
#include "path/remarks.hpp"

#include <algorithm>

namespace lacuna::path {
namespace {

/// SAs that are asked for the difference of two clocks: more make it no better.
constexpr std::size_t kClockWitnesses = 1000;

TimeNs median(std::vector<TimeNs>& values) {
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

/// Copies or late ones that arose, where a tap knows only how many it had.
std::uint64_t surplus(std::uint64_t before, std::uint64_t after) {
    return after > before ? after - before : 0;
}

template <typename Value>
std::uint64_t sum(const Track& t, Spans<Value> Instance::*member) {
    std::uint64_t n = 0;
    for (const Instance& i : t.instances)
        for (const auto& [first, tail] : (i.*member).runs())
            n += static_cast<std::uint64_t>(tail.next - first) * tail.value;
    return n;
}
std::uint64_t late_of(const Track& t) {
    return t.by_number ? sum(t, &Instance::late) : t.late;
}
std::uint64_t duplicates_of(const Track& t) {
    return t.by_number ? sum(t, &Instance::copies) : t.duplicates;
}

} // namespace

const char* direction_name(Direction d) {
    return d == Direction::forward ? "forward" : d == Direction::reverse ? "reverse" : "unknown";
}

Direction GivenDirections::of(const wire::SaIdentity& id, const wire::SaIdentity& source) const {
    if (!forward.selects() && !reverse.selects()) return Direction::unknown;
    flow::SaSummary sa{};
    sa.id = id;
    sa.source = source;
    if (forward.selects() && forward.matches(sa)) return Direction::forward;
    return reverse.selects() && reverse.matches(sa) ? Direction::reverse : Direction::unknown;
}

void Comparison::compare_clocks(std::span<const Tap> taps, const std::vector<Sightings>& common) {
    const std::size_t n = taps.size();
    std::vector<std::vector<TimeNs>> differences(n * n);
    for (const Sightings& sightings : common)
        for (std::size_t i = 0; i < sightings.size(); ++i)
            for (std::size_t j = i + 1; j < sightings.size(); ++j) {
                const Track& a = taps[sightings[i].tap].tracks[sightings[i].sa];
                const Track& b = taps[sightings[j].tap].tracks[sightings[j].sa];
                auto& list = differences[sightings[i].tap * n + sightings[j].tap];
                if (list.size() >= kClockWitnesses || a.instances.size() != 1
                    || b.instances.size() != 1)
                    continue;
                const Instance& x = a.instances.front();
                const Instance& y = b.instances.front();
                if (const auto d = usual_delay(x, y, shift_between(x, y))) list.push_back(*d);
            }
    // From tap to tap, beginning with the first.
    clocks_.assign(n, 0);
    std::vector<bool> known(n, false);
    for (std::size_t root = 0; root < n; ++root) {
        if (known[root]) continue;
        known[root] = true;
        for (bool more = true; more;) {
            more = false;
            for (std::size_t i = 0; i < n; ++i)
                for (std::size_t j = i + 1; j < n; ++j) {
                    auto& list = differences[i * n + j];
                    if (known[i] == known[j] || list.empty()) continue;
                    const TimeNs d = median(list);
                    if (known[i])
                        clocks_[j] = clocks_[i] + d;
                    else
                        clocks_[i] = clocks_[j] - d;
                    known[i] = known[j] = more = true;
                }
        }
    }
}

void Comparison::add_journey(std::span<const Tap> taps, const Sightings& sightings,
                             const GivenDirections& given) {
    Journey journey;
    FlowResult& flow = journey.flow;
    const SaIndex& first = taps[sightings.front().tap].sas;
    flow.id = first.id(sightings.front().sa);
    std::vector<const Track*> tracks;
    std::vector<TimeNs> clocks;
    bool by_number[kMostTaps] = {};
    for (const Sighting& s : sightings) {
        const Track& track = taps[s.tap].tracks[s.sa];
        tracks.push_back(&track);
        clocks.push_back(clocks_[s.tap]);
        by_number[s.tap] = track.by_number;
        const auto tap = static_cast<std::uint8_t>(s.tap);
        flow.taps.push_back(tap);
        if (const wire::SaIdentity& id = taps[s.tap].sas.id(s.sa); !(id == flow.id))
            flow.renamed.push_back({tap, id});
        index_[s.tap][s.sa] = static_cast<std::uint32_t>(journeys_.size());
    }
    journey.groups = match(tracks, clocks);
    flow.direction = given.of(flow.id, first.source(sightings.front().sa));
    if (flow.direction == Direction::unknown) flow.direction = find_direction(journey.groups);
    if (flow.direction == Direction::reverse) {
        std::reverse(flow.taps.begin(), flow.taps.end());
        std::reverse(tracks.begin(), tracks.end());
    }
    if (flow.direction != Direction::unknown)
        for (std::size_t i = 0; i + 1 < flow.taps.size(); ++i) {
            Segment& s = flow.segments.emplace_back();
            s.from = flow.taps[i];
            s.to = flow.taps[i + 1];
        }
    if (!journey.groups.empty()) {
        flow.first = journey.groups.front().first;
        flow.highest = journey.groups.back().next - 1;
    }
    for (const Group& g : journey.groups) {
        tell_fates(flow, g);
        tell_disorder(flow, g, by_number);
    }
    for (std::size_t i = 0; i < flow.segments.size() && !journey.groups.empty(); ++i) {
        const Track& a = *tracks[i];
        const Track& b = *tracks[i + 1];
        if (a.by_number && b.by_number) continue;
        flow.segments[i].reordered = surplus(late_of(a), late_of(b));
        flow.segments[i].duplicated = surplus(duplicates_of(a), duplicates_of(b));
    }
    journeys_.push_back(std::move(journey));
}

Result<Comparison> Comparison::make(std::span<const Tap> taps, const GivenDirections& given) {
    Comparison c;
    c.alone_.resize(taps.size());
    for (const Tap& t : taps)
        c.index_.emplace_back(t.sas.size(), kNone);
    std::vector<Sightings> common = find_sightings(taps);
    std::erase_if(common, [&c](const Sightings& s) {
        if (s.size() == 1) c.alone_[s.front().tap].push_back(s.front().sa);
        return s.size() == 1;
    });
    if (common.empty()) return nothing_common(taps);
    c.compare_clocks(taps, common);
    for (const Sightings& s : common)
        c.add_journey(taps, s, given);
    if (std::all_of(c.journeys_.begin(), c.journeys_.end(),
                    [](const Journey& j) { return j.groups.empty(); }))
        return no_number_common(taps, common.size());
    return c;
}

PathResult Comparison::release(std::span<const Tap> taps) {
    PathResult r;
    for (std::size_t t = 0; t < taps.size(); ++t) {
        const Tap& tap = taps[t];
        const auto hops =
            std::count_if(alone_[t].begin(), alone_[t].end(), [&tap](std::uint32_t n) {
                return tap.sas.id(n).key.protocol == Protocol::macsec;
            });
        r.taps.push_back({tap.name, tap.source, tap.sas.size(), alone_[t].size(),
                          static_cast<std::uint64_t>(hops), 0, tap.earliest, tap.latest});
    }
    for (Journey& j : journeys_) {
        FlowResult& flow = j.flow;
        if (flow.compared != 0) ++r.flows;
        r.compared += flow.compared;
        r.lost_before += flow.lost_before;
        r.unknown += flow.unknown;
        for (std::size_t t = 0; t < taps.size(); ++t)
            r.taps[t].unseen += flow.unseen[t];
        for (const Segment& s : flow.segments) {
            auto it = std::find_if(r.segments.begin(), r.segments.end(), [&s](const Segment& x) {
                return x.from == s.from && x.to == s.to;
            });
            if (it == r.segments.end()) {
                it = r.segments.insert(it, Segment{});
                it->from = s.from;
                it->to = s.to;
            }
            it->add(s);
        }
        r.sas.push_back(std::move(flow));
    }
    journeys_.clear();
    std::sort(r.segments.begin(), r.segments.end(), [](const Segment& a, const Segment& b) {
        const bool back_a = a.from > a.to, back_b = b.from > b.to;
        if (back_a != back_b) return back_b;
        if (a.from != b.from) return back_a ? a.from > b.from : a.from < b.from;
        return back_a ? a.to > b.to : a.to < b.to;
    });
    std::stable_sort(r.sas.begin(), r.sas.end(), [](const FlowResult& a, const FlowResult& b) {
        return a.lost() != b.lost() ? a.lost() > b.lost() : a.compared > b.compared;
    });
    r.remarks = path_remarks(taps, r, clocks_);
    return r;
}

} // namespace lacuna::path
