#include "query/lists.hpp"

#include "store/records/records.hpp"

#include <algorithm>
#include <cstring>

namespace lacuna::app {
namespace {

/// A list is cut to its limit each time it has grown well beyond.
constexpr std::size_t kSlack = 4096;

bool overdue(std::size_t size, std::size_t limit) {
    return limit != 0 && size >= 2 * limit + kSlack;
}

template <typename Items, typename Before>
void keep_first(Items& items, std::size_t limit, Before before) {
    if (limit == 0 || items.size() <= limit) return;
    const auto end = items.begin() + static_cast<std::ptrdiff_t>(limit);
    std::nth_element(items.begin(), end, items.end(), before);
    items.erase(end, items.end());
}

const auto kWorse = [](const auto& a, const auto& b) {
    return a.rank != b.rank ? a.rank > b.rank : a.order < b.order;
};

} // namespace

void RowList::add(const flow::SaSummary& row) {
    places_.push_back({flow::RowRank(row, by_), found_++, 0, 0});
    pack(row, packed_, places_.back());
    if (overdue(places_.size(), limit_)) cut();
}

void RowList::pack(const flow::SaSummary& row, std::string& to, Place& place) {
    place.offset = to.size();
    to += store::row_key(0, row.id, row.first_time);
    to += store::encode(row);
    place.length = to.size() - place.offset;
}

void RowList::cut() {
    keep_first(places_, limit_, kWorse);
    std::string packed;
    for (std::size_t i = 0; i < places_.size(); ++i) {
        pack(at(i), packed, places_[i]);
    }
    packed_ = std::move(packed);
}

void RowList::sort() {
    keep_first(places_, limit_, kWorse);
    std::sort(places_.begin(), places_.end(), kWorse);
}

flow::SaSummary RowList::at(std::size_t i) const {
    const std::string_view row =
        std::string_view(packed_).substr(places_[i].offset, places_[i].length);
    return *store::decode_summary(row.substr(0, store::kRowKeyOctets),
                                  row.substr(store::kRowKeyOctets));
}

bool GapList::before(const Slim& a, const Slim& b) const {
    if (a.time != b.time) return a.time < b.time;
    const int order = std::memcmp(&ids_[a.sa], &ids_[b.sa], sizeof(wire::SaIdentity));
    return order != 0 ? order < 0 : a.first_missing < b.first_missing;
}

void GapList::add(const flow::Gap& gap) {
    if (ids_.empty() || !(ids_.back() == gap.id)) ids_.push_back(gap.id);
    const auto sa = static_cast<std::uint32_t>(ids_.size() - 1);
    gaps_.push_back({gap.time, gap.first_missing, gap.next, sa, gap.blind});
    ++found_;
    if (overdue(gaps_.size(), limit_)) cut();
}

void GapList::cut() {
    keep_first(gaps_, limit_, [this](const Slim& a, const Slim& b) { return before(a, b); });
}

void GapList::sort() {
    cut();
    std::sort(gaps_.begin(), gaps_.end(),
              [this](const Slim& a, const Slim& b) { return before(a, b); });
}

flow::Gap GapList::at(std::size_t i) const {
    const Slim& g = gaps_[i];
    return {ids_[g.sa], g.first_missing, g.next, g.time, g.blind};
}

} // namespace lacuna::app
