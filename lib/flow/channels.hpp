// Secure channels with more than one association: which AN is active, and when that changed.
#pragma once

#include "flow/sa_table.hpp"

namespace lacuna::flow {

inline constexpr std::size_t kAns = 4; ///< association numbers of a channel (802.1AE-2018 7.1.3)

/// State of a channel whose SAs are rows of the table. Made when a second AN is seen; packets of
/// the AN that had the last one do not touch it.
struct Channel {
    Row row[kAns];              ///< kNoRow: not held
    std::uint64_t gone[kAns];   ///< packets of earlier, evicted rows of this AN
    std::uint64_t others[kAns]; ///< packets under other ANs when this one had its last packet
    std::uint64_t rekeys;
    std::uint8_t last; ///< the AN of the latest packet
    std::uint8_t seen; ///< bit per AN that was ever seen
    std::uint8_t used;
};

/// What a packet under an AN other than the last one means.
struct Switch {
    bool rekey;       ///< the AN becomes active
    bool reactivated; ///< and it had been active before: a reused AN may restart at once
    Row from;         ///< row of the AN that had the packet before; kNoRow: evicted
    std::uint8_t from_an;
};

/// The channels of one table. One owner; no allocation after reserve().
class Channels {
public:
    /// Every channel holds at least one of the table's `rows` rows.
    bool reserve(std::uint64_t rows);

    /// A row for a new AN was inserted: joins it to its siblings, if there are any, as standby.
    void join(SaTable& table, Row row, const wire::Observation& o);
    /// A row in standby (SaState::kStandby) has a packet, not counted yet. Makes its AN the last.
    Switch turn_to(SaTable& table, Row row);
    /// The row is about to be erased.
    void part(SaTable& table, Row row);

    std::uint64_t rekeys() const { return rekeys_; }
    Row limit() const { return fresh_; }
    const Channel& at(Row channel) const { return channels_[channel]; }

private:
    std::uint64_t packets_of_others(const SaTable& table, const Channel& c, std::uint8_t an) const;

    Channel* channels_ = nullptr;
    Row fresh_ = 0;
    Row free_ = kNoRow; ///< linked through Channel::row[0]
    std::uint64_t rekeys_ = 0;
    Reserved memory_;
};

} // namespace lacuna::flow
