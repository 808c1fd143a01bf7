// A field of the table (flow/fields/table.hpp) as text and as JSON.
#pragma once

#include "base/json_writer.hpp"
#include "flow/fields/table.hpp"
#include "flow/figures/run_figures.hpp"

namespace lacuna::report {

/// Appends the value as CSV has it; not of a histogram or an object, which are no single value.
void append_plain(std::string& out, const flow::Field& f, const flow::SaSummary& s);
void append_plain(std::string& out, const flow::Field& f, const flow::Totals& t);

/// Writes the value; not of an object.
void write_value(JsonWriter& json, const flow::Field& f, const flow::SaSummary& s);
void write_value(JsonWriter& json, const flow::Field& f, const flow::Totals& t);

/// Writes a histogram as an object, keyed by the lower bound of its buckets, the empty ones left
/// out.
void write_histogram(JsonWriter& json, const Log2Histogram& h);

/// The columns of CSV, in their order.
std::span<const flow::Field* const> csv_fields();

/// Writes all fields of the totals as members of the object that was begun: sums, then largest
/// values, those of later versions, then ratios and histograms.
void write_totals(JsonWriter& json, const flow::Totals& t);
/// Those of the encrypted links of a run; `tunnels` as well where they were counted.
void write_totals(JsonWriter& json, const flow::RunFigures& f);

/// The fields of `totals`, in the order of their members.
std::span<const flow::Field* const> total_fields();

} // namespace lacuna::report
