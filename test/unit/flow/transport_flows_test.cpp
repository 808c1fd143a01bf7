// TCP and UDP conversations beside the secure associations (--l3-flows).
#include "catch.hpp"
#include "flow/tracker.hpp"
#include "support/frame_builder.hpp"
#include "wire/decode.hpp"
#include "wire/text/sa_text.hpp"

#include <map>
#include <memory>

using namespace lacuna;
using namespace lacuna::test;

namespace {

const wire::HashKey kKey = wire::HashKey::fixed(7);

/// The observations of one frame, as text.
std::vector<std::string> observe(const Bytes& octets,
                                 wire::Transport transport = wire::Transport::observe) {
    const wire::Frame f{octets.data(),
                        static_cast<std::uint32_t>(octets.size()),
                        static_cast<std::uint32_t>(octets.size()),
                        1000,
                        wire::LinkType::ethernet,
                        0,
                        0};
    const auto obs = std::make_unique<wire::Observation[]>(wire::kMaxObservations);
    const auto counts = std::make_unique<wire::FrameCounts>();
    const std::size_t n = wire::decode_burst(&f, 1, kKey, obs.get(), *counts, transport);
    std::vector<std::string> text;
    for (std::size_t i = 0; i < n; ++i)
        text.push_back(wire::is_numbered(obs[i].id.key.protocol) ? wire::sa_text(obs[i].id)
                                                                 : wire::transport_text(obs[i].id));
    return text;
}

wire::Observation conversation(std::uint32_t number, TimeNs time) {
    wire::Observation o;
    std::memset(static_cast<void*>(&o), 0, sizeof o);
    o.id.key.protocol = Protocol::udp;
    o.id.key.family = wire::Family::ipv4;
    o.id.key.multicast = 1;
    o.id.key.spi = number;
    o.time = time;
    o.bytes = 100;
    o.hash = wire::identity_hash(o.id, kKey);
    return o;
}

} // namespace

TEST_CASE("transport: what is observed of a frame", "[flow]") {
    const Bytes ports = be(40000, 2) + be(443, 2) + octets(16);
    using Texts = std::vector<std::string>;
    CHECK(observe(eth(0x0800, ipv4(6, ports))) == Texts{"tcp-10.0.0.1-40000-10.0.0.2-443"});
    CHECK(observe(eth(0x0800, ipv4(17, udp(53, 5353, octets(4)))))
          == Texts{"udp-10.0.0.1-53-10.0.0.2-5353"});
    CHECK(observe(eth(0x86DD, ipv6(17, udp(53, 5353, octets(4))))).size() == 1);
    CHECK(observe(eth(0x86DD, ipv6(17, udp(53, 5353, octets(4))))).front().substr(0, 4) == "udp-");
    // IKE and keepalives are UDP as well; ESP in UDP is an association and nothing else.
    CHECK(observe(eth(0x0800, ipv4(17, udp(500, 500, octets(28)))))
          == Texts{"udp-10.0.0.1-500-10.0.0.2-500"});
    CHECK(observe(eth(0x0800, ipv4(17, udp(4500, 4500, esp(0x1001, 9)))))
          == Texts{"esp-00001001-10.0.0.2"});
    CHECK(observe(eth(0x0800, ipv4(17, udp(4500, 4500, octets(5))))).empty()); // malformed ESP
    CHECK(observe(eth(0x0800, ipv4(6, octets(3)))).empty());                   // no ports
    CHECK(observe(eth(0x0800, ipv4(1, octets(8)))).empty());
    CHECK(observe(eth(0x0800, ipv4(6, ports, {.fragment = 5}))).empty());
    CHECK(observe(eth(0x0800, ipv4(6, ports)), wire::Transport::count).empty());
}

TEST_CASE("transport: packets and octets per conversation, apart from the associations", "[flow]") {
    flow::FlowBudget budget(8);
    flow::TrackerConfig config;
    config.max_flows = 8;
    config.max_transport_flows = 64;
    auto tracker = flow::Tracker::create(config, budget);
    REQUIRE(tracker);
    for (std::uint32_t i = 0; i < 300; ++i) {
        const wire::Observation o = conversation(i % 3, 1000 + i);
        (*tracker)->track(&o, 1);
    }
    CHECK((*tracker)->counters().rows == 0);
    CHECK((*tracker)->totals().received == 0);
    const flow::TransportFlows& flows = *(*tracker)->transport();
    REQUIRE(flows.rows() == 3);
    for (flow::Row row = 0; row < flows.limit(); ++row) {
        const flow::TransportSummary s = flows.summary(row);
        CHECK(s.packets == 100);
        CHECK(s.bytes == 10'000);
        CHECK(s.last_time - s.first_time == 297);
    }
}

TEST_CASE("transport: a full table pushes out the longest idle of a sample", "[flow]") {
    flow::FlowBudget budget(8);
    flow::TrackerConfig config;
    config.max_flows = 8;
    config.max_transport_flows = 8;
    auto tracker = flow::Tracker::create(config, budget);
    REQUIRE(tracker);
    for (std::uint32_t i = 0; i < 8; ++i) {
        const wire::Observation o = conversation(i, 1000 + i);
        (*tracker)->track(&o, 1);
    }
    const wire::Observation again = conversation(0, 2000); // now 1 is the longest idle
    (*tracker)->track(&again, 1);
    const wire::Observation fresh = conversation(99, 3000);
    (*tracker)->track(&fresh, 1);

    const flow::TransportFlows& flows = *(*tracker)->transport();
    CHECK(flows.rows() == 8);
    CHECK(flows.pushed_out() == 1);
    std::map<std::uint32_t, std::uint64_t> packets;
    for (flow::Row row = 0; row < flows.limit(); ++row)
        if (flows.used(row)) packets[flows.summary(row).id.key.spi] = flows.summary(row).packets;
    CHECK(packets.count(1) == 0);
    CHECK(packets[0] == 2);
    CHECK(packets[99] == 1);
}
