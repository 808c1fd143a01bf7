#include "analyze/team.hpp"

#include "base/backoff.hpp"
#include "flow/outbox.hpp"

#include <algorithm>
#include <thread>

namespace lacuna::analyze {
namespace {

/// Bursts the members may be apart: they share what one of them brought into the cache.
constexpr std::uint64_t kLease = 1024;
/// Bursts after which others see how many frames there were.
constexpr std::uint64_t kShowEvery = 16;
/// How long a pipe is waited for before somebody who asks is answered, and how much is done for
/// them then: rows.
constexpr std::chrono::milliseconds kPatience{5};
constexpr std::size_t kWithoutPackets = 1u << 17;
constexpr std::uint64_t kAll = ~std::uint64_t{0};

} // namespace

/// How far the members may go. The first member leads: it alone moves the limit, and never past a
/// burst another one could already be beyond, so that all can stop at the same one.
struct Team::Pace {
    alignas(kCacheLine) std::atomic<std::uint64_t> limit{0}; ///< bursts; written by the leader
    std::atomic<bool> stopped{false};                        ///< the limit is final

    struct alignas(kCacheLine) Done {
        std::atomic<std::uint64_t> bursts{0}; ///< written by its member, a lease at a time
    };
    std::vector<Done> done;

    explicit Pace(std::size_t members) : done(members) {}
};

/// What one thread uses; nobody else does while it runs.
struct Team::Member {
    wire::Shard shard;
    wire::HashKey key{};
    wire::Decoding decoding;
    std::unique_ptr<flow::Tracker> tracker;
    std::unique_ptr<flow::RequestSlot> request_slot;
    flow::LcoreCounters* shown = nullptr; ///< to others; of the first member only
    flow::Outbox outbox{nullptr, flow::WhenFull::wait};
    flow::LcoreCounters counters; ///< of what it does itself
    Readers* readers = nullptr;
    std::unique_ptr<wire::FrameCounts> counts = std::make_unique<wire::FrameCounts>();
    std::unique_ptr<wire::Observation[]> observations =
        std::make_unique<wire::Observation[]>(wire::kMaxObservations);

    void track(std::size_t made, TimeNs now) {
        tracker->track(observations.get(), made, now);
        outbox.flush(*tracker, counters);
        request_slot->serve(flow::RequestSlot::kBetweenBursts);
    }

    /// Reads on while `may_go_on(burst)` says so.
    template <typename MayGoOn>
    void read(MayGoOn&& may_go_on) {
        const wire::DecodeInto into{&key, counts.get(), decoding, shard};
        std::uint64_t burst = 0;
        for (const auto& reader : *readers) {
            reader->set_patience(kPatience);
            for (;;) {
                if (!may_go_on(burst, *reader)) return;
                const auto [n, made] = reader->decode(into, observations.get());
                if (n == 0) {
                    if (!reader->end().interrupted) break;
                    // A pipe without packets: there is time for questions. The watch decides.
                    request_slot->serve(kWithoutPackets);
                    continue;
                }
                for (Drops lost; reader->take_drops(lost);)
                    [[unlikely]] tracker->report_drops(lost);
                track(made, reader->clock());
                ++burst;
                if (shown != nullptr && (burst % kShowEvery == 0 || n < wire::kBurst))
                    shown->show(*counts);
            }
        }
    }
};

Team::Team() = default;
Team::~Team() = default;

Result<std::unique_ptr<Team>> Team::create(const Setup& setup, flow::FlowBudget& budget,
                                           std::vector<Readers>& readers,
                                           const std::vector<flow::Mailbox*>& boxes) {
    auto team = std::unique_ptr<Team>(new Team());
    team->pace_ = std::make_unique<Pace>(readers.size());
    const wire::HashKey key = wire::HashKey::random();
    flow::TrackerConfig share = setup.tracker;
    share.record_memory /= readers.size();
    for (const Readers& stream : readers)
        for (const auto& reader : stream)
            reader->set_clock_tolerance(setup.tracker.clock_tolerance);
    for (std::size_t i = 0; i < readers.size(); ++i) {
        auto member = std::make_unique<Member>();
        auto tracker = flow::Tracker::create(share, budget);
        if (!tracker) return tracker.error();
        member->tracker = std::move(*tracker);
        member->request_slot = std::make_unique<flow::RequestSlot>(*member->tracker);
        if (i == 0) member->shown = &team->frames_;
        member->shard = {static_cast<std::uint32_t>(i), static_cast<std::uint32_t>(readers.size())};
        member->key = key;
        member->decoding = setup.decoding;
        member->counts->asked = setup.decoding.counters;
        member->outbox = {boxes.empty() ? nullptr : boxes[i], flow::WhenFull::wait};
        member->readers = &readers[i];
        team->members_.push_back(std::move(member));
    }
    return team;
}

void Team::run(const Watch& watch) {
    Pace& pace = *pace_;
    const auto follow = [&pace](std::size_t me) {
        return [&pace, me](std::uint64_t burst, const capture::Reader&) {
            if (burst % kLease != 0) [[likely]]
                return true;
            pace.done[me].bursts.store(burst, std::memory_order_release);
            Backoff backoff;
            for (;;) {
                // In this order: a limit that is final is seen whole.
                const bool last = pace.stopped.load(std::memory_order_acquire);
                if (burst < pace.limit.load(std::memory_order_acquire)) return true;
                if (last) return false;
                backoff.wait();
            }
        };
    };
    std::vector<std::thread> threads;
    for (std::size_t i = 1; i < members_.size(); ++i)
        threads.emplace_back([this, &follow, &pace, i] {
            fine_timer();
            members_[i]->read(follow(i));
            pace.done[i].bursts.store(kAll, std::memory_order_release);
        });

    Member& leader = *members_.front();
    std::uint64_t before = 0; // octets of the readers that are done
    const capture::Reader* current = nullptr;
    leader.read([&](std::uint64_t burst, const capture::Reader& reader) {
        if (current != nullptr && current != &reader) before += current->position();
        current = &reader;
        if (burst % kLease != 0 && reader.info().size != 0) [[likely]]
            return true;
        if (!watch(before + reader.position(), leader.counts->offered)) return false;
        if (burst % kLease != 0) return true;
        Backoff backoff;
        for (std::size_t i = 1; i < members_.size(); ++i)
            while (pace.done[i].bursts.load(std::memory_order_acquire)
                   < burst - std::min(burst, kLease))
                backoff.wait();
        pace.limit.store(burst + kLease, std::memory_order_release);
        return true;
    });
    // With others the watch is asked at limits only, where all can stop; the end of the stream they
    // find themselves.
    pace.stopped.store(true, std::memory_order_release);
    for (std::thread& t : threads)
        t.join();

    frames_.show(*leader.counts);
    TimeNs latest = leader.tracker->latest();
    for (const auto& member : members_)
        latest = std::max(latest, member->tracker->latest());
    for (const auto& member : members_) {
        member->request_slot->close();
        member->request_slot->exclusively([&] { member->tracker->finish(latest); });
        member->outbox.flush(*member->tracker, member->counters);
    }
}

flow::Workers Team::workers() const {
    flow::Workers w;
    for (const auto& member : members_)
        w.request_slots.push_back(member->request_slot.get());
    w.lcores.push_back(&frames_);
    return w;
}

std::vector<const flow::Tracker*> Team::shards() const {
    std::vector<const flow::Tracker*> list;
    for (const auto& member : members_)
        list.push_back(member->tracker.get());
    return list;
}

std::unique_ptr<wire::FrameCounts> Team::release_counts() {
    return std::move(members_.front()->counts);
}

} // namespace lacuna::analyze
