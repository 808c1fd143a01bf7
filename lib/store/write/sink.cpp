#include "store/write/sink.hpp"

#include <algorithm>

namespace lacuna::store {

Status MemorySink::put_events(std::span<const flow::Event> more) {
    const std::size_t room = max_events_ - std::min(max_events_, events.size());
    cut = cut || more.size() > room;
    const auto kept = more.first(std::min(room, more.size()));
    events.insert(events.end(), kept.begin(), kept.end());
    return {};
}

Status MemorySink::put_summaries(std::span<const flow::SaSummary> more) {
    summaries.insert(summaries.end(), more.begin(), more.end());
    return {};
}

} // namespace lacuna::store
