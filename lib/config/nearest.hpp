// What may have been meant by a word nobody knows.
#pragma once

#include <string_view>
#include <vector>

namespace lacuna::config {

/// The one of `known` that takes the fewest changes of a letter, if it takes few; else empty.
std::string_view nearest(std::string_view wrong, const std::vector<std::string_view>& known);

} // namespace lacuna::config
