#include "flow/figures/held_rows.hpp"

#include "flow/tracker.hpp"

#include <algorithm>
#include <cstring>

namespace lacuna::flow {
namespace {

int compare(const wire::SaIdentity& a, const wire::SaIdentity& b) {
    return std::memcmp(&a, &b, sizeof a);
}

} // namespace

Sums HeldRows::select(const Filter& filter) {
    filter_ = filter;
    Sums sums;
    selected_ = 0;
    SaSummary s;
    each([&](HeldRow ref) {
        ++selected_;
        read(ref, s);
        sums.of(s.id.key.protocol).add(s);
    });
    for (const RekeyTotals& channel : rekeys())
        sums.links.rekeys += channel.count;
    return sums;
}

std::uint64_t HeldRows::count() const {
    if (filter_.selects()) return selected_;
    std::uint64_t n = 0;
    for (const Tracker* t : shards_)
        n += t->counters().rows;
    return n;
}

void HeldRows::each(const std::function<void(HeldRow)>& fn) const {
    SaSummary s;
    for (std::uint32_t shard = 0; shard < shards_.size(); ++shard)
        for (std::uint32_t row = 0; row < shards_[shard]->row_limit(); ++row) {
            if (!shards_[shard]->row_used(row)) continue;
            if (filter_.selects()) {
                read({shard, row}, s);
                if (!filter_.matches(s)) continue;
            }
            fn({shard, row});
        }
}

wire::SaIdentity HeldRows::identity(HeldRow ref) const {
    return shards_[ref.shard]->identity(ref.row);
}

wire::SaIdentity HeldRows::source(HeldRow ref) const {
    return shards_[ref.shard]->source(ref.row);
}

TimeNs HeldRows::first_time(HeldRow ref) const {
    return shards_[ref.shard]->first_time(ref.row);
}

void HeldRows::read(HeldRow ref, SaSummary& out) const {
    shards_[ref.shard]->summarize(ref.row, out);
    if (silences_.count() != 0 && silences_.silent({ref.shard, ref.row})) out.silent = 1;
}

std::size_t HeldRows::judge_silence(const Quiet& end, TimeNs after, const wire::KeyAgreement* mka) {
    silences_ = Silences(shards_, end, after, mka);
    return silences_.count();
}

/// Leaves in `list` what belongs to a selected row; a channel's AN is 0.
template <typename Item, typename Identity>
void HeldRows::keep(std::vector<Item>& list, Identity identity_of) const {
    std::vector<std::pair<wire::SaIdentity, bool>> wanted;
    const auto place = [&wanted](const wire::SaIdentity& id) {
        return std::lower_bound(wanted.begin(), wanted.end(), id,
                                [](const auto& entry, const wire::SaIdentity& v) {
                                    return compare(entry.first, v) < 0;
                                });
    };
    for (const Item& item : list)
        wanted.emplace_back(identity_of(item), false);
    std::sort(wanted.begin(), wanted.end(),
              [](const auto& a, const auto& b) { return compare(a.first, b.first) < 0; });
    each([&](HeldRow ref) {
        wire::SaIdentity id = identity(ref);
        for (const bool channel : {false, true}) {
            if (channel) id.key.an = 0;
            for (auto at = place(id); at != wanted.end() && at->first == id; ++at)
                at->second = true;
        }
    });
    std::erase_if(list, [&](const Item& item) { return !place(identity_of(item))->second; });
}

void HeldRows::narrow(std::vector<Event>& events) const {
    if (filter_.selects()) keep(events, [](const Event& e) { return e.id; });
}

std::vector<Event> HeldRows::notable() const {
    std::vector<Event> all;
    for (const Tracker* t : shards_) {
        const std::vector<Event> some = t->notable();
        all.insert(all.end(), some.begin(), some.end());
    }
    all.insert(all.end(), silences_.events().begin(), silences_.events().end());
    if (filter_.selects()) keep(all, [](const Event& e) { return e.id; });
    std::stable_sort(all.begin(), all.end(), [](const Event& a, const Event& b) {
        return a.time != b.time ? a.time < b.time : compare(a.id, b.id) < 0;
    });
    return all;
}

std::vector<Event> HeldRows::late(std::size_t limit) const {
    std::vector<Event> all;
    for (const Tracker* t : shards_)
        for (const Event& e : t->late())
            if (e.kind == EventKind::late) all.push_back(e); // else it was taken back
    if (filter_.selects()) keep(all, [](const Event& e) { return e.id; });
    std::stable_sort(all.begin(), all.end(), [](const Event& a, const Event& b) {
        if (a.time != b.time) return a.time < b.time;
        const int order = compare(a.id, b.id);
        return order != 0 ? order < 0 : a.a < b.a;
    });
    if (limit != 0 && limit < all.size()) all.resize(limit);
    return all;
}

std::uint64_t HeldRows::late_count() const {
    std::uint64_t n = 0;
    for (const Tracker* t : shards_)
        n += t->late_count();
    return n;
}

bool HeldRows::notable_cut() const {
    return std::any_of(shards_.begin(), shards_.end(),
                       [](const Tracker* t) { return t->notable_count() > kMaxNotable; });
}

std::vector<RekeyTotals> HeldRows::rekeys() const {
    std::vector<RekeyTotals> all;
    for (const Tracker* t : shards_) {
        const std::vector<RekeyTotals> some = t->rekeys();
        all.insert(all.end(), some.begin(), some.end());
    }
    if (filter_.selects()) keep(all, [](const RekeyTotals& r) { return r.channel; });
    std::sort(all.begin(), all.end(), [](const RekeyTotals& a, const RekeyTotals& b) {
        return compare(a.channel, b.channel) < 0;
    });
    return all;
}

bool HeldRows::has_transport() const {
    return !shards_.empty() && shards_.front()->transport() != nullptr;
}

std::uint64_t HeldRows::transport_count() const {
    std::uint64_t n = 0;
    for (const Tracker* t : shards_)
        if (t->transport() != nullptr) n += t->transport()->rows();
    return n;
}

std::uint64_t HeldRows::transport_pushed_out() const {
    std::uint64_t n = 0;
    for (const Tracker* t : shards_)
        if (t->transport() != nullptr) n += t->transport()->pushed_out();
    return n;
}

void HeldRows::each_transport(const std::function<void(const TransportSummary&)>& fn) const {
    for (const Tracker* t : shards_) {
        const TransportFlows* flows = t->transport();
        if (flows == nullptr) continue;
        for (Row row = 0; row < flows->limit(); ++row)
            if (flows->used(row)) fn(flows->summary(row));
    }
}

} // namespace lacuna::flow
