// Stamps in the store: numbers with the time they arrived first.
#pragma once

#include "store/records/records.hpp"

namespace lacuna::store {

/// run | identity | first time | instance | number: the stamps of a row lie side by side, by
/// number.
std::string stamp_key(RunId run, const flow::Event& e);
std::optional<flow::Event> decode_stamp(std::string_view key, std::string_view value);

} // namespace lacuna::store
