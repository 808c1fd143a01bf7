#include "store/read/series.hpp"

#include "store/records/identity.hpp"

#include <algorithm>

namespace lacuna::store {
namespace {

constexpr TimeNs kMinute = 60'000'000'000;
constexpr TimeNs kHour = 60 * kMinute;

// One list of fields for both directions, so that they cannot differ.
template <typename S, typename Fn>
void each_figure(S& s, Fn&& fn) {
    for (auto* v : {&s.received, &s.bytes, &s.lost, &s.lost_blind, &s.late, &s.duplicates,
                    &s.too_old, &s.restarts})
        fn(*v);
}

} // namespace

TimeNs length_of(Level level, TimeNs series_interval) {
    const TimeNs own = level == Level::hour     ? kHour
                       : level == Level::minute ? kMinute
                                                : series_interval;
    return std::max(own, series_interval);
}

Level stored_level(Level level, TimeNs series_interval) {
    return length_of(level, series_interval) > series_interval ? level : Level::fine;
}

std::string series_prefix(RunId run, Level level) {
    std::string key = run_key(run);
    key.reserve(kRowKeyOctets + 9);
    ByteWriter(key).u8(static_cast<std::uint8_t>(level));
    return key;
}

std::string series_prefix(RunId run, Level level, const wire::SaIdentity& id) {
    std::string key = series_prefix(run, level);
    ByteWriter w(key);
    put_identity(w, id);
    return key;
}

std::string series_bound(RunId run, Level level, const wire::SaIdentity& id, TimeNs start) {
    std::string key = series_prefix(run, level, id);
    ByteWriter(key).ordered(start);
    return key;
}

std::string series_key(RunId run, Level level, const flow::Sample& s) {
    std::string key = series_bound(run, level, s.id, s.start);
    ByteWriter(key).ordered(s.row);
    return key;
}

std::string encode(const flow::Sample& s) {
    std::string out;
    out.reserve(48);
    ByteWriter w(out);
    w.u8(kRecordVersion);
    w.i64(s.next);
    each_figure(s, [&w](std::uint64_t v) { w.var(v); });
    return out;
}

std::optional<flow::Sample> decode_sample(std::string_view key, std::string_view value) {
    flow::Sample s{};
    ByteReader k(key);
    k.u32();
    if (k.u8() > static_cast<std::uint8_t>(Level::hour)) return std::nullopt;
    if (!get_identity(k, s.id)) return std::nullopt;
    s.start = k.ordered();
    s.row = k.ordered();
    ByteReader r(value);
    if (r.u8() < kRecordVersion) return std::nullopt;
    s.next = r.i64();
    each_figure(s, [&r](std::uint64_t& v) { v = r.var(); });
    return k.ok() && r.ok() ? std::optional(s) : std::nullopt;
}

void Point::add(const flow::Sample& from, const flow::Sample& to) {
    // Unsigned, since a damaged record may hold anything.
    const auto add = [](std::int64_t& sum, std::uint64_t a, std::uint64_t b) {
        sum = static_cast<std::int64_t>(static_cast<std::uint64_t>(sum) + b - a);
    };
    add(received, from.received, to.received);
    add(bytes, from.bytes, to.bytes);
    add(lost, from.lost, to.lost);
    add(lost_blind, from.lost_blind, to.lost_blind);
    add(late, from.late, to.late);
    add(duplicates, from.duplicates, to.duplicates);
    add(too_old, from.too_old, to.too_old);
    add(restarts, from.restarts, to.restarts);
}

void Point::add(const Point& other) {
    const auto add = [](std::int64_t& sum, std::int64_t more) {
        sum = static_cast<std::int64_t>(static_cast<std::uint64_t>(sum)
                                        + static_cast<std::uint64_t>(more));
    };
    add(received, other.received);
    add(bytes, other.bytes);
    add(lost, other.lost);
    add(lost_blind, other.lost_blind);
    add(late, other.late);
    add(duplicates, other.duplicates);
    add(too_old, other.too_old);
    add(restarts, other.restarts);
}

} // namespace lacuna::store
