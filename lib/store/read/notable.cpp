#include "store/read/notable.hpp"

#include "store/records/bytes.hpp"

namespace lacuna::store {

bool is_notable(const flow::Event& e) {
    switch (e.kind) {
    case flow::EventKind::hole_opened:
    case flow::EventKind::hole_filled:
    case flow::EventKind::evicted:
    case flow::EventKind::late:
    case flow::EventKind::stamp:
        return false;
    default:
        return true;
    }
}

std::string notable_key(RunId run, TimeNs time, std::uint64_t serial) {
    std::string key = run_key(run);
    ByteWriter w(key);
    w.ordered(time);
    w.u64(serial);
    return key;
}

std::string encode_notable(RunId run, const flow::Event& e, std::uint64_t serial) {
    std::string out;
    ByteWriter(out).u8(kRecordVersion);
    return out + event_key(run, e, serial) + encode(e);
}

std::optional<flow::Event> decode_notable(std::string_view key, std::string_view value) {
    if (value.size() < 1 + kEventKeyOctets || value.front() < kRecordVersion) return std::nullopt;
    ByteReader k(key);
    k.u32();
    const TimeNs time = k.ordered();
    k.u64();
    const auto e =
        decode_event(value.substr(1, kEventKeyOctets), value.substr(1 + kEventKeyOctets));
    return k.ok() && e && e->time == time ? e : std::nullopt;
}

} // namespace lacuna::store
