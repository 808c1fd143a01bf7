// What a run still holds at its end, row by row, for those who list it.
#pragma once

#include "flow/event.hpp"
#include "flow/figures/silences.hpp"
#include "flow/rekey_totals.hpp"
#include "flow/select/filter.hpp"
#include "flow/totals.hpp"
#include "flow/transport/transport_summary.hpp"

#include <functional>
#include <vector>

namespace lacuna::flow {

class Tracker;

/// Where a row lives.
struct HeldRow {
    std::uint32_t shard;
    std::uint32_t row;
};

/// Reads the trackers of a run whose threads have stopped; they outlive it. Nothing is copied: a
/// row is read when it is asked for.
class HeldRows {
public:
    HeldRows() = default;
    explicit HeldRows(std::vector<const Tracker*> shards) : shards_(std::move(shards)) {}

    /// The input has ended: judges who is silent (SaSummary::silent), see Silences. Returns how
    /// many are.
    std::size_t judge_silence(const Quiet& end, TimeNs after, const wire::KeyAgreement* mka);
    /// EventKind::silent and resumed that are told here first; notable() has them, too.
    const std::vector<Event>& silence_events() const { return silences_.events(); }

    /// From now on all but the rows a filter matches is left out: of count(), each(), notable() and
    /// rekeys(). Returns their sums; of those that left the table nothing is known.
    Sums select(const Filter& filter);

    std::uint64_t count() const;
    /// Leaves in `events` those of rows that are held and selected, where select() was called.
    void narrow(std::vector<Event>& events) const;

    /// Every row, by shard and place.
    void each(const std::function<void(HeldRow)>& fn) const;
    wire::SaIdentity identity(HeldRow ref) const;
    /// SaSummary::source, without the rest.
    wire::SaIdentity source(HeldRow ref) const;
    /// Packet time of the packet that arrived first.
    TimeNs first_time(HeldRow ref) const;
    void read(HeldRow ref, SaSummary& out) const;

    /// Restarts, rekeys and exhaustion warnings of all shards, by time, then identity.
    std::vector<Event> notable() const;
    /// Whether there were more than the trackers keep.
    bool notable_cut() const;
    /// Packets that came late, too late to tell, or again (TrackerConfig::late), by time, then
    /// identity and number; the first `limit` (0: all that are kept).
    std::vector<Event> late(std::size_t limit) const;
    /// How many there were, of all rows.
    std::uint64_t late_count() const;
    /// Secure channels with rekeys, by SCI.
    std::vector<RekeyTotals> rekeys() const;

    /// Whether TCP and UDP conversations were counted (--l3-flows); if not, there are none.
    bool has_transport() const;
    std::uint64_t transport_count() const;
    /// Conversations that left the table to make room for others.
    std::uint64_t transport_pushed_out() const;
    void each_transport(const std::function<void(const TransportSummary&)>& fn) const;

private:
    template <typename Item, typename Identity>
    void keep(std::vector<Item>& list, Identity identity_of) const;

    std::vector<const Tracker*> shards_;
    Silences silences_;
    Filter filter_;
    std::uint64_t selected_ = 0; ///< rows it matches
};

} // namespace lacuna::flow
