// Streams whose header proves nothing: when they are believed, and what is counted of them.
#include "catch.hpp"
#include "flow/figures/run_figures.hpp"
#include "flow/tracker.hpp"
#include "support/frame_builder.hpp"
#include "wire/decode.hpp"
#include "wire/text/sa_text.hpp"

#include <memory>

using namespace lacuna;
using namespace lacuna::test;

namespace {

const wire::HashKey kKey = wire::HashKey::fixed(7);

/// A decoder and a tracker; RTP packets 20 ms apart.
struct Run {
    std::unique_ptr<wire::FrameCounts> counts = std::make_unique<wire::FrameCounts>();
    flow::FlowBudget budget{1000};
    std::unique_ptr<flow::Tracker> tracker;
    TimeNs time = 1'000'000'000;

    explicit Run(flow::TrackerConfig config = {}) {
        config.max_flows = 1000;
        tracker = std::move(*flow::Tracker::create(config, budget));
    }
    void datagram(const Bytes& payload) {
        const Bytes octets = eth(0x0800, ipv4(17, udp(20000, 20002, payload)));
        const auto size = static_cast<std::uint32_t>(octets.size());
        time += 20'000'000;
        const wire::Frame f{octets.data(), size, size, time, wire::LinkType::ethernet, 0, 0};
        wire::Decoding how;
        how.trials = true;
        how.counters = wire::bit_of(Protocol::rtp);
        const auto obs = std::make_unique<wire::Observation[]>(wire::kMaxObservations);
        tracker->track(obs.get(), wire::decode_burst(&f, 1, kKey, obs.get(), *counts, how));
    }
    void rtp(unsigned number, unsigned source = 0xABCD) {
        datagram(be(0x8000, 2) + be(number & 0xFFFF, 2) + be(160 * number, 4) + be(source, 4)
                 + octets(20));
    }
    flow::Totals of(Protocol p) const { return tracker->sums().of(p); }
    flow::RunFigures figures() const {
        flow::RunFigures f;
        f.table = tracker->counters();
        f.end(*counts);
        return f;
    }
};

std::uint64_t frames_of(const Run& run, Protocol p) {
    return run.figures().frames.of(wire::class_of(p));
}

} // namespace

TEST_CASE("stream trials: a stream counts from its first packet on once it is believed", "[flow]") {
    Run run;
    for (unsigned i = 0; i < 7; ++i)
        run.rtp(65520 + 2 * i); // every second one is missing
    CHECK(run.of(Protocol::rtp).flows == 0);
    CHECK(frames_of(run, Protocol::rtp) == 0);
    CHECK(run.figures().frames.of(wire::FrameClass::other) == 7);
    for (unsigned i = 13; i < 25; ++i)
        run.rtp(65520 + i);
    const flow::Totals sums = run.of(Protocol::rtp);
    CHECK(sums.flows == 1);
    CHECK(sums.received == 19);
    CHECK(sums.lost == 6);
    CHECK(frames_of(run, Protocol::rtp) == 19);
    CHECK(run.figures().frames.of(wire::FrameClass::other) == 0);
    CHECK(run.figures().frames.other_kinds.empty());
    CHECK(run.figures().frames.accounted());
}

TEST_CASE("stream trials: three numbers in a row prove RTP, and nothing else", "[flow]") {
    Run run;
    for (const unsigned number : {65534u, 65535u, 65537u, 65538u}) // no three in a row
        run.rtp(number);
    CHECK(run.of(Protocol::rtp).flows == 0);
    run.rtp(65539);
    CHECK(run.of(Protocol::rtp).received == 5);
    CHECK(run.of(Protocol::rtp).lost == 1);
    for (unsigned i = 1; i <= 7; ++i)
        run.datagram(be(0x48000003, 4) + be(i, 4) + octets(24));
    CHECK(run.tracker->totals().flows == 0);
}

TEST_CASE("stream trials: late packets and repetitions wait with the others", "[flow]") {
    Run run;
    for (const unsigned number : {1u, 2u, 4u, 3u, 5u, 5u, 6u, 7u, 8u, 9u})
        run.rtp(number);
    const flow::Totals sums = run.of(Protocol::rtp);
    CHECK(sums.received == 10);
    CHECK(sums.late == 1);
    CHECK(sums.duplicates == 1);
    CHECK(sums.lost == 0);
}

TEST_CASE("stream trials: what does not count up is never believed", "[flow]") {
    Run run;
    for (unsigned i = 0; i < 200; ++i)
        run.rtp(i * 7919); // jumps
    for (unsigned i = 0; i < 200; ++i)
        run.rtp(5, 0x1111); // stands still
    for (unsigned i = 0; i < 20; ++i) {
        run.rtp(i, 0x2222); // too seldom
        run.time += 3'000'000'000;
    }
    CHECK(run.of(Protocol::rtp).flows == 0);
    CHECK(run.figures().frames.of(wire::FrameClass::other) == 420);
}

TEST_CASE("stream trials: Nebula and OpenVPN on ports of their own", "[flow]") {
    Run run;
    for (unsigned i = 1; i <= 9; ++i)
        run.datagram(be(0x48000003, 4) + be(i, 4) + octets(24));
    for (unsigned i = 1; i <= 9; ++i)
        run.datagram(be(0x11000000, 4) + be(0x77, 4) + be(i, 8) + octets(24));
    CHECK(run.tracker->totals().flows == 2);
    CHECK(run.tracker->totals().received == 18);
    CHECK(frames_of(run, Protocol::openvpn) == 9);
    CHECK(frames_of(run, Protocol::nebula) == 9);
}

TEST_CASE("stream trials: a flood of invented streams costs bounded memory", "[flow]") {
    Run run;
    for (unsigned i = 0; i < 20'000; ++i)
        run.rtp(1, i);
    CHECK(run.of(Protocol::rtp).flows == 0);
    for (unsigned i = 0; i < 8; ++i)
        run.rtp(100 + i);
    CHECK(run.of(Protocol::rtp).received == 8);
}

TEST_CASE("stream trials: a datagram of several records counts them all", "[flow]") {
    Run run;
    wire::Observation o;
    std::memset(static_cast<void*>(&o), 0, sizeof o);
    o.id.key.protocol = Protocol::netflow5;
    o.id.key.family = wire::Family::ipv4;
    o.id.key.addr[0] = 10;
    o.hash = wire::identity_hash(o.id, kKey);
    o.bytes = 200;
    o.flags = wire::kRun;
    for (const std::uint64_t first : {10, 13, 19}) { // 16 to 18 are missing
        o.time += 1'000'000;
        o.seq = std::uint64_t{3} << 32 | first;
        run.tracker->track(&o, 1);
    }
    const flow::Totals sums = run.of(Protocol::netflow5);
    CHECK(sums.received == 9);
    CHECK(sums.lost == 3);
    CHECK(sums.gaps == 1);
    CHECK(sums.bytes == 600);
}
