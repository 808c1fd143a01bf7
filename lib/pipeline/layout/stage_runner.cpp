#include "pipeline/layout/stage_runner.hpp"

#include <atomic>
#include <cinttypes>
#include <cstdio>
#include <cstdlib>

namespace lacuna::pipeline {

namespace {

/// A loop and its arguments as a runner; `Loop` is a callable that owns them.
template <typename Loop>
struct LoopRunner final : StageRunner {
    explicit LoopRunner(Loop l) : loop(std::move(l)) {}
    void run() override { loop(); }
    Loop loop;
};

template <typename Loop>
std::unique_ptr<StageRunner> make_runner(Loop loop) {
    return std::make_unique<LoopRunner<Loop>>(std::move(loop));
}

/// Calls `f` with the pacer a run asks for: the choice is made here, outside all loops.
template <typename F>
void with_pacer(const Pace& pace, F&& f) {
    switch (pace.kind) {
    case Pace::Kind::fast:
        f(Unpaced());
        break;
    case Pace::Kind::fixed:
        f(FixedPace(pace.rate));
        break;
    case Pace::Kind::capture:
        f(CapturePace(pace.rate));
        break;
    }
}

template <typename Access, typename MakeAccess>
std::vector<std::unique_ptr<StageRunner>>
make_all(const StageParts& p, std::span<Source<typename Access::Element>* const> sources,
         MakeAccess access) {
    const Layout& layout = p.config.layout;
    const Pace pace = p.config.pace;
    std::vector<std::unique_ptr<StageRunner>> out;
    wire::Decoding decoding = p.config.decoding;
    if (p.config.tracker.max_transport_flows != 0) decoding.transport = wire::Transport::observe;
    std::size_t lcore = 0;
    const auto next_counters = [&p, &lcore](flow::Stage stage) -> flow::LcoreCounters& {
        flow::LcoreCounters& c = *p.counters[lcore++];
        c.stage = stage;
        return c;
    };

    if (layout.kind == Layout::Kind::rtc) {
        for (std::uint32_t i = 0; i < layout.queues; ++i) {
            RtcArgs<Access> a{*p.shared[i],
                              *sources[i],
                              access(),
                              p.config.key,
                              decoding,
                              *p.frames[i],
                              *p.trackers[i],
                              *p.request_slots[i],
                              outbox_of(p.config, i),
                              next_counters(flow::Stage::rtc)};
            out.push_back(make_runner([a = std::move(a), pace]() mutable {
                with_pacer(pace, [&a](auto pacer) { rtc_loop(a, pacer); });
            }));
        }
        return out;
    }

    Shared& shared = *p.shared[0];
    RxArgs<Access> rx{shared,    *sources[0],
                      access(),  p.rings.to_parsers(),
                      p.retired, next_counters(flow::Stage::rx)};
    out.push_back(make_runner([a = std::move(rx), pace]() mutable {
        with_pacer(pace, [&a](auto pacer) { rx_loop(a, pacer); });
    }));
    for (std::uint32_t i = 0; i < layout.parsers; ++i) {
        ParseArgs<Access> a{shared,
                            access(),
                            i,
                            layout.parsers,
                            p.rings.to_parsers()[i],
                            p.rings.from_parser(i),
                            p.config.key,
                            decoding,
                            *p.frames[i],
                            p.retired[i],
                            next_counters(flow::Stage::parse)};
        out.push_back(make_runner([a = std::move(a)]() mutable { parse_loop(a); }));
    }
    for (std::uint32_t i = 0; i < layout.workers; ++i) {
        WorkArgs a{shared,
                   i,
                   p.rings.to_worker(i),
                   *p.trackers[i],
                   *p.request_slots[i],
                   outbox_of(p.config, i),
                   next_counters(flow::Stage::work)};
        out.push_back(make_runner([a]() mutable { work_loop(a); }));
    }
    return out;
}

RingPtr make_ring(unsigned element, unsigned count) {
    static std::atomic<unsigned> serial{0};
    char name[RTE_RING_NAMESIZE];
    std::snprintf(name, sizeof name, "lacuna_%u", serial.fetch_add(1));
    return RingPtr(
        rte_ring_create_elem(name, element, count, SOCKET_ID_ANY, RING_F_SP_ENQ | RING_F_SC_DEQ));
}

} // namespace

flow::Outbox outbox_of(const PipelineConfig& config, std::size_t tracker) {
    flow::Mailbox* box = config.mailboxes.empty() ? nullptr : config.mailboxes[tracker];
    return flow::Outbox(box, config.when_full);
}

bool RingSet::create(const Layout& layout, unsigned element, unsigned parser_ring,
                     unsigned worker_ring) {
    by_parser_.resize(layout.parsers);
    by_worker_.resize(layout.workers);
    const auto add = [this](unsigned size, unsigned count) {
        owned_.push_back(make_ring(size, count));
        return owned_.back().get();
    };
    for (std::uint32_t p = 0; p < layout.parsers; ++p) {
        to_parsers_.push_back(add(element, parser_ring));
        if (to_parsers_.back() == nullptr) return false;
        for (std::uint32_t w = 0; w < layout.workers; ++w) {
            rte_ring* const r = add(sizeof(BatchHeader), worker_ring);
            if (r == nullptr) return false;
            by_parser_[p].push_back(r);
            by_worker_[w].push_back(r);
        }
    }
    return true;
}

std::vector<std::unique_ptr<StageRunner>> make_stages(const StageParts& parts,
                                                      const MbufInput& input) {
    std::vector<Source<rte_mbuf*>*> sources = {input.source};
    sources.insert(sources.end(), input.more.begin(), input.more.end());
    return make_all<MbufAccess>(parts, sources, [&input] { return MbufAccess(input.format); });
}

std::vector<std::unique_ptr<StageRunner>> make_stages(const StageParts& parts,
                                                      const FrameInput& input) {
    Source<wire::Frame>* const sources[] = {input.source};
    return make_all<MappedAccess>(parts, sources, [] { return MappedAccess(); });
}

int run_task(void* task) {
    const Task& t = *static_cast<Task*>(task);
    fine_timer();
    t.counters->clock.begin();
    t.stage->run();
    t.counters->clock.end();
    if (t.request_slot != nullptr) t.request_slot->close();
    t.done();
    return 0;
}

void order_broken(std::uint64_t burst) {
    std::fprintf(stderr, "lacuna: internal error: burst %" PRIu64 " came out of turn\n", burst);
    std::abort();
}

} // namespace lacuna::pipeline
