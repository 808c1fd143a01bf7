#include "store/read/stamps.hpp"

#include "store/read/reader_impl.hpp"
#include "store/records/bytes.hpp"

namespace lacuna::store {

std::string stamp_key(RunId run, const flow::Event& e) {
    std::string key = row_key(run, e.id, e.row);
    ByteWriter w(key);
    w.u32(e.instance);
    w.ordered(e.a);
    return key;
}

std::optional<flow::Event> decode_stamp(std::string_view key, std::string_view value) {
    if (key.size() != kRowKeyOctets + 4 + 8) return std::nullopt;
    std::string event(key.substr(0, kRowKeyOctets));
    ByteWriter(event).u64(0); // of an event the serial; a stamp has none
    return decode_event(event, value);
}

Status StoreReader::each_stamp(RunId run, const std::function<bool(const flow::Event&)>& fn) const {
    if (impl_->rocks.family(kStamps) == nullptr) return {};
    return impl_->each<flow::Event>({kStamps, "a stamp", run_key(run)}, decode_stamp, fn, nullptr);
}

} // namespace lacuna::store
