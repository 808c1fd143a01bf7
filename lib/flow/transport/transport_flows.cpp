#include "flow/transport/transport_flows.hpp"

namespace lacuna::flow {
namespace {

constexpr std::size_t kLookedAt = 16;

} // namespace

Row TransportFlows::create(const wire::Observation& o) {
    Row row = table_.insert(o);
    if (row == kNoRow) {
        Row oldest = kNoRow;
        for (std::size_t i = 0; i < kLookedAt; ++i) {
            if (hand_ >= table_.limit()) hand_ = 0;
            const Row at = hand_++;
            if (!used(at)) continue;
            if (oldest == kNoRow || table_.at(at).last_time < table_.at(oldest).last_time)
                oldest = at;
        }
        table_.erase(oldest);
        ++pushed_out_;
        row = table_.insert(o);
    }
    SaState& s = table_.at(row);
    table_.rest(row).first_time = s.last_time = o.time;
    table_.rest(row).received_high = 0;
    s.received = 0;
    s.bytes = 0;
    return row;
}

void TransportFlows::track(const wire::Observation* obs, std::size_t n) {
    const SaTable::Lookup lookup = table_.lookup();
    for (std::size_t i = 0; i < n; ++i)
        lookup.prefetch(obs[i]);
    for (std::size_t i = 0; i < n; ++i) {
        const wire::Observation& o = obs[i];
        Row row = table_.find(o);
        if (row == kNoRow) row = create(o);
        SaState& s = table_.at(row);
        if (++s.received == 0) ++table_.rest(row).received_high;
        s.bytes += o.bytes;
        s.last_time = o.time;
    }
}

TransportSummary TransportFlows::summary(Row row) const {
    const SaState& s = table_.at(row);
    return {table_.identity(row), table_.rest(row).first_time, s.last_time, table_.received(row),
            s.bytes};
}

} // namespace lacuna::flow
