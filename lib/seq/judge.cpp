#include "seq/judge.hpp"

#include "seq/extend.hpp"
#include "seq/final.hpp"
#include "seq/reorder_window.hpp"

#include <algorithm>

namespace lacuna::seq {
namespace {

/// A number at or below the highest one.
Verdict judge_back(Record& r, Instance& in, Seq64 n, const Arrival& p, Change& change) {
    const auto extent = static_cast<std::uint64_t>(in.highest - n);
    const auto told = [&](Verdict v) {
        count(r, v, extent);
        return v;
    };
    if (n < in.first) return told(Verdict::before_first);
    if (extent >= r.window || n < r.floor) return told(Verdict::too_old);
    if (seen(r, n)) return told(Verdict::duplicate);
    settle(r, p.time, p.final_after);
    const std::uint64_t blind = r.lost_blind;
    fill(r, in, n);
    const bool doubtful = n >= r.doubtful_from && n < r.doubtful_to;
    if (doubtful) --r.lost_doubtful;
    if (n <= r.final_number)
        ++(blind != r.lost_blind ? r.recovered.blind
           : doubtful            ? r.recovered.doubtful
                                 : r.recovered.network);
    ++r.late;
    ++r.late_extents[log2_bucket(extent)];
    r.max_late_extent = std::max(r.max_late_extent, extent);
    change = {Change::Kind::hole_filled, n, static_cast<Seq64>(extent)};
    return Verdict::late;
}

} // namespace

Verdict judge(Record& r, Instance& in, const Arrival& p, Change& change) {
    const std::int32_t d = distance(in.highest, p.wire);
    if (d <= 0) return judge_back(r, in, in.highest + d, p, change);
    if (d == 1) {
        advance(r, in, in.highest + 1, false);
        return Verdict::in_order;
    }
    change = {Change::Kind::hole_opened, in.highest + 1, in.highest + d};
    const auto hole = static_cast<std::uint64_t>(d - 1);
    advance(r, in, in.highest + d, p.blind);
    if (!p.blind && hole > p.capacity) {
        r.lost_doubtful += hole;
        r.doubtful_from = change.a;
        r.doubtful_to = change.b;
    }
    mark_missing(r, in.highest, p.time, p.final_after);
    return Verdict::jump;
}

void pass(Record& r, Instance& in, std::uint64_t count) {
    for (; count != 0; --count) {
        if (r.missing == 0 && r.edge == 0 && !r.has_blind) {
            in.highest += static_cast<Seq64>(count);
            return; // all bits of the memory are set
        }
        advance(r, in, in.highest + 1, false);
    }
}

void count(Record& r, Verdict verdict, std::uint64_t extent) {
    switch (verdict) {
    case Verdict::before_first:
        ++r.before_first;
        break;
    case Verdict::too_old:
        ++r.too_old;
        ++r.too_old_extents[std::max(log2_bucket(extent), Record::kTooOldFirst)
                            - Record::kTooOldFirst];
        break;
    case Verdict::duplicate:
        ++r.duplicates;
        r.far_duplicates += extent > kStep ? 1 : 0;
        break;
    case Verdict::outlier:
        ++r.outliers;
        break;
    default:
        break;
    }
}

void uncount(Record& r, Verdict verdict, std::uint64_t extent) {
    switch (verdict) {
    case Verdict::before_first:
        --r.before_first;
        break;
    case Verdict::too_old:
        --r.too_old;
        --r.too_old_extents[std::max(log2_bucket(extent), Record::kTooOldFirst)
                            - Record::kTooOldFirst];
        break;
    case Verdict::duplicate:
        --r.duplicates;
        r.far_duplicates -= extent > kStep ? 1 : 0;
        break;
    case Verdict::outlier:
        --r.outliers;
        break;
    default:
        break;
    }
}

void begin_instance(Record& r, Instance& in, Seq64 first) {
    flush(r, in);
    if (r.restarts == 0) r.origin = in.first;
    ++r.restarts;
    in.first = in.highest = first;
}

} // namespace lacuna::seq
