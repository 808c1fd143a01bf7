#include "api/backend/row_helpers.hpp"

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

RowPage::RowPage(const Range& range, const flow::Field* by) : range_(range), by_(by) {}

void RowPage::add(const flow::SaSummary& s) {
    const std::uint64_t order = count_++;
    if (by_ == nullptr) {
        if (order >= range_.offset && rows_.size() < range_.limit)
            rows_.push_back({flow::RowRank(s, by_), order, s});
        return;
    }
    rows_.push_back({flow::RowRank(s, by_), order, s});
    if (rows_.size() >= 2 * (range_.offset + range_.limit)) cut();
}

/// To those up to the end of the page.
void RowPage::cut() {
    const auto before = [](const Ranked& a, const Ranked& b) {
        return a.rank != b.rank ? a.rank > b.rank : a.order < b.order;
    };
    const std::size_t keep = std::min<std::size_t>(range_.offset + range_.limit, rows_.size());
    const auto end = rows_.begin() + static_cast<std::ptrdiff_t>(keep);
    std::partial_sort(rows_.begin(), end, rows_.end(), before);
    rows_.erase(end, rows_.end());
}

Page<FlowRow> RowPage::take() {
    Page<FlowRow> page;
    page.count = count_;
    std::size_t first = 0;
    if (by_ != nullptr) {
        cut();
        first = std::min<std::size_t>(range_.offset, rows_.size());
    }
    for (std::size_t i = first; i < rows_.size(); ++i)
        page.entries.push_back({rows_[i].s, known_min_gap(rows_[i].s)});
    return page;
}

} // namespace lacuna::api
