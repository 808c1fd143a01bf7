// Drawings of a page, as SVG.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace lacuna::report {

/// `text` for HTML and SVG, inside elements and inside quoted attributes.
std::string escaped(std::string_view text);

struct Bar {
    std::uint64_t value;
    std::string label; ///< beneath it; empty: none
    std::string title; ///< when pointed at
};

/// Upright bars side by side over a line, with the largest value told. `what`: a sentence for those
/// who do not see it.
std::string bar_chart(const std::vector<Bar>& bars, std::string_view what);

} // namespace lacuna::report
