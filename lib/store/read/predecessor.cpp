#include "store/read/predecessor.hpp"

#include "store/read/reader.hpp"

#include <algorithm>

namespace lacuna::store {
namespace {

std::string host_of(const RunRecord& run) {
    for (const auto& [key, value] : run.config)
        if (key == kHostKey) return value;
    return {};
}

} // namespace

Result<std::optional<Predecessor>> find_predecessor(const std::string& dir, const RunRecord& run,
                                                    TimeNs idle, TimeNs now) {
    auto reader = StoreReader::open(dir);
    if (!reader) return reader.error();
    const auto runs = (*reader)->runs();
    if (!runs) return runs.error();
    const std::string host = host_of(run);
    const auto last = std::find_if(runs->rbegin(), runs->rend(), [&](const RunRecord& r) {
        return r.id < run.id && r.command == run.command && host_of(r) == host;
    });
    if (host.empty() || last == runs->rend()) return std::optional<Predecessor>();

    Predecessor found;
    found.run = last->id;
    found.until = last->ended != 0 ? last->ended : last->written;
    const Status read = (*reader)->each_summary(last->id, nullptr, [&](const flow::SaSummary& s) {
        const bool recent = idle == 0 || s.last_time > now - idle;
        if (!recent || s.evicted != 0 || s.counters > 1 || s.id.key.spare != 0) return true;
        // Of several lives of an SA the latest comes last.
        if (!found.sas.empty() && found.sas.back().id == s.id) found.sas.pop_back();
        found.sas.push_back({s.id, s.highest_ext});
        return true;
    });
    if (!read) return read.error();
    std::sort(found.sas.begin(), found.sas.end(), flow::LeftBehind::before);
    return std::optional<Predecessor>(std::move(found));
}

} // namespace lacuna::store
