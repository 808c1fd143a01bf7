// Where a row stands in the order of listings, and what its summary tells of its gaps; inside
// lib/api only.
#pragma once

#include "flow/gap_fold.hpp"
#include "flow/summary.hpp"

#include <optional>
#include <span>
#include <string>

namespace lacuna::api {

/// A row of a run, as the text of a cursor: <id>@<first time in ns>.
struct RowPlace {
    wire::SaIdentity id;
    TimeNs first_time;

    std::string text() const;
    static std::optional<RowPlace> parse(std::string_view text);
    friend bool operator==(const RowPlace&, const RowPlace&) = default;
};

/// The smallest of them; 0: there is none.
std::uint64_t min_gap(std::span<const flow::GapRun> gaps);

/// The length of the row's shortest gap where the summary alone tells it.
std::optional<std::uint64_t> known_min_gap(const flow::SaSummary& s);

} // namespace lacuna::api
