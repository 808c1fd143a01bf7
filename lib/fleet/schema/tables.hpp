// The tables of a fleet: `raw_…`, which shippers fill; people ask the views (views/*.sql).
#pragma once

#include <span>
#include <string>
#include <vector>

namespace lacuna::fleet {

/// Version of the schema: a shipper refuses any other.
inline constexpr unsigned kSchemaVersion = 1;

enum class TableId { probes, runs, flows, series, holes, events };
inline constexpr TableId kTables[] = {TableId::probes, TableId::runs,  TableId::flows,
                                      TableId::series, TableId::holes, TableId::events};

struct Column {
    std::string name;
    std::string type;
};

/// Rows with the same key are one: the last one with most of `version`. All of them fall into the
/// same partition, since that follows from the key.
struct Table {
    TableId id;
    const char* name;
    const char* version;   ///< a column; empty: rows never change
    const char* partition; ///< empty: none
    const char* key;
    const char* kept_by; ///< the column of time that retention goes by; empty: kept for ever
    std::vector<Column> columns;

    std::string column_list() const;
    /// CREATE TABLE IF NOT EXISTS, with `{db}`.
    std::string create() const;
};

const Table& table(TableId id);

struct View {
    const char* name;
    const char* sql; ///< SELECT, with `{db}`
};
/// In the order they are to be made.
std::span<const View> views();

} // namespace lacuna::fleet
