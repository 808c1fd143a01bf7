// A store that takes nothing, because its disk has stopped: a live run goes on, its workers never
// wait, and what could not be handed over is counted to the last record.
#include "catch.hpp"
#include "pipeline/pipeline.hpp"
#include "sources.hpp"
#include "summaries.hpp"

using namespace lacuna;

namespace {

struct Outcome {
    std::map<std::string, test::Figures> rows;
    flow::Totals totals;
    std::uint64_t frames = 0;
    std::uint64_t waits = 0; ///< of all workers for the store
    std::uint64_t events_taken = 0;
    std::uint64_t events_lost = 0;
};

/// Nobody empties the mailboxes, which have room for `room` events each.
Outcome run(const std::vector<test::Packet>& packets, const std::string& layout, std::size_t room) {
    pipeline::PipelineConfig config;
    config.layout = *pipeline::parse_layout(layout, 2);
    config.key = wire::HashKey::fixed(7);
    config.tracker.events = true;
    config.when_full = flow::WhenFull::count;
    std::vector<std::unique_ptr<flow::Mailbox>> boxes;
    for (std::uint32_t i = 0; i < config.layout.trackers(); ++i) {
        boxes.push_back(std::make_unique<flow::Mailbox>(room));
        config.mailboxes.push_back(boxes.back().get());
    }
    flow::FlowBudget budget(1 << 16);
    const std::atomic<bool> stop{false};
    test::FrameFeed feed(packets, 5);
    auto pipe =
        pipeline::Pipeline::create(std::move(config), pipeline::FrameInput{&feed}, budget, stop);
    REQUIRE(pipe);
    REQUIRE((*pipe)->launch());
    REQUIRE((*pipe)->wait(std::chrono::seconds(120)));
    (*pipe)->finish();

    Outcome out;
    out.rows = test::rows_of((*pipe)->trackers());
    for (const flow::Tracker* t : (*pipe)->trackers())
        out.totals += t->totals();
    out.frames = (*pipe)->frame_counts()->offered;
    for (const auto& lcore : (*pipe)->counters())
        out.waits += lcore->store_waits.get();
    for (const auto& box : boxes) {
        std::vector<flow::Event> taken(room);
        out.events_taken += box->events.pop(taken.data(), taken.size());
        out.events_lost += box->events_lost.load();
    }
    return out;
}

} // namespace

TEST_CASE("a store that takes nothing does not slow a live run", "[pmd][store]") {
    const auto packets = test::ordered_traffic(20'000, 300, 11);
    for (const char* layout : {"rtc:1", "pipeline:parse=2,work=2"}) {
        DYNAMIC_SECTION(layout) {
            const Outcome roomy = run(packets, layout, 1 << 17);
            REQUIRE(roomy.events_taken > 1000);
            REQUIRE(roomy.events_lost == 0);
            const Outcome stuck = run(packets, layout, 64);
            CHECK(stuck.frames == packets.size());
            CHECK(stuck.waits == 0);
            CHECK(stuck.events_taken <= 64 * 2);
            CHECK(stuck.events_taken + stuck.events_lost == roomy.events_taken);
            CHECK(stuck.totals.lost == roomy.totals.lost);
            CHECK(stuck.rows == roomy.rows);
        }
    }
}
