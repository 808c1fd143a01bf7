// The truth about a way with taps, in the form and with the names of `lacuna path --json`.
#include "pcapgen/generator.hpp"
#include "pcapgen/taps/way.hpp"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <fmt/format.h>
#include <fstream>
#include <nlohmann/json.hpp>

namespace lacuna::pcapgen {
namespace {

using Json = nlohmann::ordered_json;

struct Segment {
    std::size_t from = 0, to = 0;
    std::uint64_t lost = 0, gaps = 0, passed = 0, reordered = 0;
    std::vector<TimeNs> delays;

    void add(const Segment& more) {
        lost += more.lost;
        gaps += more.gaps;
        passed += more.passed;
        reordered += more.reordered;
        delays.insert(delays.end(), more.delays.begin(), more.delays.end());
    }
};

/// Nearest rank.
Json rank(const std::vector<TimeNs>& sorted, double share) {
    if (sorted.empty()) return nullptr;
    const auto at = static_cast<std::size_t>(
        std::max(1.0, std::ceil(share * static_cast<double>(sorted.size()) - 1e-6)));
    return sorted[at - 1];
}

Json to_json(const Segment& s, const std::vector<std::string>& names) {
    std::vector<TimeNs> sorted = s.delays;
    std::sort(sorted.begin(), sorted.end());
    return {{"from", names[s.from]},
            {"to", names[s.to]},
            {"lost", s.lost},
            {"gaps", s.gaps},
            {"passed", s.passed},
            {"duplicated", 0},
            {"reordered", s.reordered},
            {"delay_ns",
             {{"samples", sorted.size()},
              {"min", rank(sorted, 0)},
              {"p50", rank(sorted, 0.5)},
              {"p99", rank(sorted, 0.99)},
              {"max", rank(sorted, 1)}}}};
}

/// One SA that two taps or more saw.
struct Told {
    std::uint64_t first = 0, highest = 0, compared = 0, lost_before = 0;
    std::vector<std::size_t> taps; ///< the way the packets go
    std::array<std::uint64_t, kMostTaps> unseen{};
    std::vector<Segment> segments;
};

/// Where a number was seen last, of `taps` in order; taps.size(): nowhere.
std::size_t last_seen(const Way::Number& n, const std::vector<std::size_t>& taps) {
    for (std::size_t i = taps.size(); i-- > 0;)
        if (n.time[taps[i]] != Way::kNever) return i;
    return taps.size();
}

Told tell(const Way::Sa& sa, std::size_t taps, std::uint64_t base) {
    Told told;
    for (std::size_t i = 0; i < taps; ++i)
        if (const std::size_t t = sa.reverse ? taps - 1 - i : i; sa.count[t] != 0)
            told.taps.push_back(t);
    if (told.taps.size() < 2) return told;
    told.first = 0;
    told.highest = UINT64_MAX;
    for (const std::size_t t : told.taps) {
        told.first = std::max(told.first, sa.first[t]);
        told.highest = std::min(told.highest, sa.highest[t]);
    }
    for (std::size_t i = 0; i + 1 < told.taps.size(); ++i) {
        Segment& s = told.segments.emplace_back();
        s.from = told.taps[i];
        s.to = told.taps[i + 1];
    }
    std::size_t before = told.taps.size(); // where the number before was lost
    for (std::uint64_t number = told.first; number <= told.highest; ++number) {
        const Way::Number& n = sa.numbers[number - base];
        ++told.compared;
        const std::size_t last = last_seen(n, told.taps);
        const bool nowhere = last == told.taps.size();
        if (nowhere) ++told.lost_before;
        const bool lost = !nowhere && last + 1 < told.taps.size();
        if (lost) {
            ++told.segments[last].lost;
            if (before != last) ++told.segments[last].gaps;
        }
        before = lost ? last : told.taps.size();
        for (std::size_t i = 0; !nowhere && i < last; ++i) {
            const std::size_t a = told.taps[i], b = told.taps[i + 1];
            if (n.time[a] == Way::kNever) ++told.unseen[a];
            if (n.time[a] == Way::kNever || n.time[b] == Way::kNever) continue;
            Segment& s = told.segments[i];
            ++s.passed;
            s.delays.push_back(n.time[b] - n.time[a]);
            s.reordered += (n.late >> b & 1) != 0 && (n.late >> a & 1) == 0;
        }
    }
    return told;
}

} // namespace

Status write_path_truth(const Way& way, const Generator& generator, const std::string& file) {
    const std::vector<std::string>& names = way.plan().names;
    std::vector<Segment> sums;
    std::array<std::uint64_t, kMostTaps> unseen{}, flows_seen{};
    std::uint64_t flows = 0, compared = 0, lost_before = 0;
    Json list = Json::array();
    for (std::uint32_t i = 0; i < way.sas().size(); ++i) {
        const Way::Sa& sa = way.sas()[i];
        for (std::size_t t = 0; t < names.size(); ++t)
            flows_seen[t] += sa.count[t] != 0;
        const Told told = tell(sa, names.size(), way.first_number());
        if (told.taps.size() < 2) continue;
        flows += told.compared != 0;
        compared += told.compared;
        lost_before += told.lost_before;
        Json flow = {{"id", generator.family_of(i).id(generator.plan(i))},
                     {"direction", sa.reverse ? "reverse" : "forward"},
                     {"first", static_cast<std::uint32_t>(told.first)},
                     {"highest", static_cast<std::uint32_t>(told.highest)},
                     {"compared", told.compared},
                     {"lost_before", told.lost_before},
                     {"unseen", Json::object()},
                     {"segments", Json::array()}};
        for (const std::size_t t : told.taps) {
            unseen[t] += told.unseen[t];
            flow["unseen"][names[t]] = told.unseen[t];
        }
        for (const Segment& s : told.segments) {
            flow["segments"].push_back(to_json(s, names));
            const auto same = std::find_if(sums.begin(), sums.end(), [&s](const Segment& x) {
                return x.from == s.from && x.to == s.to;
            });
            if (same != sums.end())
                same->add(s);
            else
                sums.push_back(s);
        }
        list.push_back(std::move(flow));
    }
    Json taps = Json::array(), segments = Json::array();
    for (std::size_t t = 0; t < names.size(); ++t)
        taps.push_back({{"name", names[t]}, {"flows", flows_seen[t]}, {"unseen", unseen[t]}});
    for (const Segment& s : sums)
        segments.push_back(to_json(s, names));
    const Json truth = {
        {"schema", "lacuna.path-truth/1"},
        {"taps", taps},
        {"totals",
         {{"flows", flows}, {"compared", compared}, {"lost_before", lost_before}, {"unknown", 0}}},
        {"segments", segments},
        {"flows", list}};
    std::ofstream out(file);
    if (!out)
        return Error{fmt::format("cannot be written: {}", std::strerror(errno)), file,
                     "give a path that can, with --output"};
    out << truth.dump(1) << '\n';
    out.close();
    if (!out) return Error{"writing failed", file, "make room and run again", 1};
    return {};
}

} // namespace lacuna::pcapgen
