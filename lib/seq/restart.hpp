// A peer that begins again under the same key: seen in runs of packets, provisional at first.
#pragma once

#include "seq/step.hpp"

namespace lacuna::seq {

/// Where changes of one side go: the live instance, or the old one while a restart is provisional.
struct Side {
    Changes& out;
    bool provisional;
};

/// The packets a new instance begins with, in the order they came.
struct Beginning {
    const std::uint32_t* wire;
    const TimeNs* time;
    std::uint32_t count; ///< 1 .. kLongRun
};

/// Opens a new instance: the old one's runs become final, `first` is fed to the new one. Returns
/// the shadow in which the old instance lives on (as it was before the call), or nullptr if no
/// record is left for it: such a restart cannot be undone. A restart still provisional stands.
Record* begin_restart(RecordPool& pool, Record& r, Instance& in, const Beginning& first,
                      const Side& side);

/// Takes a provisional restart back: the packets since count as the shadow judged them.
void undo_restart(RecordPool& pool, Record& r, Instance& in, TimeNs time, Changes& out);

/// Ends the provisional time, if it runs.
void drop_shadow(RecordPool& pool, Record& r);

/// Remembers the packet just judged if it may belong to a restart, and opens the new instance once
/// the run is long enough, taking back what its packets had been counted as. True if it did.
bool watch_for_restart(RecordPool& pool, Record& r, Instance& in, const Arrival& p, Verdict verdict,
                       const Side& side);

} // namespace lacuna::seq
