// A run's data path: built from a layout, launched on EAL lcores, joined at the end of input.
#pragma once

#include "base/result.hpp"
#include "flow/figures/gather.hpp"
#include "flow/lcore_counters.hpp"
#include "flow/outbox.hpp"
#include "flow/request_slot.hpp"
#include "pipeline/frame_access.hpp"
#include "pipeline/layout/layout.hpp"
#include "pipeline/source/pacer.hpp"
#include "pipeline/source/source.hpp"
#include "wire/decoding.hpp"
#include "wire/frame_counts.hpp"
#include "wire/identity_hash.hpp"

#include <chrono>
#include <memory>
#include <variant>
#include <vector>

namespace lacuna::pipeline {

/// Packet buffers from ports. The sources outlive the pipeline.
struct MbufInput {
    Source<rte_mbuf*>* source;
    MbufFormat format;
    /// rtc:N only: those of the second to the last lcore. All packets of an SA come from one
    /// source.
    std::vector<Source<rte_mbuf*>*> more = {};
};

/// Frames from a mapped capture. The source, and what the frames point to, outlives the pipeline.
struct FrameInput {
    Source<wire::Frame>* source;
};

using Input = std::variant<MbufInput, FrameInput>;

struct PipelineConfig {
    Layout layout;
    Pace pace;
    wire::HashKey key = wire::HashKey::random();
    flow::TrackerConfig tracker;
    wire::Decoding decoding; ///< conversations follow from `tracker`
    /// One per tracker of the layout, or none at all: then events and evicted rows are forgotten.
    std::vector<flow::Mailbox*> mailboxes;
    flow::WhenFull when_full = flow::WhenFull::wait;
    /// Elements of each ring between RX and a parser, and between a parser and a worker; powers of
    /// two. They bound what is under way. Stages that share CPUs want them deep, since each switch
    /// then moves more (2,048 and 4,096: a third faster than 512 and 1,024 on two busy CPUs).
    unsigned parser_ring = 2048;
    unsigned worker_ring = 4096;
};

/// Most packet buffers (single-segment ones) a layout's rings, bursts and per-lcore caches can
/// hold at once; a pool must be larger. `cache`: the pool's cache size per lcore.
std::uint64_t buffers_in_flight(const PipelineConfig& config, unsigned cache);

/// Whether EAL has an lcore for each loop of `layout`. Errors: exit 2.
Status check_lcores(const Layout& layout);

/// How full a ring between two stages is.
struct RingFill {
    std::size_t from; ///< index of the lcore that writes it, in Pipeline::counters()
    std::size_t to;   ///< of the one that reads it
    unsigned used;    ///< elements now; a burst or batch takes several
    unsigned capacity;
};

/// Not thread safe where nothing else is said: create, launch, wait and read from one thread. EAL
/// must be up, and stay up until the pipeline is destroyed.
class Pipeline {
public:
    /// Allocates trackers, counters and rings. `input` has a source for each lcore that receives.
    /// `budget` and `stop` outlive the pipeline; setting `stop` (a signal handler may) ends the
    /// input at the next burst. Errors: too few lcores for the layout (exit 2), no memory (exit 1).
    static Result<std::unique_ptr<Pipeline>> create(PipelineConfig config, Input input,
                                                    flow::FlowBudget& budget,
                                                    const std::atomic<bool>& stop);
    ~Pipeline();

    /// Tracker::take_up() of all trackers; before launch().
    void take_up(std::span<const flow::LeftBehind> left);
    /// Starts the loops on the first worker lcores. Errors: an lcore is busy (exit 1).
    Status launch();

    /// Waits until all loops have ended or `timeout` has passed; true if they have ended. Sleeps.
    bool wait(std::chrono::milliseconds timeout);

    /// Ends the input of all trackers together, and sends what they still give to the mailboxes,
    /// whose readers must still be at work. Call once, after wait() has returned true.
    void finish();

    /// One per lcore of the layout, RX first. Any time.
    const std::vector<std::unique_ptr<flow::LcoreCounters>>& counters() const;
    /// What the pipeline was made with. Any time, any thread.
    const PipelineConfig& config() const;
    /// Where to ask what tracker `tracker` (< layout.trackers()) holds: while the loops run, and
    /// after them. Any time, any thread.
    flow::RequestSlot& request_slot(std::size_t tracker) const;
    /// All lcores and trackers, for flow::gather(). Any time, any thread.
    flow::Workers workers() const;
    /// All rings of the layout; none in run to completion. Any time, any thread.
    std::vector<RingFill> rings() const;
    /// Frames RX took from its source so far. Any time.
    std::uint64_t frames_received() const;

    /// Frames the source reported as lost by itself. Any time.
    std::uint64_t frames_dropped() const;

    /// The sum over all decoders, on the heap. After the loops have ended.
    std::unique_ptr<wire::FrameCounts> frame_counts() const;
    /// The shards of the flow table. After finish().
    std::vector<const flow::Tracker*> trackers() const;

private:
    struct Impl;
    explicit Pipeline(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

} // namespace lacuna::pipeline
