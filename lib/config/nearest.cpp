#include "config/nearest.hpp"

#include <algorithm>

namespace lacuna::config {
namespace {

/// Letters to put in, take out or change (Levenshtein).
std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j)
        row[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t change = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
            diagonal = row[j];
            row[j] = std::min({row[j] + 1, row[j - 1] + 1, change});
        }
    }
    return row[b.size()];
}

} // namespace

std::string_view nearest(std::string_view wrong, const std::vector<std::string_view>& known) {
    constexpr std::size_t kLongest = 64;
    std::string_view best;
    if (wrong.size() > kLongest) return best;
    std::size_t least = std::min<std::size_t>(3, wrong.size() / 2 + 1);
    for (const std::string_view k : known)
        if (const std::size_t d = distance(wrong, k); d < least) {
            least = d;
            best = k;
        }
    return best;
}

} // namespace lacuna::config
