// Cursors as clients see them, and what a summary tells of its gaps; inside lib/api only.
#pragma once

#include "api/backend/backend.hpp"
#include "api/message.hpp"
#include "flow/fields/order.hpp"
#include "flow/gap_fold.hpp"
#include "flow/summary.hpp"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace lacuna::api {

/// A cursor of the store, which is octets, as hexadecimal digits.
std::string cursor_to_text(std::string_view cursor);
/// Problem (400): it is none.
Outcome<std::string> cursor_from_text(std::string_view text);
Problem bad_cursor();

/// A store that cannot be read is damaged.
inline Problem unreadable(const Error& error) {
    return problem_of(error, 500);
}

/// The smallest of them; 0: there is none.
std::uint64_t min_gap(std::span<const flow::GapRun> gaps);

/// The length of the row's shortest gap where the summary alone tells it.
std::optional<std::uint64_t> known_min_gap(const flow::SaSummary& s);

/// Puts rows into a page: as they come, or those with most of a field first.
class RowPage {
public:
    RowPage(const Range& range, const flow::Field* by);
    void add(const flow::SaSummary& s);
    /// `count` is that of all rows that were added.
    Page<FlowRow> take();

private:
    struct Ranked {
        flow::RowRank rank;
        std::uint64_t order;
        flow::SaSummary s;
    };
    void cut();

    const Range& range_;
    const flow::Field* const by_;
    std::uint64_t count_ = 0;
    std::vector<Ranked> rows_; ///< rank is of use only where they are sorted
};

} // namespace lacuna::api
