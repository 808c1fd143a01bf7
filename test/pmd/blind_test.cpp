// A source that drops on purpose: its loss is told from the network's, in every layout.
#include "catch.hpp"
#include "pipeline/pipeline.hpp"
#include "sources.hpp"

#include <memory>

using namespace lacuna;

namespace {

constexpr std::uint64_t kFlows = 50;

/// Hands out packets, but loses stretches of them and says when.
class DroppingFeed final : public pipeline::Source<wire::Frame> {
public:
    DroppingFeed(const std::vector<test::Packet>& packets, std::uint64_t seed)
        : packets_(packets), random_(seed) {}

    std::size_t receive(wire::Frame* out, std::size_t max, pipeline::Credit&) override {
        if (next_ > 5000 && next_ + 5000 < packets_.size() && random_() % 40 == 0) drop();
        const std::size_t n = std::min(random_() % (max + 1), packets_.size() - next_);
        for (std::size_t i = 0; i < n; ++i)
            out[i] = test::as_frame(packets_[next_ + i]);
        next_ += n;
        return n;
    }
    bool take_drops(pipeline::Drops& out) override {
        out = drops_;
        drops_ = {};
        return out.frames != 0;
    }
    bool ended() const override { return next_ == packets_.size(); }
    std::uint64_t position() const override { return 0; }

    std::uint64_t dropped = 0;

private:
    void drop() {
        const std::uint64_t n = 1 + random_() % 500;
        drops_ = {packets_[next_].time, packets_[next_ + n - 1].time, n};
        dropped += n;
        next_ += n;
    }

    const std::vector<test::Packet>& packets_;
    std::mt19937_64 random_;
    pipeline::Drops drops_{};
    std::size_t next_ = 0;
};

/// Many channels in turn; `lose(number)` says which numbers the network lost.
template <typename Lose>
std::vector<test::Packet> traffic(std::size_t n, Lose lose) {
    std::vector<test::Packet> packets;
    std::vector<std::uint32_t> number(kFlows, 0);
    TimeNs time = 1'000'000'000;
    while (packets.size() < n) {
        const std::size_t flow = packets.size() % kFlows;
        do
            ++number[flow];
        while (lose(number[flow]));
        packets.push_back(
            test::macsec(0x0200000000010001 + (flow << 16), 0, number[flow], time += 1000));
    }
    return packets;
}

struct Outcome {
    flow::Totals totals;
    std::uint64_t offered;
    std::uint64_t dropped;
};

Outcome run(const std::string& layout, DroppingFeed& feed) {
    flow::FlowBudget budget(1 << 16);
    const std::atomic<bool> stop{false};
    pipeline::PipelineConfig config;
    config.layout = *pipeline::parse_layout(layout, 2);
    auto pipe =
        pipeline::Pipeline::create(std::move(config), pipeline::FrameInput{&feed}, budget, stop);
    REQUIRE(pipe);
    REQUIRE((*pipe)->launch());
    REQUIRE((*pipe)->wait(std::chrono::seconds(120)));
    (*pipe)->finish();
    flow::Totals totals;
    for (const flow::Tracker* t : (*pipe)->trackers())
        totals += t->totals();
    return {totals, (*pipe)->frame_counts()->offered, (*pipe)->frames_dropped()};
}

} // namespace

TEST_CASE("what the source drops is blind, wholly and only", "[pmd][blind]") {
    const auto packets = traffic(60'000, [](std::uint32_t) { return false; });
    for (const std::string layout :
         {"rtc:1", "pipeline:rx=1,parse=1,work=1", "pipeline:rx=1,parse=2,work=3"}) {
        DroppingFeed feed(packets, 11);
        const Outcome o = run(layout, feed);
        CAPTURE(layout);
        REQUIRE(feed.dropped > 1000);
        CHECK(o.dropped == feed.dropped);
        CHECK(o.offered + o.dropped == packets.size());
        CHECK(o.totals.lost == feed.dropped);
        CHECK(o.totals.lost_blind == feed.dropped);
    }
}

TEST_CASE("the network's loss beside it stays the network's", "[pmd][blind]") {
    // Every 37th number is lost on the way, whatever the source does.
    const auto packets = traffic(60'000, [](std::uint32_t n) { return n % 37 == 0; });
    std::uint64_t blind = 0;
    for (const std::string layout : {"rtc:1", "pipeline:rx=1,parse=3,work=2"}) {
        DroppingFeed feed(packets, 12);
        const Outcome o = run(layout, feed);
        CAPTURE(layout);
        CHECK(o.offered + o.dropped == packets.size());
        // All the source dropped is blind, and with it what was lost in the same runs.
        CHECK(o.totals.lost_blind >= feed.dropped);
        CHECK(o.totals.lost > o.totals.lost_blind);
        const std::uint64_t network = o.totals.lost - feed.dropped;
        CHECK(network > 1000);
        CHECK(o.totals.lost - o.totals.lost_blind > network / 2);
        if (blind == 0) blind = o.totals.lost_blind;
        CHECK(o.totals.lost_blind == blind); // the layout does not matter
    }
}
