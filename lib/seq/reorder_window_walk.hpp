// Template part of seq/reorder_window.hpp.
#pragma once

#include "seq/reorder_window.hpp"

#include <bit>

namespace lacuna::seq {

/// Place of `n` in the circular bitmap. Numbers down to -W + 1 occur: those below the first one.
inline std::uint32_t place(const Record& r, Seq64 n) {
    return static_cast<std::uint32_t>(static_cast<std::uint64_t>(n + r.window) % r.window);
}

template <typename Fn>
void walk(const Record& r, Seq64 from, std::uint64_t count, Fn&& fn) {
    const std::uint64_t* bits = r.seen();
    std::uint32_t at = place(r, from);
    while (count != 0) {
        const std::uint64_t word = bits[at / 64] >> (at % 64);
        const bool was_seen = (word & 1) != 0;
        auto length =
            static_cast<std::uint64_t>(was_seen ? std::countr_one(word) : std::countr_zero(word));
        const std::uint64_t room = 64 - at % 64;
        if (length > room) length = room;
        if (length > count) length = count;
        fn(from, length, was_seen);
        from += static_cast<Seq64>(length);
        count -= length;
        at += static_cast<std::uint32_t>(length);
        if (at == r.window) at = 0;
    }
}

template <typename Fn>
void for_each_open_run(const Record& r, const Instance& in, Fn&& fn) {
    const Seq64 bottom = in.highest - static_cast<Seq64>(r.window) + 1;
    Seq64 first = bottom - static_cast<Seq64>(r.edge);
    std::uint64_t length = r.edge;
    if (r.missing != 0) {
        walk(r, bottom, r.window, [&](Seq64 n, std::uint64_t piece, bool was_seen) {
            if (!was_seen) {
                if (length == 0) first = n;
                length += piece;
            } else if (length != 0) {
                fn(first, length);
                length = 0;
            }
        });
    }
    if (length != 0) fn(first, length);
}

} // namespace lacuna::seq
