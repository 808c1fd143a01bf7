// Gap listings are derived, not kept: the events of a row, folded in order, give the runs of
// numbers that are missing at that point.
#pragma once

#include "flow/event.hpp"

#include <functional>
#include <map>
#include <span>
#include <utility>
#include <vector>

namespace lacuna::flow {

/// A maximal run of missing numbers, as listings show it.
struct GapRun {
    Seq64 first_missing;
    Seq64 next;  ///< the number after the run
    TimeNs time; ///< of the packet that revealed it
    std::uint32_t instance;
    bool blind;

    std::uint64_t size() const { return static_cast<std::uint64_t>(next - first_missing); }
    friend bool operator==(const GapRun&, const GapRun&) = default;
};

/// A gap of some SA, for listings.
struct Gap {
    wire::SaIdentity id;
    Seq64 first_missing;
    Seq64 next;
    TimeNs time;
    bool blind;
    TimeNs row = 0; ///< first time of the row it belongs to
    std::uint32_t instance = 0;
    std::uint64_t opened = 0; ///< place of the event that opened it, where it was read from a store
};

/// Folds the events of one row, in the order they happened, into its runs, sorted by instance and
/// number. Cost O(n log n); never on the packet path.
std::vector<GapRun> fold_gaps(std::span<const Event> events);

/// The same event by event, for a row whose events are too many to be held: a run is handed out as
/// soon as no later event can change it, in the same order. Holds some thousand events, and the
/// runs among the latest 65,536 numbers, which are those a late packet can still fill.
class GapFold {
public:
    /// Takes a run, and the place of the event that opened its hole. False: no more are wanted.
    using Fn = std::function<bool(const GapRun& run, std::uint64_t opened)>;
    explicit GapFold(Fn fn) : fn_(std::move(fn)) {}

    /// The next event of the row. False: `fn` wants no more.
    bool add(const Event& e, std::uint64_t place);
    /// The row has no more events; the next one begins another row.
    bool end();

private:
    friend std::vector<GapRun> fold_gaps(std::span<const Event> events);
    struct Placed {
        Event event;
        std::uint64_t place;
    };
    struct Open {
        GapRun run;
        std::uint64_t opened;
    };

    void apply(std::size_t count);
    void take_out(std::uint32_t instance, Seq64 n);
    bool hand_out(bool all);

    Fn fn_;
    std::vector<Placed> waiting_;
    std::map<std::pair<std::uint32_t, Seq64>, Open> runs_; ///< by instance and first number
    std::uint32_t instance_ = 0;                           ///< the latest that counts
    Seq64 highest_ = 0;                                    ///< of it
};

} // namespace lacuna::flow
