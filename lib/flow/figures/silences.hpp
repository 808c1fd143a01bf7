// Which SAs of a run fell silent, judged with all of its rows in sight.
#pragma once

#include "flow/event.hpp"
#include "flow/silence.hpp"
#include "wire/mka/key_agreement.hpp"

#include <vector>

namespace lacuna::flow {

class Tracker;

/// Plain values. Where an SA was replaced its silence is none: another of its peers began at most
/// 10 s after its last packet, or before, and went on.
class Silences {
public:
    struct Place {
        std::uint32_t shard;
        std::uint32_t row;
        bool operator==(const Place&) const = default;
        bool operator<(const Place& o) const {
            return shard != o.shard ? shard < o.shard : row < o.row;
        }
    };

    Silences() = default;
    /// Of the rows the trackers hold, whose threads have stopped. `end`: of the input; `after` as
    /// TrackerConfig::silent_after. `mka`: what retires keys, or null.
    Silences(const std::vector<const Tracker*>& shards, const Quiet& end, TimeNs after,
             const wire::KeyAgreement* mka);

    bool silent(Place row) const;
    std::size_t count() const { return silent_.size(); }
    /// EventKind::silent and resumed that no tracker has told, by time.
    const std::vector<Event>& events() const { return events_; }

private:
    std::vector<Place> silent_; ///< sorted
    std::vector<Event> events_;
};

} // namespace lacuna::flow
