#include "store/read/late.hpp"

#include "flow/tracker/late_rate.hpp"
#include "store/read/reader_impl.hpp"
#include "store/records/bytes.hpp"

#include <algorithm>
#include <utility>

namespace lacuna::store {

std::string late_bound(RunId run, const wire::SaIdentity& id, TimeNs time) {
    std::string key = sa_prefix(run, id);
    ByteWriter(key).ordered(time);
    return key;
}

std::string late_key(RunId run, const flow::Event& e, std::uint64_t serial) {
    std::string key = late_bound(run, e.id, e.time);
    ByteWriter w(key);
    w.ordered(e.row);
    w.u64(serial);
    return key;
}

std::optional<flow::Event> decode_late(std::string_view key, std::string_view value) {
    constexpr std::size_t kTime = sizeof(RunId) + kIdentityOctets;
    if (key.size() != kEventKeyOctets + 8) return std::nullopt;
    std::string event(key.substr(0, kTime));
    event += key.substr(kTime + 8);
    return decode_event(event, value);
}

std::vector<LateFilter::Held> LateFilter::add(const flow::Event& e, std::string key) {
    std::vector<Held> ready;
    if (!held_.empty() && (held_.front().event.time != e.time || !(held_.front().event.id == e.id)))
        ready = std::exchange(held_, {});
    if (!gone_.empty() && !(gone_.front().id == e.id)) gone_.clear();
    const auto wire = static_cast<std::uint32_t>(e.a);
    if (e.aux == flow::kTakenBack) {
        Gone gone{e.id, e.row, wire, e.b};
        for (auto it = held_.rbegin(); it != held_.rend() && gone.left > 0;) {
            if (it->event.row == e.row && static_cast<std::uint32_t>(it->event.a) == wire) {
                it = std::make_reverse_iterator(held_.erase(std::next(it).base()));
                --gone.left;
            } else {
                ++it;
            }
        }
        if (gone.left > 0) gone_.push_back(gone);
        return ready;
    }
    const auto gone = std::find_if(gone_.begin(), gone_.end(),
                                   [&](const Gone& g) { return g.row == e.row && g.wire == wire; });
    if (gone == gone_.end()) {
        held_.push_back({e, std::move(key)});
    } else if (--gone->left == 0) {
        gone_.erase(gone);
    }
    return ready;
}

std::vector<LateFilter::Held> LateFilter::end() {
    return std::exchange(held_, {});
}

Status StoreReader::each_late(RunId run, const wire::SaIdentity* only, TimeNs since, TimeNs until,
                              const std::function<bool(const flow::Event&)>& fn,
                              std::string* cursor) const {
    const std::string begin = cursor != nullptr ? std::exchange(*cursor, {}) : std::string();
    if (impl_->rocks.family(kLate) == nullptr) return {};
    Scan scan{kLate, "a late packet", only != nullptr ? sa_prefix(run, *only) : run_key(run)};
    if (only != nullptr) {
        scan.from = late_bound(run, *only, since);
        scan.to = late_bound(run, *only, until);
    }
    if (!begin.empty()) {
        if (!begin.starts_with(scan.prefix) || begin < scan.from)
            return Error{"the cursor belongs to another listing", impl_->dir, "", 2};
        scan.from = begin + '\0'; // the key behind it
    }
    LateFilter filter;
    std::string last;
    bool wanted = true;
    // False: no more are wanted, and there are more.
    const auto hand_out = [&](std::vector<LateFilter::Held> ready) {
        for (LateFilter::Held& one : ready) {
            if (one.event.time < since || one.event.time >= until) continue;
            if (!wanted) {
                if (cursor != nullptr) *cursor = last;
                return false;
            }
            wanted = fn(one.event);
            last = std::move(one.key);
        }
        return true;
    };
    std::string key;
    bool more = true;
    const auto decode = [&key](std::string_view k, std::string_view value) {
        key = k;
        return decode_late(k, value);
    };
    const Status s = impl_->each<flow::Event>(
        scan, decode, [&](const flow::Event& e) { return more = hand_out(filter.add(e, key)); },
        nullptr);
    if (s && more) hand_out(filter.end());
    return s;
}

} // namespace lacuna::store
