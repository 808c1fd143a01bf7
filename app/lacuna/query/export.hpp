// lacuna query export: all of a run, a record at a time.
#pragma once

#include "query/series.hpp"

namespace lacuna::app {

/// What can be exported.
enum class Export { flows, timeline, events, gaps };
std::optional<Export> export_from(const std::string& text);

/// Prints all records of a kind that lie in the span, as JSON lines or CSV, in constant memory (but
/// for the events of one row). Flows: those seen in the span. `shown` as above.
Status export_run(const store::StoreReader& store, store::RunId run, Export what,
                  store::Level level, TimeSpan span, Format format, bool& shown);

} // namespace lacuna::app
