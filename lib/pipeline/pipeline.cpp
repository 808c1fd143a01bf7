#include "pipeline/pipeline.hpp"

#include "pipeline/layout/stage_runner.hpp"

#include <algorithm>
#include <condition_variable>
#include <limits>
#include <mutex>

namespace lacuna::pipeline {

struct Pipeline::Impl {
    PipelineConfig config;
    Input input;
    /// One for each lcore that receives, and a log of drops for each.
    std::vector<std::unique_ptr<Shared>> shared;
    std::vector<std::unique_ptr<DropLog>> drops;
    std::vector<std::unique_ptr<flow::Tracker>> trackers;
    std::vector<std::unique_ptr<flow::RequestSlot>> request_slots; ///< one per tracker
    std::vector<std::unique_ptr<wire::FrameCounts>> frames;
    std::vector<std::unique_ptr<flow::LcoreCounters>> counters;
    std::unique_ptr<Retired[]> retired;
    RingSet rings;
    std::vector<std::unique_ptr<StageRunner>> stages;

    std::vector<Task> tasks; ///< one per lcore; addresses are given to EAL
    std::mutex mutex;
    std::condition_variable ended;
    std::size_t running = 0; ///< under `mutex`
};

namespace {

Error no_memory(const char* what) {
    return Error{std::string("no memory for ") + what, "", "", 1};
}

Error too_few_lcores(const Layout& layout, unsigned have) {
    return Error{"needs " + std::to_string(layout.lcores())
                     + " lcores beside the main one, EAL has " + std::to_string(have),
                 "--layout " + layout.text(),
                 "name more in the EAL arguments (several may share CPUs: --lcores '(0-"
                     + std::to_string(layout.lcores()) + ")@(0,1)') or choose a smaller layout",
                 2};
}

} // namespace

std::uint64_t buffers_in_flight(const PipelineConfig& config, unsigned cache) {
    const Layout& layout = config.layout;
    const std::uint64_t caches = std::uint64_t{layout.lcores()} * (cache + cache / 2);
    const std::uint64_t bursts = std::uint64_t{layout.lcores()} * wire::kRxBurst;
    const std::uint64_t rings = layout.kind == Layout::Kind::pipeline
                                    ? std::uint64_t{layout.parsers} * config.parser_ring
                                    : 0;
    return caches + bursts + rings;
}

Pipeline::Pipeline(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Pipeline::~Pipeline() {
    while (!wait(std::chrono::milliseconds(1000))) {
    }
}

Status check_lcores(const Layout& layout) {
    const unsigned have = rte_lcore_count() - 1;
    if (have < layout.lcores()) return too_few_lcores(layout, have);
    return {};
}

Result<std::unique_ptr<Pipeline>> Pipeline::create(PipelineConfig config, Input input,
                                                   flow::FlowBudget& budget,
                                                   const std::atomic<bool>& stop) {
    const Layout layout = config.layout;
    if (const Status enough = check_lcores(layout); !enough) return enough.error();
    std::vector<unsigned> lcores;
    unsigned lcore = 0;
    RTE_LCORE_FOREACH_WORKER(lcore) {
        if (lcores.size() < layout.lcores()) lcores.push_back(lcore);
    }

    auto impl = std::make_unique<Impl>();
    impl->config = std::move(config);
    impl->input = std::move(input);
    const std::size_t sources = std::holds_alternative<MbufInput>(impl->input)
                                    ? 1 + std::get<MbufInput>(impl->input).more.size()
                                    : 1;
    const std::uint32_t receivers = layout.kind == Layout::Kind::rtc ? layout.queues : 1;
    if (receivers > sources)
        return Error{"has more receiving lcores than there are queues", "--layout " + layout.text(),
                     "", 2};
    for (std::uint32_t i = 0; i < receivers; ++i) {
        impl->drops.push_back(std::make_unique<DropLog>(layout.trackers() / receivers));
        impl->shared.push_back(std::make_unique<Shared>());
        impl->shared.back()->stop = &stop;
        impl->shared.back()->drops = impl->drops.back().get();
    }
    flow::TrackerConfig share = impl->config.tracker;
    share.record_memory /= layout.trackers();
    for (std::uint32_t i = 0; i < layout.trackers(); ++i) {
        auto tracker = flow::Tracker::create(share, budget);
        if (!tracker) return tracker.error();
        impl->trackers.push_back(std::move(*tracker));
        impl->request_slots.push_back(std::make_unique<flow::RequestSlot>(*impl->trackers.back()));
    }
    for (std::uint32_t i = 0; i < layout.decoders(); ++i) {
        impl->frames.push_back(std::make_unique<wire::FrameCounts>());
        impl->frames.back()->asked = config.decoding.counters;
    }
    for (const unsigned id : lcores) {
        impl->counters.push_back(std::make_unique<flow::LcoreCounters>());
        impl->counters.back()->lcore = id;
    }
    impl->retired = std::make_unique<Retired[]>(layout.parsers);
    if (layout.kind == Layout::Kind::pipeline) {
        const std::size_t element = std::holds_alternative<MbufInput>(impl->input)
                                        ? sizeof(rte_mbuf*)
                                        : sizeof(wire::Frame);
        if (!impl->rings.create(layout, static_cast<unsigned>(element), impl->config.parser_ring,
                                impl->config.worker_ring))
            return no_memory("rings");
    }

    const std::span<Retired> retired(impl->retired.get(), layout.parsers);
    const StageParts parts{impl->config, impl->shared,   impl->trackers, impl->request_slots,
                           impl->frames, impl->counters, retired,        impl->rings};
    impl->stages =
        std::visit([&parts](const auto& in) { return make_stages(parts, in); }, impl->input);
    return std::unique_ptr<Pipeline>(new Pipeline(std::move(impl)));
}

void Pipeline::take_up(std::span<const flow::LeftBehind> left) {
    for (const auto& t : impl_->trackers)
        t->take_up(left);
}

Status Pipeline::launch() {
    Impl& p = *impl_;
    p.tasks.reserve(p.stages.size());
    for (std::size_t i = 0; i < p.stages.size(); ++i) {
        const auto done = [&p] {
            const std::lock_guard lock(p.mutex);
            if (--p.running == 0) p.ended.notify_all();
        };
        // The lcores that own a tracker are the last.
        const std::size_t others = p.stages.size() - p.request_slots.size();
        flow::RequestSlot* const request_slot =
            i >= others ? p.request_slots[i - others].get() : nullptr;
        p.tasks.push_back(Task{p.stages[i].get(), p.counters[i].get(), request_slot, done});
    }
    p.running = p.stages.size();
    // Consumers first: nothing is sent before someone can take it.
    for (std::size_t i = p.stages.size(); i-- > 0;) {
        if (rte_eal_remote_launch(run_task, &p.tasks[i], p.counters[i]->lcore) == 0) continue;
        // Those already launched wait for RX, which is the last: tell them that nothing comes.
        p.shared[0]->end_burst.store(0, std::memory_order_release);
        const std::lock_guard lock(p.mutex);
        p.running -= i + 1;
        return Error{"cannot be launched", "lcore " + std::to_string(p.counters[i]->lcore), "", 1};
    }
    return {};
}

bool Pipeline::wait(std::chrono::milliseconds timeout) {
    std::unique_lock lock(impl_->mutex);
    if (!impl_->ended.wait_for(lock, timeout, [this] { return impl_->running == 0; })) return false;
    lock.unlock();
    // EAL's own join spins, so it comes only now that there is nothing to wait for.
    for (const auto& c : impl_->counters)
        rte_eal_wait_lcore(c->lcore);
    return true;
}

void Pipeline::finish() {
    TimeNs latest = std::numeric_limits<TimeNs>::min();
    for (const auto& t : impl_->trackers)
        latest = std::max(latest, t->latest());
    flow::LcoreCounters unused;
    for (std::size_t i = 0; i < impl_->trackers.size(); ++i) {
        impl_->request_slots[i]->exclusively([&] {
            impl_->trackers[i]->finish(latest);
            outbox_of(impl_->config, i).flush(*impl_->trackers[i], unused);
        });
    }
}

const std::vector<std::unique_ptr<flow::LcoreCounters>>& Pipeline::counters() const {
    return impl_->counters;
}

flow::RequestSlot& Pipeline::request_slot(std::size_t tracker) const {
    return *impl_->request_slots[tracker];
}

flow::Workers Pipeline::workers() const {
    flow::Workers w;
    for (const auto& slot : impl_->request_slots)
        w.request_slots.push_back(slot.get());
    for (const auto& counters : impl_->counters)
        w.lcores.push_back(counters.get());
    return w;
}

const PipelineConfig& Pipeline::config() const {
    return impl_->config;
}

std::vector<RingFill> Pipeline::rings() const {
    const Layout& layout = impl_->config.layout;
    std::vector<RingFill> out;
    if (layout.kind != Layout::Kind::pipeline) return out;
    const auto add = [&out](const rte_ring* ring, std::size_t from, std::size_t to) {
        out.push_back({from, to, rte_ring_count(ring), rte_ring_get_capacity(ring)});
    };
    for (std::size_t p = 0; p < layout.parsers; ++p) {
        add(impl_->rings.to_parsers()[p], 0, 1 + p);
        for (std::size_t w = 0; w < layout.workers; ++w)
            add(impl_->rings.from_parser(p)[w], 1 + p, 1 + layout.parsers + w);
    }
    return out;
}

std::uint64_t Pipeline::frames_received() const {
    std::uint64_t n = 0;
    for (const auto& c : impl_->counters)
        if (c->stage == flow::Stage::rx || c->stage == flow::Stage::rtc) n += c->frames.get();
    return n;
}

std::uint64_t Pipeline::frames_dropped() const {
    std::uint64_t n = 0;
    for (const auto& d : impl_->drops)
        n += d->frames();
    return n;
}

std::unique_ptr<wire::FrameCounts> Pipeline::frame_counts() const {
    auto sum = std::make_unique<wire::FrameCounts>();
    for (const auto& f : impl_->frames)
        *sum += *f;
    return sum;
}

std::vector<const flow::Tracker*> Pipeline::trackers() const {
    std::vector<const flow::Tracker*> out;
    for (const auto& t : impl_->trackers)
        out.push_back(t.get());
    return out;
}

} // namespace lacuna::pipeline
