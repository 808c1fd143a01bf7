// Which packets of an identity make one counter (doc/semantics.md: senders, misfits, branches).
#pragma once

#include "flow/counters/identity.hpp"
#include "flow/table/drop_spans.hpp"

namespace lacuna::flow {

/// One packet, as the engine sees it.
struct Packet {
    std::uint32_t wire;
    Source source;
    TimeNs time;
    std::uint32_t bytes;
    bool assumed;                  ///< kSciAssumed
    std::uint8_t port;             ///< low octet of Observation::port()
    const wire::SaIdentity* shown; ///< identity and source
};

/// The secure channel of a MACsec identity, as far as branches need it.
struct Activity {
    bool other_active = false; ///< another AN is active
    std::uint64_t rises = 0; ///< packets that raised the highest of other ANs while active, so far
};

/// Works on one identity and what hangs on it in `pool`; holds nothing itself. Where the pool has
/// no room left it decides with what it has: a packet that would need more is an outlier or stays
/// where it was.
class Counters {
public:
    Counters(seq::Pool& pool, Identity& id, const DropSpans& drops, std::uint32_t window,
             Activity activity)
        : pool_(pool), id_(id), drops_(drops), window_(window), activity_(activity) {}

    /// Takes a packet, logs it, and resolves what it decides. The entries before settled_to() have
    /// found their counter.
    void packet(const Packet& p);
    /// Resolves everything, as at the end of the input.
    void end() { resolve(true); }
    /// Entries of the log with a lower index are where they belong.
    std::uint64_t settled_to() const;

    /// Whether the number of the last packet had been seen.
    bool duplicate = false;

    const DropSpans& drops() const { return drops_; }
    Counter& counter(Slot s) { return pool_.at<Counter>(id_.counter[s]); }
    Branch& branch(const Counter& c) { return pool_.at<Branch>(c.branch); }

    /// A counter with nothing in it; kNoSlot: no room.
    Slot add_counter(const wire::SaIdentity& shown);
    void drop_counter(Slot s);
    /// Resets the list of what is known of an identity.
    static void init(Identity& id);
    static void learn(Counter& c, Source source);
    static bool knows(const Counter& c, Source source);
    static void mark(Counter& c, Seq64 n);
    static void advance(Counter& c, Seq64 to);
    static bool seen(const Counter& c, Seq64 n);

private:
    /// How well a number fits a counter: the lower, the better.
    struct Fit {
        std::uint8_t kind; ///< 0: a step, 1: late, 2: a short jump, kMisfit
        std::uint64_t distance;
        bool operator<(const Fit& o) const {
            return kind != o.kind ? kind < o.kind : distance < o.distance;
        }
    };
    static constexpr std::uint8_t kMisfit = 9;
    struct Slots {
        Slot slot[kLive];
        std::size_t count = 0;
        void add(Slot s) { slot[count++] = s; }
    };
    enum class Fate : std::uint8_t { open, fold, own, jump, restart };

    // packet.cpp
    Fit fit(const Counter& c, std::uint32_t wire) const;
    Slot best(const Slots& among, std::uint32_t wire, Fit& fit);
    Slots of_source(Source source);
    Slots all() const;
    bool log(Slot s, const Packet& p, std::uint8_t flags = 0);
    void take(Slot s, const Packet& p);
    void went_on(Slot s, std::uint32_t wire);

    // misfit.cpp
    Slot misfit(const Packet& p, Slots mine);
    Slot nearest(const Slots& among, std::uint32_t wire, bool settled_only);
    Slot begin_branch(const Packet& p, const Slots& older, Slot near, bool of_new_source);
    Slot remember(const Packet& p, const Slots& mine, Slot near);
    Slot branch_of_run(std::uint32_t run, const Packet& p, const Slots& mine, Slot near);
    void move_in_log(std::uint64_t index, Slot to);

    // resolve.cpp
    void resolve(bool end);
    Fate due(Slot s, bool now);
    bool went_on(const Branch& b, std::uint64_t count) const;
    bool apart(Slot s);
    Slot child_of(Slot s) const;

    // settle.cpp
    void settle(Slot s, Fate fate);
    TimeNs begun(Slot s, std::uint64_t born) const;
    void tell(const News& news);
    bool has_addresses() const;
    void begin_anew(Slot old, Slot s);
    void join(Slot s, Slot old, std::uint64_t born);
    void fold(Slot s);
    void replace(Slot old, Slot with);
    void forget_runs(Slot s);
    void unlink(Slot s);
    void rebuild();
    void join_outlast(Slot s, Slot old);
    void fold_outlast(Slot s, Slot near);

    // trial.cpp
    bool end_trials(bool end);
    bool split(const Trial& t);

    seq::Pool& pool_;
    Identity& id_;
    const DropSpans& drops_;
    const std::uint32_t window_;
    const Activity activity_;
};

} // namespace lacuna::flow
