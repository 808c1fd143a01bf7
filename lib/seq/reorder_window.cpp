#include "seq/reorder_window.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

namespace lacuna::seq {
namespace {

bool get(const std::uint64_t* bits, std::uint32_t at) {
    return (bits[at / 64] >> (at % 64) & 1) != 0;
}

/// Sets or clears the bits of `count` (<= W) numbers from `from` on, a word at a time.
void assign(const Record& r, std::uint64_t* bits, Seq64 from, std::uint64_t count, bool value) {
    std::uint32_t at = place(r, from);
    while (count != 0) {
        const std::uint64_t room = std::min<std::uint64_t>(64 - at % 64, count);
        const std::uint64_t mask = (room == 64 ? ~0ull : (1ull << room) - 1) << (at % 64);
        bits[at / 64] = value ? bits[at / 64] | mask : bits[at / 64] & ~mask;
        count -= room;
        at += static_cast<std::uint32_t>(room);
        if (at == r.window) at = 0;
    }
}

/// `count` numbers from `from` on leave the memory at its lower end.
void leave(Record& r, Seq64 from, std::uint64_t count) {
    if (r.missing == 0 && r.edge == 0) return;
    walk(r, from, count, [&r](Seq64 n, std::uint64_t length, bool was_seen) {
        if (!was_seen) {
            r.edge += length;
            r.missing -= static_cast<std::uint32_t>(length);
        } else if (r.edge != 0) {
            count_run(r, n - 1, r.edge);
            r.edge = 0;
        }
    });
}

} // namespace

bool seen(const Record& r, Seq64 n) {
    return get(r.seen(), place(r, n));
}

Seq64 lowest_missing(const Record& r, const Instance& in) {
    const Seq64 bottom = in.highest - static_cast<Seq64>(r.window) + 1;
    const std::uint32_t at = place(r, bottom);
    const std::uint32_t words = r.window / 64;
    std::uint32_t word = at / 64;
    std::uint64_t missing = ~r.seen()[word] >> (at % 64);
    std::uint32_t passed = 0;
    for (std::uint32_t length = 64 - at % 64; missing == 0; length = 64) {
        passed += length;
        if (++word == words) word = 0;
        missing = ~r.seen()[word];
    }
    return bottom + passed + std::countr_zero(missing);
}

void count_run(Record& r, Seq64 last, std::uint64_t length) {
    const Seq64 first = last - static_cast<Seq64>(length) + 1;
    r.max_gap = std::max(r.max_gap, length);
    ++r.loss_periods[log2_bucket(length)];
    if (r.has_last_loss)
        ++r.loss_distances[log2_bucket(static_cast<std::uint64_t>(first - r.last_loss))];
    r.has_last_loss = true;
    r.last_loss = last;
}

void advance(Record& r, Instance& in, Seq64 to, bool blind) {
    const auto step = static_cast<std::uint64_t>(to - in.highest);
    const std::uint64_t hole = step - 1;
    const auto window = static_cast<std::uint64_t>(r.window);
    const Seq64 bottom = in.highest - static_cast<Seq64>(window) + 1;
    const std::uint64_t leaving = std::min(step, window);

    leave(r, bottom, leaving);
    if (step > window) r.edge += step - window; // these were never within the memory
    if (r.has_blind) assign(r, r.blind(), bottom, leaving, false);

    const std::uint64_t kept = std::min(hole, window - 1); // of the hole, within the memory
    if (kept != 0) {
        assign(r, r.seen(), to - static_cast<Seq64>(kept), kept, false);
        r.missing += static_cast<std::uint32_t>(kept);
        if (blind) {
            assign(r, r.blind(), to - static_cast<Seq64>(kept), kept, true);
            r.has_blind = true;
        }
    }
    assign(r, r.seen(), to, 1, true);
    if (hole != 0) {
        r.lost += hole;
        ++r.gaps;
        if (blind) r.lost_blind += hole;
    }
    in.highest = to;
}

void fill(Record& r, const Instance& in, Seq64 n) {
    const bool at_bottom = in.highest - n == static_cast<Seq64>(r.window) - 1;
    const bool missing_below = n > in.first && (at_bottom ? r.edge != 0 : !seen(r, n - 1));
    const bool missing_above = !seen(r, n + 1); // n < highest, so n + 1 is within the memory
    if (missing_below && missing_above) ++r.gaps;
    if (!missing_below && !missing_above) --r.gaps;
    assign(r, r.seen(), n, 1, true);
    --r.missing;
    --r.lost;
    if (r.has_blind && get(r.blind(), place(r, n))) {
        assign(r, r.blind(), n, 1, false);
        --r.lost_blind;
    }
}

void flush(Record& r, const Instance& in) {
    // count_run() touches only statistics, never what is walked here.
    for_each_open_run(r, in, [&r](Seq64 first, std::uint64_t length) {
        count_run(r, first + static_cast<Seq64>(length) - 1, length);
    });
    r.edge = 0;
    r.missing = 0;
    std::memset(r.seen(), 0xFF, r.window / 8);
    if (r.has_blind) std::memset(r.blind(), 0, r.window / 8);
    r.has_blind = false;
    r.has_last_loss = false;
    r.floor = r.final_number = INT64_MIN;
    r.mark_count = 0;
    r.doubtful_from = r.doubtful_to = INT64_MIN;
}

void grow(const Record& from, const Instance& in, Record& to) {
    const std::uint32_t window = to.window;
    std::memcpy(static_cast<void*>(&to), &from, sizeof from);
    to.window = window;
    std::memset(to.seen(), 0xFF, window / 8);
    std::memset(to.blind(), 0, window / 8);
    const Seq64 bottom = in.highest - static_cast<Seq64>(from.window) + 1;
    walk(from, bottom, from.window, [&](Seq64 n, std::uint64_t length, bool was_seen) {
        if (!was_seen) assign(to, to.seen(), n, length, false);
    });
    if (from.has_blind) {
        for (Seq64 n = bottom; n <= in.highest; ++n)
            if (get(from.blind(), place(from, n))) assign(to, to.blind(), n, 1, true);
    }
    // The run that ends just below goes on in the memory, though nothing can fill it.
    const std::uint64_t below = std::min<std::uint64_t>(from.edge, window - from.window);
    if (below != 0) assign(to, to.seen(), bottom - static_cast<Seq64>(below), below, false);
    to.edge -= below;
    to.missing += static_cast<std::uint32_t>(below);
    to.floor = std::max(from.floor, bottom);
}

std::uint64_t missing_above(const Record& r, const Instance& in, Seq64 n) {
    if (r.missing == 0) return 0;
    const Seq64 bottom = in.highest - static_cast<Seq64>(r.window) + 1;
    const Seq64 from = std::max(bottom, n + 1);
    if (from > in.highest) return 0;
    std::uint64_t sum = 0;
    walk(r, from, static_cast<std::uint64_t>(in.highest - from + 1),
         [&sum](Seq64, std::uint64_t length, bool was_seen) { sum += was_seen ? 0 : length; });
    return sum;
}

std::uint64_t blind_above(const Record& r, const Instance& in, Seq64 n) {
    if (!r.has_blind) return 0;
    std::uint64_t sum = 0;
    for (Seq64 k = std::max(in.highest - static_cast<Seq64>(r.window), n) + 1; k <= in.highest; ++k)
        sum += get(r.blind(), place(r, k)) ? 1 : 0;
    return sum;
}

} // namespace lacuna::seq
