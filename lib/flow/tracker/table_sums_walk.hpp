// A table_sums under way. Private to lib/flow.
#pragma once

#include "flow/fields/derived.hpp"
#include "flow/silence.hpp"
#include "flow/table/sa_state.hpp"
#include "flow/tracker/table_sums.hpp"

namespace lacuna::flow {

/// Owned and used by the tracker it counts.
struct TableSumsWalk {
    TableSums table_sums;
    Row hand = 0; ///< the next row to look at; those below have been counted
    bool running = false;
    Quiet quiet;

    void begin(const Sums& gone, const Quiet& at);
    /// A row without a record: it has only packets to count.
    void add_plain(Protocol protocol, std::uint64_t received, std::uint64_t bytes);
    void add(Row row, const SaSummary& s, seq::LossParts final);

    /// The row of `s` nears the end of its numbers.
    void add_exhausting(const SaSummary& s);

    /// `row` leaves the table with the summary `last`.
    void leaves(Row row, const SaSummary& last) {
        if (!running || row < hand) return;
        table_sums.sums.of(last.id.key.protocol).add(last);
        if (wire::is_link(last.id.key.protocol)) table_sums.final += final_parts(last);
    }

private:
    void rank(Row row, std::uint64_t lost);
};

} // namespace lacuna::flow
