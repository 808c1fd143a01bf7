// What an answer about a span of time covers.
#pragma once

#include "base/json_writer.hpp"
#include "store/read/span.hpp"

#include <string>

namespace lacuna::report {

/// Fields that are those of whole runs, not of the span; empty where all SAs lie within it.
std::vector<const char*> not_of_span(const store::SpanAnswer& span);

/// `{"since":…,"until":…,"runs":[…],"not_of_span":[…],"complete":…}`; times are null where no run
/// has packets in the span.
void write_span(JsonWriter& json, const store::SpanAnswer& span);

/// The same for a person: lines, each with its end.
std::string span_text(const store::SpanAnswer& span);

} // namespace lacuna::report
