#include "report/rows.hpp"

#include "flow/gap_fold.hpp"
#include "report/row_order.hpp"

#include <algorithm>
#include <cstring>
#include <tuple>

namespace lacuna::report {
namespace {

int compare(const wire::SaIdentity& a, const wire::SaIdentity& b) {
    return std::memcmp(&a, &b, sizeof a);
}

} // namespace

std::vector<flow::HeldRow> first_of(std::vector<SortKey>& keys, std::size_t limit,
                                    const flow::HeldRows& rows) {
    const auto before = [&rows](const SortKey& a, const SortKey& b) {
        if (a.rank != b.rank) return a.rank > b.rank;
        // Without loss all are alike up to here: no more than this is read of a row.
        const int order = compare(rows.identity(a.ref), rows.identity(b.ref));
        return order != 0 ? order < 0 : rows.first_time(a.ref) < rows.first_time(b.ref);
    };
    if (limit != 0 && limit < keys.size()) {
        const auto end = keys.begin() + static_cast<std::ptrdiff_t>(limit);
        std::partial_sort(keys.begin(), end, keys.end(), before);
        keys.erase(end, keys.end());
    } else {
        std::sort(keys.begin(), keys.end(), before);
    }
    std::vector<flow::HeldRow> refs;
    refs.reserve(keys.size());
    for (const SortKey& k : keys)
        refs.push_back(k.ref);
    return refs;
}

std::vector<flow::HeldRow> ordered_rows(const flow::HeldRows& rows, std::size_t limit,
                                        const flow::Field* by) {
    std::vector<SortKey> keys;
    keys.reserve(rows.count());
    flow::SaSummary s;
    rows.each([&](flow::HeldRow ref) {
        rows.read(ref, s);
        keys.push_back({flow::RowRank(s, by), ref});
    });
    return first_of(keys, limit, rows);
}

std::vector<Gap> ordered_gaps(const Report& report, std::size_t limit, std::size_t* found) {
    // Events of a row stay in their order; rows are brought together.
    std::vector<flow::Event> events = report.events;
    std::stable_sort(events.begin(), events.end(), [](const flow::Event& a, const flow::Event& b) {
        const int order = compare(a.id, b.id);
        return order != 0 ? order < 0 : a.row < b.row;
    });
    std::vector<Gap> gaps;
    for (std::size_t i = 0; i < events.size();) {
        std::size_t end = i;
        while (end < events.size() && events[end].id == events[i].id
               && events[end].row == events[i].row)
            ++end;
        for (const flow::GapRun& run : flow::fold_gaps({events.data() + i, end - i}))
            gaps.push_back(
                {events[i].id, run.first_missing, run.next, run.time, run.blind, events[i].row});
        i = end;
    }
    std::sort(gaps.begin(), gaps.end(), [](const Gap& a, const Gap& b) {
        if (a.time != b.time) return a.time < b.time;
        const int order = compare(a.id, b.id);
        return order != 0 ? order < 0 : a.first_missing < b.first_missing;
    });
    if (found != nullptr) *found = gaps.size();
    if (limit != 0 && gaps.size() > limit) gaps.resize(limit);
    return gaps;
}

} // namespace lacuna::report
