// The ways a report is shown.
#pragma once

#include "report/rows.hpp"

#include <cstdio>
#include <span>
#include <string>

namespace lacuna::report {

/// One JSON document, schema "lacuna.report/1", streamed: memory does not grow with the rows.
/// False: `out` could not be written.
bool write_json(std::FILE* out, const Report& report, const ViewOptions& options);

/// A header line and one line per SA (RFC 4180), or per gap or late packet where these are listed,
/// gaps before late ones. With names (names::given()) `tunnel` and `name` stand behind all fields.
bool write_csv(std::FILE* out, const Report& report, const ViewOptions& options);

/// For a person: what was seen, what was lost, where, and what to do about it.
bool write_table(std::FILE* out, const Report& report, const ViewOptions& options);

/// A value of CSV, in quotes where it needs them.
std::string csv_text(const std::string& text);

/// The pieces queries show as well.
std::string csv_header();
/// Appends a line.
void append_csv(std::string& out, const flow::SaSummary& s);
/// Columns of gaps, and a line of them.
extern const char* const kGapColumns;
void append_gap_csv(std::string& out, const flow::Gap& g);
/// The same of packets that were late, too old or seen before.
extern const char* const kLateColumns;
void append_late_csv(std::string& out, const flow::Event& e);
/// A line per row under a heading whose first column is `title`.
std::string flow_table(std::span<const flow::SaSummary> rows, const std::string& title,
                       const ViewOptions& options);
std::string gap_table(std::span<const Gap> gaps);

} // namespace lacuna::report
