#include "compare/match.hpp"

#include "flow/fields/derived.hpp"
#include "names/given.hpp"
#include "report/text/clock.hpp"
#include "wire/text/sa_text.hpp"

#include <algorithm>
#include <cmath>
#include <map>

namespace lacuna::app {
namespace {

/// So many standard deviations apart two shares are not alike.
constexpr double kFarApart = 3;

/// Whether the share of `hits_b` in `all_b` is greater (1) or less (-1) than that of `hits_a`, or
/// may be the same (0): the usual test of two proportions.
int compare_shares(std::uint64_t hits_a, std::uint64_t all_a, std::uint64_t hits_b,
                   std::uint64_t all_b) {
    if (all_a == 0 || all_b == 0) return 0;
    const auto share = [](std::uint64_t hits, std::uint64_t all) {
        return static_cast<double>(hits) / static_cast<double>(all);
    };
    const double p = share(hits_a + hits_b, all_a + all_b);
    const double deviation =
        std::sqrt(p * (1 - p) * (1 / static_cast<double>(all_a) + 1 / static_cast<double>(all_b)));
    const double apart = share(hits_b, all_b) - share(hits_a, all_a);
    if (!(deviation > 0) || std::abs(apart) < kFarApart * deviation) return 0;
    return apart > 0 ? 1 : -1;
}

std::string direction_of(const flow::SaSummary& s) {
    const std::string to = wire::destination_text(s.source);
    if (s.id.key.protocol == Protocol::macsec) return "macsec " + to;
    const std::string from = wire::source_text(s.source);
    return from.empty() ? std::string(protocol_name(s.id.key.protocol)) + " to " + to
                        : from + " → " + to;
}

/// The rows of one side under one key.
struct Group {
    Figures figures;
    std::string ends;
    TimeNs first = 0;
    TimeNs last = 0;
    std::size_t ids = 0;

    void add(const flow::SaSummary& row) {
        first = ids == 0 ? row.first_time : std::min(first, row.first_time);
        last = ids == 0 ? row.last_time : std::max(last, row.last_time);
        ++ids;
        ends = direction_of(row);
        figures.sum.add(row);
        const double seconds = report::seconds_between(first, last);
        figures.rate_pps = seconds > 0 ? static_cast<double>(figures.sum.received) / seconds : 0;
    }
};
using Groups = std::map<std::string, Group>;

std::string key_of(const flow::SaSummary& row) {
    std::string key = names::name_of(row);
    if (key.empty()) flow::append_id(key, row);
    return key;
}

/// Rows of a side by key, and those whose key only that side has by direction.
struct Sorted {
    Groups known;
    Groups alone;
};

Sorted sorted(const Side& side, const Groups& other) {
    Sorted s;
    for (const flow::SaSummary& row : side.rows)
        if (const std::string key = key_of(row); other.count(key) != 0)
            s.known[key].add(row);
        else
            s.alone[direction_of(row)].add(row);
    return s;
}

Groups by_key(const Side& side) {
    Groups groups;
    for (const flow::SaSummary& row : side.rows)
        groups[key_of(row)].add(row);
    return groups;
}

Pair pair_of(const std::string& what, const Group* a, const Group* b, bool several) {
    Pair p;
    p.what = what;
    p.ends = a != nullptr ? a->ends : b->ends;
    p.several = several;
    if (a != nullptr) p.a = a->figures;
    if (b != nullptr) p.b = b->figures;
    p.change = a == nullptr   ? Change::appeared
               : b == nullptr ? Change::gone
                              : judge(a->figures.sum, b->figures.sum);
    return p;
}

/// How much worse; 0 where one side is missing.
double difference(const Pair& p) {
    if (!p.a || !p.b) return 0;
    return flow::loss_ratio(p.b->sum) - flow::loss_ratio(p.a->sum);
}

} // namespace

const char* change_name(Change change) {
    switch (change) {
    case Change::worse:
        return "worse";
    case Change::better:
        return "better";
    case Change::appeared:
        return "new";
    case Change::gone:
        return "gone";
    default:
        return "same";
    }
}

Change judge(const flow::Totals& a, const flow::Totals& b) {
    const auto numbers = [](const flow::Totals& t) {
        return flow::lost_on_the_way(t) + flow::distinct_numbers(t);
    };
    int worse =
        compare_shares(flow::lost_on_the_way(a), numbers(a), flow::lost_on_the_way(b), numbers(b));
    if (worse == 0) worse = compare_shares(a.late, a.received, b.late, b.received);
    return worse > 0 ? Change::worse : worse < 0 ? Change::better : Change::same;
}

std::vector<Pair> match(const Side& a, const Side& b) {
    const Sorted of_a = sorted(a, by_key(b));
    const Sorted of_b = sorted(b, by_key(a));
    std::vector<Pair> pairs;
    for (const auto& [key, group] : of_a.known)
        pairs.push_back(pair_of(key, &group, &of_b.known.at(key), false));
    for (const auto& [key, group] : of_a.alone) {
        const auto other = of_b.alone.find(key);
        pairs.push_back(
            pair_of(key, &group, other != of_b.alone.end() ? &other->second : nullptr, true));
    }
    for (const auto& [key, group] : of_b.alone)
        if (of_a.alone.count(key) == 0) pairs.push_back(pair_of(key, nullptr, &group, true));
    std::stable_sort(pairs.begin(), pairs.end(), [](const Pair& x, const Pair& y) {
        if (x.change != y.change) return x.change < y.change;
        return std::abs(difference(x)) > std::abs(difference(y));
    });
    return pairs;
}

} // namespace lacuna::app
