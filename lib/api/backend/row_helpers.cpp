#include "api/backend/row_helpers.hpp"

#include "api/backend/backend.hpp"
#include "flow/fields/derived.hpp"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <iterator>

namespace lacuna::api {

Problem bad_cursor() {
    return {400, "not the \"next\" of an earlier page", "after"};
}

std::string cursor_to_text(std::string_view cursor) {
    std::string text;
    for (const char c : cursor)
        fmt::format_to(std::back_inserter(text), "{:02x}", static_cast<unsigned char>(c));
    return text;
}

Outcome<std::string> cursor_from_text(std::string_view text) {
    std::string cursor;
    for (; !text.empty(); text.remove_prefix(2)) {
        unsigned octet = 0;
        const char* const end = text.data() + std::min<std::size_t>(text.size(), 2);
        const auto [rest, error] = std::from_chars(text.data(), end, octet, 16);
        if (text.size() < 2 || error != std::errc() || rest != end) return bad_cursor();
        cursor += static_cast<char>(octet);
    }
    return cursor;
}

std::uint64_t min_gap(std::span<const flow::GapRun> gaps) {
    const auto shorter = [](const flow::GapRun& a, const flow::GapRun& b) {
        return a.size() < b.size();
    };
    const auto it = std::min_element(gaps.begin(), gaps.end(), shorter);
    return it != gaps.end() ? it->size() : 0;
}

std::optional<std::uint64_t> known_min_gap(const flow::SaSummary& s) {
    if (s.gaps == 0) return 0;
    if (s.loss_periods[0] != 0) return 1;
    if (s.gaps == 1) return s.max_gap;
    return std::nullopt;
}

bool FlowFilter::passes(const flow::SaSummary& s) const {
    const auto bytes = static_cast<std::int64_t>(s.bytes);
    const double mbps = flow::rate_bps(s) / 1e6;
    return select.matches(s) && !(min_bytes && bytes < *min_bytes)
           && !(max_bytes && bytes > *max_bytes) && !(min_mbps && mbps < *min_mbps)
           && !(max_mbps && mbps > *max_mbps);
}

} // namespace lacuna::api
