// The columns of the engine's tables, each beside what fills it: one row a column.
#pragma once

#include "fleet/engine/text.hpp"
#include "flow/fields/field.hpp"
#include "store/read/rows.hpp"

#include <span>
#include <string>
#include <vector>

namespace lacuna::fleet {

/// Where a row comes from.
struct Origin {
    std::string probe;
    std::string store; ///< store::StoreRows::identity()
};

// What becomes a row of each table. They own nothing but their own members.

struct ProbeRow {
    const Origin& origin;
    std::string path; ///< empty: on none
    unsigned hop = 0; ///< place along it
    std::string version;
    TimeNs seen = 0;           ///< wall clock of the engine
    TimeNs through = 0;        ///< packet time up to which its rows have come
    std::int64_t clock_ms = 0; ///< how far the probe's clock is ahead of the engine's
    std::uint64_t shipped = 0; ///< rows, since the store was first shipped
    std::uint64_t place = 0;   ///< in the store's log: what lies before is in the engine
    std::uint64_t refused = 0; ///< rows the engine did not take
};
struct RunRow {
    const Origin& origin;
    const store::RunRecord& run;
};
struct FlowRow {
    const Origin& origin;
    store::RunId run;
    const flow::SaSummary& flow;
};
struct SeriesRow {
    const Origin& origin;
    store::RunId run;
    store::Level level;
    std::string_view sa; ///< text of point.id
    const store::RowPoint& point;
};
struct EventRow {
    const Origin& origin;
    store::RunId run;
    const store::NumberedEvent& event;
};

template <typename R>
struct Cell {
    const char* name;
    const char* type;
    void (*write)(RowWriter&, const R&);
};

std::span<const Cell<ProbeRow>> probe_cells();
std::span<const Cell<RunRow>> run_cells();
std::span<const Cell<FlowRow>> flow_cells(); ///< without those of the fields of an SA
std::span<const Cell<SeriesRow>> series_cells();
std::span<const Cell<EventRow>> hole_cells();
std::span<const Cell<EventRow>> event_cells();

/// A column made from a field of an SA (flow/fields/table.hpp): its name, and `_ns` behind a
/// time's.
struct FieldColumn {
    std::string name;
    std::string type;
    const flow::Field* field;
};
/// Fields with a value of their own; ratios and what else follows from others has no column.
const std::vector<FieldColumn>& field_columns();
void write_field(RowWriter& w, const flow::Field& field, const flow::SaSummary& s);

/// Appends a row.
template <typename R>
void append_row(std::string& out, std::span<const Cell<R>> cells, const R& row) {
    RowWriter w(out);
    for (const Cell<R>& cell : cells)
        cell.write(w, row);
    w.end();
}
void append_row(std::string& out, const FlowRow& row);

/// Days since 1970 of a time, as the engine can say them: 1970 to 2105.
std::uint32_t day_of(TimeNs time);

} // namespace lacuna::fleet
