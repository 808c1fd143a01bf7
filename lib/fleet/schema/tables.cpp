#include "fleet/schema/tables.hpp"

#include "fleet/schema/cells.hpp"

#include <fmt/format.h>

namespace lacuna::fleet {
namespace {

template <typename R>
std::vector<Column> columns_of(std::span<const Cell<R>> cells) {
    std::vector<Column> list;
    for (const Cell<R>& cell : cells)
        list.push_back({cell.name, cell.type});
    return list;
}

std::vector<Column> flow_columns() {
    auto list = columns_of(flow_cells());
    for (const FieldColumn& column : field_columns())
        list.push_back({column.name, column.type});
    return list;
}

std::vector<Table> make_tables() {
    return {
        {TableId::probes, "raw_probes", "seen_ns", "", "probe, store", "",
         columns_of(probe_cells())},
        {TableId::runs, "raw_runs", "written_ns", "", "probe, store, run", "",
         columns_of(run_cells())},
        {TableId::flows, "raw_flows", "received", "toYYYYMM(day)", "sa, probe, store, run, row",
         "day", flow_columns()},
        // By hour first: neighbours are alike then, and a row takes less than half the room.
        {TableId::series, "raw_series", "received", "(level, toYYYYMMDD(start))",
         "level, toStartOfHour(start), sa, probe, store, run, row, start_s", "start",
         columns_of(series_cells())},
        {TableId::holes, "raw_holes", "", "toYYYYMMDD(day)", "sa, probe, store, run, row, serial",
         "day", columns_of(hole_cells())},
        {TableId::events, "raw_events", "", "toYYYYMMDD(day)", "probe, store, run, row, sa, serial",
         "day", columns_of(event_cells())},
    };
}

} // namespace

std::string Table::column_list() const {
    std::string out;
    for (const Column& column : columns)
        out += (out.empty() ? "" : ", ") + column.name;
    return out;
}

std::string Table::create() const {
    std::string list;
    for (const Column& column : columns)
        list += fmt::format("{}\n  {} {}", list.empty() ? "" : ",", column.name, column.type);
    return fmt::format("CREATE TABLE IF NOT EXISTS {{db}}.{} ({})\nENGINE = ReplacingMergeTree({})"
                       "{}{}\nORDER BY ({})",
                       name, list, version, *partition != '\0' ? "\nPARTITION BY " : "", partition,
                       key);
}

const Table& table(TableId id) {
    static const std::vector<Table> tables = make_tables();
    return tables[static_cast<std::size_t>(id)];
}

} // namespace lacuna::fleet
