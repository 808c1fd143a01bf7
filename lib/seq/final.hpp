// Which missing numbers are final: they have left the memory, or have been missing for so long.
//
// When each number began to be missing is not kept. A record has a few marks instead, each for all
// holes that opened within a third of that time. So a number becomes final in time where holes are
// rare, and at most a third of that time later where they open all the time.
#pragma once

#include "seq/record.hpp"

namespace lacuna::seq {

/// A hole was opened at `time`, below `highest`; it is final `after` nanoseconds later. UINT64_MAX:
/// only once it leaves the memory.
void mark_missing(Record& r, Seq64 highest, TimeNs time, std::uint64_t after);

/// What has been missing for `after` nanoseconds at `now` is final.
void settle(Record& r, TimeNs now, std::uint64_t after);

/// Numbers that are final at `now`, those that came all the same among them: none of the three
/// parts ever falls, but where lost numbers change to another part.
LossParts final_loss(const Record& r, const Instance& in, TimeNs now, std::uint64_t after);

} // namespace lacuna::seq
