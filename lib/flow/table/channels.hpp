// Secure channels with more than one association: which AN is active, and when that changed.
#pragma once

#include "flow/counters/identity.hpp"
#include "flow/table/sa_table.hpp"

namespace lacuna::flow {

inline constexpr std::size_t kAns = 4; ///< association numbers of a channel (802.1AE-2018 7.1.3)
inline constexpr std::uint8_t kNoAn = 0xFF;

/// State of a channel whose SAs are rows of the table. Made when a second AN is seen; packets in
/// order of the active AN do not touch it.
struct Channel {
    Row row[kAns]; ///< kNoRow: not held
    std::uint64_t rekeys;
    std::uint64_t rises[kAns]; ///< packets that raised an AN's highest while it was active, ended
    std::uint64_t risen;       ///< rises of the active AN's row when it became active
    TimeNs run_time;           ///< of the first packet of `run`
    std::uint64_t active_had;  ///< packets of the active AN, duplicates aside, at the last look
    std::uint8_t active;       ///< kNoAn: none was yet
    std::uint8_t had;          ///< bit per AN that has been active
    std::uint8_t run_an;       ///< the AN of the latest packets that raised their counter ...
    std::uint8_t run;          ///< ... and how many they are
    std::uint8_t used;
};

/// A change of the active AN.
struct Rekey {
    bool happened;
    Row from; ///< row of the AN that was active; kNoRow: evicted
    std::uint8_t from_an;
    TimeNs time; ///< of the first of the packets that showed it
};

/// What a packet was to its counter.
enum class Rise : std::uint8_t { above, duplicate, neither };

/// Packets of a row's identity that raised its highest number; and all of them but duplicates.
std::uint64_t rises_of(const SaTable& table, Row row, const seq::Pool& pool);
std::uint64_t others_of(const SaTable& table, Row row, const seq::Pool& pool);

/// The channels of one table. One owner; no allocation after reserve().
class Channels {
public:
    /// Every channel holds at least one of the table's `rows` rows.
    bool reserve(std::uint64_t rows);

    /// A row for a new AN was inserted: joins it to its siblings, if there are any.
    void join(SaTable& table, Row row, const wire::Observation& o, const seq::Pool& records);
    /// A packet of a row of a channel was judged.
    Rekey packet(SaTable& table, Row row, TimeNs time, Rise rise, const seq::Pool& records);
    /// The counter of the row, a MACsec one, has begun again with a packet of `time`: its AN is
    /// active from now on.
    Rekey restarted(SaTable& table, Row row, TimeNs time, const seq::Pool& records);
    /// The row is about to be erased.
    void part(SaTable& table, Row row, const seq::Pool& records);

    std::uint64_t rekeys() const { return rekeys_; }
    /// Packets that raised the highest of another AN than `an` while it was active.
    std::uint64_t rises_beside(const SaTable& table, const Channel& c, std::uint8_t an,
                               const seq::Pool& records) const;
    Row limit() const { return fresh_; }
    const Channel& at(Row channel) const { return channels_[channel]; }

private:
    void end_rises(const SaTable& table, Channel& c, const seq::Pool& records);
    Row open(SaTable& table, Row first, const seq::Pool& records);
    Rekey activate(SaTable& table, Channel& c, std::uint8_t an, TimeNs time,
                   const seq::Pool& records);

    Channel* channels_ = nullptr;
    Row fresh_ = 0;
    Row free_ = kNoRow; ///< linked through Channel::row[0]
    std::uint64_t rekeys_ = 0;
    Reserved memory_;
};

} // namespace lacuna::flow
