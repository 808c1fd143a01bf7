#include "seq/final.hpp"

#include "seq/reorder_window.hpp"

#include <algorithm>

namespace lacuna::seq {
namespace {

/// From `from` to `to`, which may lie farther apart than a TimeNs tells; 0 where it lies before.
std::uint64_t passed(TimeNs from, TimeNs to) {
    return to <= from ? 0 : static_cast<std::uint64_t>(to) - static_cast<std::uint64_t>(from);
}

/// Marks that have become final; `number` is set to the highest of them.
std::uint8_t settled(const Record& r, TimeNs now, std::uint64_t after, Seq64& number) {
    std::uint8_t n = 0;
    for (; n < r.mark_count && passed(r.marks[n].to, now) >= after; ++n)
        number = r.marks[n].number;
    return n;
}

std::uint64_t less(std::uint64_t a, std::uint64_t b) {
    return a - std::min(a, b);
}

} // namespace

void mark_missing(Record& r, Seq64 highest, TimeNs time, std::uint64_t after) {
    if (after == UINT64_MAX) return;
    settle(r, time, after);
    const std::uint64_t together = after / (Record::kMarks - 1);
    if (r.mark_count != 0) {
        MissingMark& last = r.marks[r.mark_count - 1];
        // Where the clock was set back there may be no room for another.
        if (passed(last.from, time) < together || r.mark_count == Record::kMarks) {
            last.number = highest;
            last.to = std::max(last.to, time);
            return;
        }
    }
    r.marks[r.mark_count++] = {highest, time, time};
}

void settle(Record& r, TimeNs now, std::uint64_t after) {
    if (r.mark_count == 0) return;
    const std::uint8_t n = settled(r, now, after, r.final_number);
    if (n == 0) return;
    std::copy(r.marks + n, r.marks + r.mark_count, r.marks);
    r.mark_count = static_cast<std::uint8_t>(r.mark_count - n);
}

LossParts final_loss(const Record& r, const Instance& in, TimeNs now, std::uint64_t after) {
    Seq64 number = r.final_number;
    settled(r, now, after, number);
    const std::uint64_t open = missing_above(r, in, number);
    LossParts open_parts;
    open_parts.blind = blind_above(r, in, number);
    if (r.doubtful_to > r.doubtful_from)
        open_parts.doubtful = less(missing_above(r, in, std::max(number, r.doubtful_from - 1)),
                                   missing_above(r, in, std::max(number, r.doubtful_to - 1)));
    open_parts.network = less(less(open, open_parts.blind), open_parts.doubtful);
    LossParts parts = r.recovered;
    parts.network += less(less(less(r.lost, r.lost_blind), r.lost_doubtful), open_parts.network);
    parts.blind += less(r.lost_blind, open_parts.blind);
    parts.doubtful += less(r.lost_doubtful, open_parts.doubtful);
    return parts;
}

} // namespace lacuna::seq
