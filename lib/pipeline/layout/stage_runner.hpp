// The parts of a pipeline put together: rings, and one runner per lcore. Private to lib/pipeline.
#pragma once

#include "pipeline/layout/loops.hpp"
#include "pipeline/pipeline.hpp"

#include <functional>

namespace lacuna::pipeline {

/// Frees a ring.
struct RingFree {
    void operator()(rte_ring* r) const { rte_ring_free(r); }
};
using RingPtr = std::unique_ptr<rte_ring, RingFree>;

/// The rings of a layout; all SP/SC.
class RingSet {
public:
    /// `element`: octets of what travels from RX to a parser. False: no memory.
    bool create(const Layout& layout, unsigned element, unsigned parser_ring, unsigned worker_ring);

    /// RX's ring to each parser.
    std::span<rte_ring* const> to_parsers() const { return to_parsers_; }
    /// The rings `parser` writes, one per worker.
    std::span<rte_ring* const> from_parser(std::size_t parser) const { return by_parser_[parser]; }
    /// The rings `worker` reads, one per parser.
    std::span<rte_ring* const> to_worker(std::size_t worker) const { return by_worker_[worker]; }

private:
    std::vector<RingPtr> owned_;
    std::vector<rte_ring*> to_parsers_;
    std::vector<std::vector<rte_ring*>> by_parser_;
    std::vector<std::vector<rte_ring*>> by_worker_;
};

/// One lcore's loop with its arguments.
class StageRunner {
public:
    virtual ~StageRunner() = default;
    virtual void run() = 0;
};

/// References to everything the stages of a pipeline are made of.
struct StageParts {
    const PipelineConfig& config;
    std::vector<std::unique_ptr<Shared>>& shared; ///< one per receiving lcore
    std::vector<std::unique_ptr<flow::Tracker>>& trackers;
    std::vector<std::unique_ptr<flow::RequestSlot>>& request_slots;
    std::vector<std::unique_ptr<wire::FrameCounts>>& frames;
    std::vector<std::unique_ptr<flow::LcoreCounters>>& counters;
    std::span<Retired> retired;
    const RingSet& rings;
};

/// The runners of a layout, RX first, in the order of StageParts::counters. `input` outlives them.
std::vector<std::unique_ptr<StageRunner>> make_stages(const StageParts& parts,
                                                      const MbufInput& input);
std::vector<std::unique_ptr<StageRunner>> make_stages(const StageParts& parts,
                                                      const FrameInput& input);

/// The way out of one tracker.
flow::Outbox outbox_of(const PipelineConfig& config, std::size_t tracker);

/// What an lcore is launched with.
struct Task {
    StageRunner* stage;
    flow::LcoreCounters* counters;
    flow::RequestSlot* request_slot; ///< of the tracker the lcore owns; null: it owns none
    std::function<void()> done;      ///< called on the lcore after its loop
};

/// lcore entry: runs a Task.
int run_task(void* task);

} // namespace lacuna::pipeline
