#include "store/write/sink.hpp"

namespace lacuna::store {

Status MemorySink::put_events(std::span<const flow::Event> more) {
    for (const flow::Event& e : more) {
        // Listings of those have a list of their own; stamps are for comparisons of stores.
        if (e.kind == flow::EventKind::late || e.kind == flow::EventKind::stamp) continue;
        if (events.size() < max_events_)
            events.push_back(e);
        else
            cut = true;
    }
    return {};
}

Status MemorySink::put_summaries(std::span<const flow::SaSummary> more) {
    summaries.insert(summaries.end(), more.begin(), more.end());
    return {};
}

} // namespace lacuna::store
