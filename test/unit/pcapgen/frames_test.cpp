// Frames by the rules of their standards, runs by the promises of the command line.
#include "pcapgen/frames/layers.hpp"
#include "pcapgen/generator.hpp"
#include "pcapgen/options/options.hpp"
#include "pcapgen/options/scenario.hpp"
#include "pcapgen/truth/truth.hpp"

#include "catch.hpp"

#include <fmt/format.h>
#include <set>

using namespace lacuna;
using namespace lacuna::pcapgen;

namespace {

std::vector<std::uint8_t> build(const FlowPlan& plan, std::uint32_t size, std::uint32_t number,
                                bool exact = true, std::uint32_t icv = 16) {
    static const Noise noise(1);
    std::vector<std::uint8_t> header(kHeaderRoom);
    std::vector<std::uint8_t> frame(kLargestFrame + kBuildSlack);
    plan.kind->header(plan, header.data());
    FrameJob job{};
    job.header = header.data();
    job.network = network_offset(plan.tags);
    job.icv = icv;
    job.number = number;
    job.size = size;
    job.exact = exact;
    job.octets = noise.octets(0);
    job.text = noise.text(0);
    frame.resize(plan.kind->build(job, frame.data()));
    return frame;
}

Result<Invocation> parse(const std::string& line) {
    std::vector<std::string> words;
    for (std::size_t at = 0; at < line.size();) {
        const std::size_t end = std::min(line.find(' ', at), line.size());
        words.push_back(line.substr(at, end - at));
        at = end + 1;
    }
    return parse_command_line(words);
}

} // namespace

TEST_CASE("pcapgen: SL is the length of short secure data, else 0", "[pcapgen]") {
    PlanRules rules;
    const FlowPlan plan = kMacsec.plan(rules, 3);
    struct Case {
        std::uint32_t size;
        std::uint8_t sl;
    };
    for (const Case c : {Case{60, 16}, Case{91, 47}, Case{92, 0}, Case{1500, 0}}) {
        INFO(c.size);
        const auto frame = build(plan, c.size, 0x01020304);
        CHECK(frame.size() == c.size);
        CHECK(frame[15] == c.sl);
        CHECK(load_be16(&frame[12]) == 0x88E5);
        CHECK(frame[14] == (0x2C | plan.an));
        CHECK(load_be32(&frame[16]) == 0x01020304);
        CHECK(load_be64(&frame[20]) == plan.sci);
    }
}

TEST_CASE("pcapgen: an SA without SCI is an end station's port 1", "[pcapgen]") {
    PlanRules rules;
    rules.implicit_sci = kAlways;
    const FlowPlan plan = kMacsec.plan(rules, 5);
    const auto frame = build(plan, 64, 1);
    CHECK((frame[14] & 0xFC) == 0x4C);
    CHECK((plan.sci & 0xFFFF) == 1);
    CHECK((load_be64(&frame[4]) & 0xFFFFFFFFFFFF) == plan.sci >> 16); // the source MAC
}

TEST_CASE("pcapgen: what ESP encrypts ends on four octets", "[pcapgen]") {
    PlanRules rules;
    for (const Chance natt : {Chance{0}, kAlways})
        for (const Chance ipv6 : {Chance{0}, kAlways})
            for (std::uint32_t size = 110; size < 130; ++size) {
                rules.natt = natt;
                rules.ipv6 = ipv6;
                const FlowPlan plan = kIpsec.plan(rules, 9);
                INFO(plan.kind->name << ", " << size);
                const std::uint32_t ip = ipv6 != 0 ? 40 : 20;
                for (const bool exact : {true, false}) {
                    const auto frame = build(plan, size, 7, exact);
                    const std::uint32_t length =
                        ipv6 != 0 ? load_be16(&frame[18]) + 40u : load_be16(&frame[16]);
                    const std::uint32_t esp = 14 + ip + (natt != 0 ? 8 : 0);
                    CHECK((length + 14 - esp) % 4 == 0);
                    CHECK(frame.size() - 14 - length < 4);
                    CHECK((exact ? frame.size() == size : frame.size() == length + 14));
                    CHECK(load_be32(&frame[esp]) == plan.spi);
                    CHECK(load_be32(&frame[esp + 4]) == 7);
                }
            }
}

TEST_CASE("pcapgen: SAs are distinct, in the shares asked for", "[pcapgen]") {
    PlanRules rules;
    rules.ah = kAlways / 10;
    rules.natt = kAlways / 4;
    rules.ipv6 = kAlways / 2;
    std::set<std::string> ids;
    std::map<std::string, int> kinds;
    constexpr int kFlows = 10000;
    for (int i = 0; i < kFlows; ++i) {
        const FlowPlan plan = kIpsec.plan(rules, i);
        ids.insert(kIpsec.id(plan));
        ids.insert(kMacsec.id(kMacsec.plan(rules, i)));
        ids.insert(kIpsec.id(plan_flood(rules, kFlows + i)));
        ++kinds[plan.kind->name];
        CHECK(plan.spi >= 256);
    }
    CHECK(ids.size() == 3 * kFlows);
    const auto near = [](int found, int expected) { return std::abs(found - expected) <= 2; };
    CHECK(near(kinds["ah, ipv4"], 500));
    CHECK(near(kinds["ah, ipv6"], 500));
    CHECK(near(kinds["esp in udp, ipv4"], 1125));
    CHECK(near(kinds["esp, ipv6"], 3375));
}

TEST_CASE("pcapgen: text ids", "[pcapgen]") {
    FlowPlan plan = kIpsec.plan({}, 0);
    plan.spi = 0xABC;
    plan.destination = {10, 0, 0, 255};
    CHECK(kIpsec.id(plan) == "esp-00000abc-10.0.0.255");
    PlanRules v6;
    v6.ipv6 = kAlways;
    v6.ah = kAlways;
    plan = kIpsec.plan(v6, 0);
    plan.spi = 0x1000;
    plan.destination = {0x20, 0x01, 0x0D, 0xB8, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0xAB, 0xCD};
    CHECK(kIpsec.id(plan) == "ah-00001000-2001:db8:0:1::abcd");
    FlowPlan macsec;
    macsec.sci = 0x0200000000AB0001;
    macsec.an = 3;
    CHECK(kMacsec.id(macsec) == "macsec-0200000000ab0001-3");
}

TEST_CASE("pcapgen: a run has exactly the frames asked for and owes nothing", "[pcapgen]") {
    for (int packets = 2; packets < 60; ++packets) {
        INFO(packets);
        auto invocation = parse(fmt::format("--packets {} --flows 2 --output x --gap-rate 0.3 "
                                            "--reorder-rate 0.4 --duplicate-rate 0.3",
                                            packets));
        REQUIRE(invocation);
        const Options& options = *invocation->run;
        auto generator = Generator::create(options.traffic);
        REQUIRE(generator);
        auto writer = PcapWriter::create("/dev/null", false);
        REQUIRE(writer);
        (*generator)->run(*writer, nullptr);
        REQUIRE(writer->close());
        const TruthFrames frames = truth_frames(**generator);
        const TruthTotals totals = truth_totals(**generator);
        CHECK(frames.offered == static_cast<std::uint64_t>(packets));
        CHECK(totals.flows == 2);
        CHECK(writer->written() == 24 + 16 * frames.offered + frames.bytes);
        for (const SaState& sa : (*generator)->sas()) {
            CHECK(sa.owed == 0);
            if ((*generator)->kind(sa.kind).cls == Class::other) continue;
            // Every number sent is new or a repetition, every number between is sent or lost.
            CHECK(sa.received - sa.duplicates + sa.lost == sa.next - sa.first);
        }
    }
}

TEST_CASE("pcapgen: unusable and contradictory options are refused", "[pcapgen]") {
    const char* lines[] = {
        "",
        "--packets 10",
        "--packets 0 --output x",
        "--packets 10 --output -",
        "--packets 10 --output x --flows 11",
        "--packets 10 --output x --flows 1",
        "--packets 10 --output x --seed -1",
        "--packets 10 --output x --protocol tcp",
        "--packets 10 --output x --protocol macsec --ipsec-ratio 0.5",
        "--packets 10 --output x --macsec-ratio 0.7 --ipsec-ratio 0.7",
        "--packets 10 --output x --gap-size 65536",
        "--packets 10 --output x --gap-size 0",
        "--packets 10 --output x --gap-rate 0.5 --reorder-rate 0.6",
        "--packets 10 --output x --window 100",
        "--packets 10 --output x --window 64 --reorder-rate 0.1 --reorder-extent 64",
        "--packets 10 --output x --skew 64",
        "--packets 10 --output x --skew 0,4 --gap-rate 0.1",
        "--packets 10 --output x --burst-enter 0.1 --burst-leave 0",
        "--packets 10 --output x --rekey-every 5000 --restart-rate 0.1",
        "--packets 10 --output x --rekey-every 4095",
        "--packets 10 --output x --rekey-every 5000 --protocol ipsec",
        "--packets 10 --output x --flood-ratio 1",
        "--packets 10 --output x --vlan 4095",
        "--packets 10 --output x --popularity zipf",
        "--packets 10 --output x --scenario none-such",
        "--packets 10 --output x stray",
    };
    for (const char* line : lines) {
        INFO(line);
        auto invocation = parse(line);
        REQUIRE_FALSE(invocation);
        CHECK(invocation.error().exit_code == 2);
        CHECK_FALSE(invocation.error().text().empty());
        CHECK(invocation.error().text().find('\n') == std::string::npos);
    }
}

TEST_CASE("pcapgen: what is given beside a scenario wins", "[pcapgen]") {
    auto invocation = parse("--packets 77 --scenario wrap --output x --gap-rate 0");
    REQUIRE(invocation);
    const Traffic& traffic = invocation->run->traffic;
    CHECK(traffic.packets == 77);
    CHECK(traffic.impairments.gap == 0);
    CHECK(traffic.impairments.reorder != 0);
    CHECK(traffic.first_seq > 0xFFFF0000);
    for (const Scenario& scenario : builtin_scenarios()) {
        INFO(scenario.name);
        CHECK(scenario.text.starts_with("# "));
        CHECK(parse(fmt::format("--scenario {} --output x", scenario.name)));
    }
}
