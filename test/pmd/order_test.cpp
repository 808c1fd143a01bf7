// Whatever the layout, the sizes of bursts and of rings: every SA is seen in arrival order, and the
// outcome is that of one thread taking the packets one after the other.
#include "catch.hpp"
#include "pipeline/pipeline.hpp"
#include "port/pool.hpp"
#include "sources.hpp"
#include "summaries.hpp"
#include "wire/decode.hpp"

using namespace lacuna;

namespace {

struct Outcome {
    std::map<std::string, test::Figures> rows;
    flow::Totals totals;
    std::uint64_t offered;
    std::uint64_t macsec;
    std::uint64_t ah;
};

const wire::HashKey kKey = wire::HashKey::fixed(7);

Outcome serial(const std::vector<test::Packet>& packets) {
    flow::FlowBudget budget(1 << 16);
    auto tracker = flow::Tracker::create({}, budget);
    REQUIRE(tracker);
    auto frames = std::make_unique<wire::FrameCounts>();
    std::vector<wire::Observation> obs(wire::kMaxRxObservations);
    for (const test::Packet& p : packets) {
        const wire::Frame f = test::as_frame(p);
        (*tracker)->track(obs.data(), wire::decode_burst(&f, 1, kKey, obs.data(), *frames));
    }
    (*tracker)->finish((*tracker)->latest());
    return Outcome{test::rows_of({tracker->get()}), (*tracker)->totals(), frames->offered,
                   frames->of(wire::FrameClass::macsec), frames->of(wire::FrameClass::ah)};
}

Outcome run(pipeline::PipelineConfig config, pipeline::Input input) {
    flow::FlowBudget budget(1 << 16);
    const std::atomic<bool> stop{false};
    config.key = kKey;
    auto pipe = pipeline::Pipeline::create(std::move(config), std::move(input), budget, stop);
    REQUIRE(pipe);
    REQUIRE((*pipe)->launch());
    REQUIRE((*pipe)->wait(std::chrono::seconds(120)));
    (*pipe)->finish();
    flow::Totals totals;
    for (const flow::Tracker* t : (*pipe)->trackers())
        totals += t->totals();
    const auto frames = (*pipe)->frame_counts();
    CHECK((*pipe)->frames_received() == frames->offered);
    return Outcome{test::rows_of((*pipe)->trackers()), totals, frames->offered,
                   frames->of(wire::FrameClass::macsec), frames->of(wire::FrameClass::ah)};
}

void check_equal(const Outcome& got, const Outcome& want) {
    CHECK(got.offered == want.offered);
    CHECK(got.macsec == want.macsec);
    CHECK(got.ah == want.ah);
    CHECK(got.totals.flows == want.totals.flows);
    CHECK(got.totals.received == want.totals.received);
    CHECK(got.totals.lost == want.totals.lost);
    CHECK(got.totals.late == 0);
    CHECK(got.totals.duplicates == 0);
    CHECK(got.totals.rekeys == want.totals.rekeys);
    CHECK(got.rows == want.rows);
}

pipeline::PipelineConfig config_of(const std::string& layout) {
    pipeline::PipelineConfig config;
    config.layout = *pipeline::parse_layout(layout, 2);
    return config;
}

} // namespace

TEST_CASE("order holds in every layout", "[pmd][order]") {
    std::random_device device;
    const std::uint64_t seed = device();
    CAPTURE(seed);
    const auto packets = test::ordered_traffic(40'000, 700, seed);
    const Outcome want = serial(packets);
    REQUIRE(want.totals.lost > 1000);
    REQUIRE(want.totals.late == 0);
    REQUIRE(want.ah > 1000);

    for (const char* layout :
         {"rtc:1", "pipeline:parse=1,work=1", "pipeline:parse=1,work=4", "pipeline:parse=2,work=2",
          "pipeline:parse=3,work=1", "pipeline:parse=3,work=4", "pipeline:parse=5,work=4"}) {
        DYNAMIC_SECTION(layout << ", frames by value") {
            test::FrameFeed feed(packets, seed);
            check_equal(run(config_of(layout), pipeline::FrameInput{&feed}), want);
        }
        DYNAMIC_SECTION(layout << ", packet buffers") {
            const auto config = config_of(layout);
            auto pool = port::make_pool(config);
            REQUIRE(pool);
            test::MbufFeed feed(packets, pool->pool.get(), pool->limit, seed);
            check_equal(run(config, pipeline::MbufInput{&feed, feed.format()}), want);
            CHECK(feed.starved() == 0);
            CHECK(rte_mempool_in_use_count(pool->pool.get()) == 0);
        }
    }
}

TEST_CASE("order holds with rings that are always full", "[pmd][order]") {
    std::random_device device;
    const std::uint64_t seed = device();
    CAPTURE(seed);
    const auto packets = test::ordered_traffic(8'000, 50, seed);
    auto config = config_of("pipeline:parse=3,work=3");
    config.parser_ring = 128;
    config.worker_ring = 1024;
    test::FrameFeed feed(packets, seed);
    check_equal(run(config, pipeline::FrameInput{&feed}), serial(packets));
}

TEST_CASE("a pool that is nearly empty makes RX wait and loses nothing", "[pmd][order]") {
    const auto packets = test::ordered_traffic(8'000, 50, 3);
    const auto config = config_of("pipeline:parse=2,work=2");
    // Frames of 64 and 98 octets in segments of 16: chains of up to seven buffers.
    constexpr std::size_t kSegment = 16;
    constexpr unsigned kBuffers = 1023;
    constexpr std::uint64_t kWorstBurst = wire::kRxBurst * 7;
    rte_mempool* pool = rte_pktmbuf_pool_create("starving", kBuffers, 0, 0, 2176, SOCKET_ID_ANY);
    REQUIRE(pool != nullptr);
    {
        test::MbufFeed feed(packets, pool, kBuffers - kWorstBurst, 5, kSegment);
        check_equal(run(config, pipeline::MbufInput{&feed, feed.format()}), serial(packets));
        CHECK(feed.starved() == 0);
        CHECK(feed.refused() > 0);
    }
    CHECK(rte_mempool_in_use_count(pool) == 0);
    rte_mempool_free(pool);
}

TEST_CASE("a layout with more lcores than EAL has is refused", "[pmd][layout]") {
    const std::vector<test::Packet> none;
    test::FrameFeed feed(none, 1);
    flow::FlowBudget budget(16);
    const std::atomic<bool> stop{false};
    const auto pipe = pipeline::Pipeline::create(config_of("pipeline:parse=5,work=5"),
                                                 pipeline::FrameInput{&feed}, budget, stop);
    REQUIRE_FALSE(pipe);
    CHECK(pipe.error().exit_code == 2);
    CHECK(pipe.error().what == "needs 11 lcores beside the main one, EAL has 10");
}
