// Generated traffic through every layout: what comes out is exactly what was made.
#include "catch.hpp"
#include "pipeline/pipeline.hpp"
#include "pipeline/source/generated_source.hpp"
#include "port/pool.hpp"
#include "wire/decode.hpp"

#include <set>

using namespace lacuna;
using pipeline::GeneratedTraffic;

namespace {

struct Outcome {
    flow::Totals totals;
    std::unique_ptr<wire::FrameCounts> frames;
};

pipeline::PipelineConfig config_of(const std::string& layout) {
    pipeline::PipelineConfig config;
    config.layout = *pipeline::parse_layout(layout, 2);
    return config;
}

Outcome run(pipeline::PipelineConfig config, pipeline::Input input) {
    flow::FlowBudget budget(config.tracker.max_flows);
    const std::atomic<bool> stop{false};
    auto pipe = pipeline::Pipeline::create(std::move(config), std::move(input), budget, stop);
    REQUIRE(pipe);
    REQUIRE((*pipe)->launch());
    REQUIRE((*pipe)->wait(std::chrono::seconds(120)));
    (*pipe)->finish();
    Outcome out{{}, (*pipe)->frame_counts()};
    for (const flow::Tracker* t : (*pipe)->trackers())
        out.totals += t->totals();
    return out;
}

/// Every frame recognised, every association found, and not one number missing or out of order.
void check_whole(const Outcome& got, const GeneratedTraffic& made) {
    using wire::FrameClass;
    CHECK(got.frames->offered == made.packets);
    CHECK(got.frames->of(FrameClass::macsec) + got.frames->of(FrameClass::esp) == made.packets);
    CHECK(got.totals.received == made.packets);
    CHECK(got.totals.flows == std::min(made.flows, made.packets));
    CHECK(got.totals.lost == 0);
    CHECK(got.totals.late == 0);
    CHECK(got.totals.duplicates == 0);
    CHECK(got.totals.restarts == 0);
    CHECK(got.totals.outliers == 0);
    switch (made.mix) {
    case GeneratedTraffic::Mix::macsec:
        CHECK(got.frames->of(FrameClass::esp) == 0);
        break;
    case GeneratedTraffic::Mix::esp:
        CHECK(got.frames->of(FrameClass::macsec) == 0);
        break;
    case GeneratedTraffic::Mix::mixed:
        CHECK(got.frames->of(FrameClass::macsec) > 0);
        CHECK(got.frames->of(FrameClass::esp) > 0);
        break;
    }
    if (made.size != GeneratedTraffic::kImix) CHECK(got.frames->bytes == made.packets * made.size);
    if (made.size == GeneratedTraffic::kImix && made.packets % 12 == 0)
        CHECK(got.frames->bytes == made.packets / 12 * (7 * 64 + 4 * 594 + 1514));
}

const GeneratedTraffic kTraffics[] = {
    {120'000, 1, GeneratedTraffic::Mix::macsec, 64, true},
    {120'000, 2, GeneratedTraffic::Mix::mixed, 512, true},
    {120'000, 997, GeneratedTraffic::Mix::mixed, GeneratedTraffic::kImix, true},
    {120'000, 1000, GeneratedTraffic::Mix::esp, 1518, false},
    {100'001, 50'000, GeneratedTraffic::Mix::macsec, 64, true},
    {10, 100'000, GeneratedTraffic::Mix::esp, 64, true},
};

} // namespace

TEST_CASE("generated traffic arrives whole in every layout", "[pmd][generated]") {
    for (const GeneratedTraffic& made : kTraffics) {
        for (const char* layout : {"rtc:1", "pipeline:parse=1,work=1", "pipeline:parse=2,work=3"}) {
            DYNAMIC_SECTION(made.packets << " packets, " << made.flows << " flows, " << layout
                                         << ", frames by value") {
                pipeline::GeneratedFrames source(made);
                REQUIRE(source.ready());
                check_whole(run(config_of(layout), pipeline::FrameInput{&source}), made);
            }
            DYNAMIC_SECTION(made.packets << " packets, " << made.flows << " flows, " << layout
                                         << ", packet buffers") {
                const auto config = config_of(layout);
                auto pool = port::make_pool(config);
                REQUIRE(pool);
                {
                    pipeline::GeneratedBuffers source(made, pool->pool.get(), pool->limit);
                    REQUIRE(source.ready());
                    check_whole(run(config, pipeline::MbufInput{&source, source.format()}), made);
                }
                CHECK(rte_mempool_in_use_count(pool->pool.get()) == 0);
            }
        }
    }
}

TEST_CASE("no generated frame is like another, and rounds differ in their order", "[generated]") {
    const GeneratedTraffic made{3000, 1000, GeneratedTraffic::Mix::mixed, 64, true};
    pipeline::FrameFactory factory(made);
    std::set<std::string> seen;
    std::vector<std::string> identities;
    while (!factory.done()) {
        std::uint8_t octets[pipeline::FrameFactory::kHeader];
        CHECK(factory.next(octets) == 64);
        std::string frame(std::begin(octets), std::end(octets));
        seen.insert(frame);
        // The numbers blanked out: PN of MACsec, sequence of ESP.
        frame.replace(octets[12] == 0x88 ? 16 : 38, 4, "????");
        identities.push_back(frame);
    }
    CHECK(seen.size() == made.packets);
    const auto round = [&identities](std::size_t n) {
        const auto begin = identities.begin() + static_cast<std::ptrdiff_t>(n * 1000);
        return std::vector<std::string>(begin, begin + 1000);
    };
    CHECK(round(0) != round(1));
    CHECK(round(1) != round(2));
    for (std::size_t n = 0; n < 3; ++n) {
        const auto r = round(n);
        CHECK(std::set<std::string>(r.begin(), r.end()).size() == 1000);
    }
}
