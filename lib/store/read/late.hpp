// Late packets in the store: those that came late, too late to tell, or again.
#pragma once

#include "store/records/records.hpp"

#include <vector>

namespace lacuna::store {

/// run | identity | time | first time | serial, so that a span of time of an SA is one scan.
std::string late_key(RunId run, const flow::Event& e, std::uint64_t serial);
std::optional<flow::Event> decode_late(std::string_view key, std::string_view value);

/// Before all late packets of an SA of that time or later.
std::string late_bound(RunId run, const wire::SaIdentity& id, TimeNs time);

/// Leaves out what was taken back. Records come in the order of their keys; a packet and the record
/// that takes it back have one time, so that no more is held than what happened at one time.
class LateFilter {
public:
    struct Held {
        flow::Event event;
        std::string key;
    };
    /// Those that can be handed out now that this one has come.
    std::vector<Held> add(const flow::Event& e, std::string key);
    std::vector<Held> end();

private:
    struct Gone {
        wire::SaIdentity id;
        TimeNs row;
        std::uint32_t wire;
        Seq64 left; ///< repetitions that are to come
    };
    std::vector<Held> held_;
    std::vector<Gone> gone_; ///< of the SA at hand
};

} // namespace lacuna::store
