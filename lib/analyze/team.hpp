// The threads of `analyze`: each reads everything and tracks its own shard.
#pragma once

#include "capture/reader.hpp"
#include "flow/figures/gather.hpp"
#include "flow/lcore_counters.hpp"
#include "flow/mailbox.hpp"
#include "flow/request_slot.hpp"
#include "flow/tracker.hpp"
#include "wire/decode.hpp"

#include <functional>
#include <memory>
#include <vector>

namespace lacuna::analyze {

/// The captures of one stream, in order; every member of a team has readers of its own.
using Readers = std::vector<std::unique_ptr<capture::Reader>>;

/// Most threads `analyze` takes.
inline constexpr std::size_t kMaxThreads = 64;

/// Every member walks and decodes all frames and tracks the associations of its shard, sharded by
/// identity as in the pipeline. Decoding twice costs less than handing observations from one core's
/// cache to another's: a line that changes cores takes longer than decoding a frame. A member sees
/// the packets of an SA in the order of the stream, so the results do not depend on how many there
/// are.
/// One owner; run() once.
class Team {
public:
    struct Setup {
        flow::TrackerConfig tracker;
        wire::Decoding decoding;
    };
    /// A member for each element of `readers`. `boxes`: none, or a mailbox for each member. Both,
    /// and `budget`, outlive the team. Errors as flow::Tracker::create().
    static Result<std::unique_ptr<Team>> create(const Setup& setup, flow::FlowBudget& budget,
                                                std::vector<Readers>& readers,
                                                const std::vector<flow::Mailbox*>& boxes);
    ~Team();

    /// Called by the caller's thread now and then: octets and frames so far. False: stop here.
    using Watch = std::function<bool(std::uint64_t octets, std::uint64_t frames)>;
    /// Reads to the end of the stream, or to where `watch` says stop: then all members stop at the
    /// same frame. The caller's thread is the first member.
    void run(const Watch& watch);

    /// The members, for flow::gather(). Any time, any thread.
    flow::Workers workers() const;

    /// After run().
    std::vector<const flow::Tracker*> shards() const;
    std::unique_ptr<wire::FrameCounts> release_counts();

private:
    struct Member;
    struct Pace;

    Team();
    std::vector<std::unique_ptr<Member>> members_;
    std::unique_ptr<Pace> pace_;
    flow::LcoreCounters frames_; ///< written by the first member
};

} // namespace lacuna::analyze
