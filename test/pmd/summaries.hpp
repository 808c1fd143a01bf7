// All summaries of a run, by text id, for comparison.
#pragma once

#include "flow/tracker.hpp"
#include "wire/text/sa_text.hpp"

#include <map>
#include <string>
#include <vector>

namespace lacuna::test {

/// Every figure of a summary, in a form that prints and compares.
using Figures = std::vector<std::uint64_t>;

inline Figures figures(const flow::SaSummary& s) {
    Figures f{static_cast<std::uint64_t>(s.first_time),
              static_cast<std::uint64_t>(s.last_time),
              s.received,
              s.bytes,
              static_cast<std::uint64_t>(s.first_ext),
              static_cast<std::uint64_t>(s.highest_ext),
              s.lost,
              s.gaps,
              s.max_gap,
              s.duplicates,
              s.late,
              s.max_late_extent,
              s.too_old,
              s.before_first,
              s.outliers,
              s.restarts,
              s.min_interarrival_ns,
              s.max_interarrival_ns,
              s.sum_interarrival_ns};
    for (const auto* h : {&s.late_extents, &s.too_old_extents, &s.loss_periods, &s.loss_distances})
        f.insert(f.end(), std::begin(*h), std::end(*h));
    return f;
}

/// Rows of all shards by id; an id in two shards would be a fault, and shows as a missing row.
inline std::map<std::string, Figures> rows_of(const std::vector<const flow::Tracker*>& shards) {
    std::map<std::string, Figures> rows;
    for (const flow::Tracker* t : shards) {
        for (std::size_t i = 0; i < t->row_limit(); ++i) {
            if (!t->row_used(i)) continue;
            flow::SaSummary s{};
            t->summarize(i, s);
            const bool fresh = rows.emplace(wire::sa_text(s.id), figures(s)).second;
            if (!fresh) rows["twice: " + wire::sa_text(s.id)] = {};
        }
    }
    return rows;
}

} // namespace lacuna::test
