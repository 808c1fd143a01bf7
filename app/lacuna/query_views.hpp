// What `lacuna query` prints.
#pragma once

#include "report/rows.hpp"
#include "store/records.hpp"

#include <string>
#include <vector>

namespace lacuna::app {

enum class Format { table, json, csv };

std::string show_runs(const std::vector<store::RunRecord>& runs, Format format);
std::string show_summary(const store::RunRecord& run, Format format);
std::string show_flows(const std::vector<flow::SaSummary>& rows, Format format);
/// All rows of one SA; more than one where it came back after ageing.
std::string show_flow(const std::vector<flow::SaSummary>& rows, Format format);
std::string show_gaps(const std::vector<report::Gap>& gaps, Format format);

} // namespace lacuna::app
