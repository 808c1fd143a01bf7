#include "api/row_place.hpp"

#include "api/backend.hpp"
#include "report/figures.hpp"
#include "wire/sa_text.hpp"

#include <algorithm>
#include <charconv>

namespace lacuna::api {

std::string RowPlace::text() const {
    return wire::sa_text(id) + '@' + std::to_string(first_time);
}

std::optional<RowPlace> RowPlace::parse(std::string_view text) {
    const std::size_t at = text.rfind('@');
    if (at == std::string_view::npos) return std::nullopt;
    const auto id = wire::sa_parse(text.substr(0, at));
    const std::string_view digits = text.substr(at + 1);
    TimeNs time = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), time);
    if (!id || error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
    return RowPlace{*id, time};
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
    const double mbps = report::rates(s).bps / 1e6;
    return !(min_bytes && bytes < *min_bytes) && !(max_bytes && bytes > *max_bytes)
           && !(min_mbps && mbps < *min_mbps) && !(max_mbps && mbps > *max_mbps);
}

} // namespace lacuna::api
