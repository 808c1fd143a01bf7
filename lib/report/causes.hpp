// What late packets have in common, for people and programs.
#pragma once

#include "analyze/causes.hpp"
#include "base/json_writer.hpp"

namespace lacuna::report {

/// Writes `{"by_dscp":[…],"by_pcp":[…],"by_size":[…],"unmarked":n,"late_cut":…}`.
void write_causes(JsonWriter& json, const analyze::Causes& causes);

/// A table of each list that has more than one class, or a class and late ones; and a sentence
/// where one class stands out.
std::string causes_text(const analyze::Causes& causes);

} // namespace lacuna::report
