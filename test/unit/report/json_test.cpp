// The JSON document of a run, parsed back: names, types and values of the published schema.
#include "catch.hpp"
#include "support/report_run.hpp"

using namespace lacuna;
using namespace lacuna::test;
using Json = nlohmann::json;

namespace {

constexpr const char* kChannel0 = "macsec-0200000000010001-0";
constexpr const char* kChannel1 = "macsec-0200000000010001-1";
constexpr const char* kEsp = "esp-0000c0de-192.0.2.1";
constexpr const char* kAh = "ah-00000100-2001:db8::1";

/// 3 and 4 lost, 7 late by two, 9 twice, 12 lost; and a rekey of the channel.
Run known_run(std::size_t shards = 1) {
    std::vector<Numbered> p;
    TimeNs at = 0;
    for (const std::uint32_t n : {1u, 2u, 5u, 6u, 8u, 9u, 7u, 9u, 10u, 11u, 13u})
        p.push_back({kEsp, n, at += 1'000'000, 150});
    append_run(p, kChannel0, 1, 100, 20'000'000);
    append_run(p, kChannel1, 500, 600, 30'000'000);
    append_run(p, kAh, 7, 9, 40'000'000);
    return Run(p, shards);
}

const Json& flow_of(const Json& document, const char* id) {
    for (const Json& flow : document.at("flows"))
        if (flow.at("id") == id) return flow;
    throw std::runtime_error(std::string("no flow ") + id);
}

void check_types(const Json& object, const std::vector<const char*>& numbers) {
    for (const char* name : numbers) {
        CAPTURE(name);
        REQUIRE(object.contains(name));
        CHECK(object.at(name).is_number());
    }
}

} // namespace

TEST_CASE("report JSON: every published name, with its type") {
    const Json d = parse_strictly(known_run().json());
    REQUIRE(d.is_object());
    CHECK(d.at("schema") == "lacuna.report/1");
    CHECK(d.at("input").is_array());
    check_types(d.at("packets"),
                {"offered", "macsec", "esp", "ah", "other", "malformed", "dropped"});
    CHECK(d.at("other").is_object());
    CHECK(d.at("bytes").is_number_unsigned());
    check_types(d.at("totals"),
                {"flows", "received", "bytes", "lost", "lost_blind", "gaps", "duplicates", "late",
                 "too_old", "before_first", "outliers", "restarts", "rekeys"});
    check_types(d.at("timing"),
                {"wall_s", "process_s", "packets_per_s", "ns_per_packet", "mbit_per_s"});
    check_types(d.at("probe"), {"rx_missed", "rx_nombuf", "ring_full", "table_full"});
    CHECK(d.at("truncated_input") == false);
    CHECK(d.at("rekeys").is_array());
    CHECK(d.at("exhaustion").is_array());
    CHECK(d.at("replay_window").at("dropped_at").is_object());
    CHECK_FALSE(d.contains("gaps"));
    CHECK_FALSE(d.contains("flows_truncated"));
    for (const char* name : {"loss_periods", "loss_distances", "late_extents", "too_old_extents"})
        CHECK(d.at("totals").at(name).is_object());

    REQUIRE(d.at("flows").size() == 4);
    for (const Json& flow : d.at("flows")) {
        CAPTURE(flow.at("id"));
        check_types(flow, {"received",
                           "bytes",
                           "first",
                           "highest",
                           "first_ext",
                           "highest_ext",
                           "lost",
                           "lost_blind",
                           "gaps",
                           "max_gap",
                           "duplicates",
                           "late",
                           "max_late_extent",
                           "too_old",
                           "before_first",
                           "outliers",
                           "restarts",
                           "min_interarrival_ns",
                           "mean_interarrival_ns",
                           "max_interarrival_ns"});
        for (const char* name : {"id", "protocol", "first_time", "last_time"})
            CHECK(flow.at(name).is_string());
        for (const char* name :
             {"loss_periods", "loss_distances", "late_extents", "too_old_extents", "exhaustion"})
            CHECK(flow.at(name).is_object());
        CHECK(flow.at("replay_window").contains("needed"));
        CHECK_FALSE(flow.contains("sci_assumed"));
    }
}

TEST_CASE("report JSON: the figures of an SA") {
    const Json d = parse_strictly(known_run().json());
    const Json& esp = flow_of(d, kEsp);
    const Json expected = {{"protocol", "esp"},
                           {"received", 11},
                           {"bytes", 1650},
                           {"first", 1},
                           {"highest", 13},
                           {"first_ext", 1},
                           {"highest_ext", 13},
                           {"lost", 3},
                           {"lost_blind", 0},
                           {"gaps", 2},
                           {"max_gap", 2},
                           {"duplicates", 1},
                           {"late", 1},
                           {"max_late_extent", 2},
                           {"too_old", 0},
                           {"before_first", 0},
                           {"outliers", 0},
                           {"restarts", 0},
                           {"first_time", "2024-01-01T00:00:00.001000000Z"},
                           {"last_time", "2024-01-01T00:00:00.011000000Z"},
                           {"min_interarrival_ns", 1000000},
                           {"mean_interarrival_ns", 1000000},
                           {"max_interarrival_ns", 1000000},
                           {"loss_periods", {{"1", 1}, {"2", 1}}},
                           {"late_extents", {{"2", 1}}},
                           {"too_old_extents", Json::object()}};
    for (const auto& [name, value] : expected.items()) {
        CAPTURE(name);
        CHECK(esp.at(name) == value);
    }
    CHECK(esp.at("loss_distances") == Json{{"8", 1}}); // from 4 to 12
    CHECK(esp.at("reordering_ratio").get<double>() == Approx(0.1));
    CHECK(esp.at("rate_pps").get<double>() == Approx(1000));
    CHECK(flow_of(d, kAh).at("protocol") == "ah");
    CHECK(flow_of(d, kChannel1).at("first") == 500);
}

TEST_CASE("report JSON: what is offered is accounted for, dropped frames included") {
    Run run = known_run();
    wire::FrameCounts& f = *run.frames;
    f.offered += 5;
    f.cls[static_cast<std::size_t>(wire::FrameClass::other)] = 3;
    f.cls[static_cast<std::size_t>(wire::FrameClass::malformed)] = 2;
    f.ethertype[0x0806] = 2;
    f.role[static_cast<std::size_t>(wire::Role::ike)] = 1;
    run.report.figures.frames.dropped = 4;
    const Json d = parse_strictly(run.json());
    const Json& p = d.at("packets");
    CHECK(p
          == Json{{"offered", 224},
                  {"macsec", 201},
                  {"esp", 11},
                  {"ah", 3},
                  {"other", 3},
                  {"malformed", 2},
                  {"dropped", 4}});
    std::uint64_t sum = 0;
    for (const auto& [name, count] : p.items())
        if (name != "offered") sum += count.get<std::uint64_t>();
    CHECK(sum == p.at("offered"));
    CHECK(d.at("other") == Json{{"arp", 2}, {"ike", 1}});
}

TEST_CASE("report JSON: totals are the sums of the flows, rekeys those of the channels") {
    const Json d = parse_strictly(known_run().json());
    const Json& t = d.at("totals");
    for (const char* name :
         {"received", "bytes", "lost", "gaps", "duplicates", "late", "too_old"}) {
        std::uint64_t sum = 0;
        for (const Json& flow : d.at("flows"))
            sum += flow.at(name).get<std::uint64_t>();
        CAPTURE(name);
        CHECK(t.at(name) == sum);
    }
    CHECK(t.at("flows") == 4);
    CHECK(t.at("rekeys") == 1);
    CHECK(d.at("rekeys") == Json::parse(R"([{"sci":"0200000000010001","count":1}])"));
}

TEST_CASE("report JSON: replay windows") {
    std::vector<Numbered> p;
    append_run(p, kEsp, 1, 99, 0);
    append_run(p, kEsp, 101, 200, 100'000);
    p.push_back({kEsp, 100, 300'000}); // extent 100
    append_run(p, kChannel0, 1, 50, 0);
    append_run(p, kChannel0, 52, 52, 100'000);
    p.push_back({kChannel0, 51, 300'000}); // extent 1
    const Json d = parse_strictly(Run(p).json());

    const Json& esp = flow_of(d, kEsp).at("replay_window");
    CHECK(esp.at("needed") == 128);
    CHECK(esp.at("dropped_at").at("32") == 1);
    CHECK(esp.at("dropped_at").at("64") == 1);
    CHECK(esp.at("dropped_at").at("128") == 0);
    CHECK(esp.at("dropped_at").at("65536") == 0);
    CHECK(esp.at("dropped_at").size() == 12);
    CHECK_FALSE(esp.at("dropped_at").contains("0"));

    const Json& macsec = flow_of(d, kChannel0).at("replay_window");
    CHECK(macsec.at("needed") == 32);
    CHECK(macsec.at("dropped_at").at("0") == 1); // strict order, which MACsec can ask for
    CHECK(macsec.at("dropped_at").at("32") == 0);

    const Json& all = d.at("replay_window");
    CHECK(all.at("needed") == 128);
    CHECK(all.at("dropped_at").at("0") == 1); // of MACsec packets alone
    CHECK(all.at("dropped_at").at("64") == 1);
}

TEST_CASE("report JSON: what came too late to tell is an upper bound, and no more") {
    std::vector<Numbered> p;
    append_run(p, kEsp, 1, 2, 0);
    append_run(p, kEsp, 60'000, 60'001, 100'000);
    append_run(p, kEsp, 120'000, 120'001, 200'000);
    p.push_back({kEsp, 3, 300'000}); // extent 119,998, beyond every memory
    append_run(p, kAh, 1, 9, 0);
    const Json d = parse_strictly(Run(p).json());
    const Json& esp = flow_of(d, kEsp).at("replay_window");
    CHECK(esp.at("needed") == 0);
    CHECK(esp.at("dropped_at").at("32") == 0);
    CHECK(esp.at("dropped_at_most").at("65536") == 1);
    CHECK_FALSE(esp.at("dropped_at_most").contains("0"));
    CHECK_FALSE(flow_of(d, kAh).at("replay_window").contains("dropped_at_most"));
    CHECK(flow_of(d, kEsp).at("too_old") == 1);
    CHECK(flow_of(d, kAh).at("replay_window").at("needed") == 0);
    CHECK(d.at("replay_window").at("needed") == 0);
    CHECK(d.at("replay_window").at("dropped_at_most").at("64") == 1);
}

TEST_CASE("report JSON: exhaustion of 32-bit numbers") {
    std::vector<Numbered> p;
    for (std::uint32_t i = 0; i < 20; ++i) {
        p.push_back({kEsp, 0xFFFFF000 + i * 10, i * TimeNs{1'000'000'000}});
        p.push_back({kChannel0, 0xBFFFFF00 + i, i * TimeNs{1'000'000'000}});
        p.push_back({kAh, 0xFFFFFFF0 + i, i * TimeNs{1'000'000'000}}); // wraps: has 64 bits
    }
    const Run run(p);
    const Json d = parse_strictly(run.json());
    CHECK(d.at("exhaustion") == Json::array({kEsp}));
    const Json& esp = flow_of(d, kEsp).at("exhaustion");
    CHECK(esp.at("warning") == true);
    CHECK(esp.at("rate_per_s").get<double>() == Approx(10).margin(1.1));
    CHECK(esp.at("seconds_left").get<double>() == Approx(390.6).epsilon(0.15));
    CHECK(flow_of(d, kChannel0).at("exhaustion").at("warning") == false);
    CHECK(flow_of(d, kChannel0).at("exhaustion").at("seconds_left").is_number());
    CHECK(flow_of(d, kAh).at("highest_ext") == 0x100000003);
    CHECK(flow_of(d, kAh).at("exhaustion").at("warning") == false);
    CHECK(flow_of(d, kAh).at("exhaustion").at("seconds_left").is_null());

    report::ViewOptions options;
    options.esn = true;
    const Json esn = parse_strictly(run.json(options));
    CHECK(esn.at("exhaustion").empty());
    CHECK(flow_of(esn, kEsp).at("exhaustion").at("seconds_left").is_null());
    options = {};
    options.xpn = true;
    CHECK(flow_of(parse_strictly(run.json(options)), kChannel0)
              .at("exhaustion")
              .at("seconds_left")
              .is_null());
}

TEST_CASE("report JSON: gaps only where asked for, the first N by time") {
    const Run run = known_run();
    report::ViewOptions options;
    options.gaps = true;
    Json d = parse_strictly(run.json(options));
    REQUIRE(d.at("gaps").size() == 2);
    CHECK(d.at("gaps_cut") == false);
    CHECK(d.at("gaps").at(0)
          == Json{{"flow_id", kEsp},
                  {"first_missing", 3},
                  {"next", 5},
                  {"size", 2},
                  {"time", "2024-01-01T00:00:00.003000000Z"},
                  {"blind", false}});
    CHECK(d.at("gaps").at(1).at("first_missing") == 12);
    options.gap_limit = 1;
    d = parse_strictly(run.json(options));
    REQUIRE(d.at("gaps").size() == 1);
    CHECK(d.at("gaps").at(0).at("first_missing") == 3);
    CHECK(d.at("gaps_cut") == true);
    CHECK(run.table(options).find("the first 1 of 2 gaps)\n") != std::string::npos);
    options.gap_limit = 2;
    CHECK(parse_strictly(run.json(options)).at("gaps_cut") == false);
    CHECK(run.table(options).find("the first") == std::string::npos);
}

TEST_CASE("report JSON: --top cuts the list and says so") {
    const Run run = known_run();
    report::ViewOptions options;
    options.top = 1;
    Json d = parse_strictly(run.json(options));
    CHECK(d.at("flows_truncated") == true);
    REQUIRE(d.at("flows").size() == 1);
    CHECK(d.at("flows").at(0).at("id") == kEsp); // the one with loss
    CHECK(d.at("totals").at("flows") == 4);
    options.top = 4;
    d = parse_strictly(run.json(options));
    CHECK(d.at("flows").size() == 4);
    CHECK_FALSE(d.contains("flows_truncated"));
}

TEST_CASE("report JSON: names, reasons and notes of any octets make valid JSON") {
    Run run = known_run();
    run.report.input = {"caf\xe9.pcap", "quote\" and \\ and \n", "na\xc3\xafve.pcap", "\xff\xfe"};
    run.report.figures.truncated = {{"caf\xe9.pcap", 123, "record header \"cut\""}};
    run.report.figures.notes = {"tab\there"};
    const Json d = parse_strictly(run.json());
    REQUIRE(d.is_object());
    CHECK(d.at("input").at(0) == "caf\xef\xbf\xbd.pcap");
    CHECK(d.at("input").at(1) == "quote\" and \\ and \n");
    CHECK(d.at("input").at(2) == "na\xc3\xafve.pcap");
    CHECK(d.at("truncated_input") == true);
    CHECK(d.at("truncated").at(0).at("offset") == 123);
    CHECK(d.at("truncated").at(0).at("reason") == "record header \"cut\"");
    CHECK(d.at("notes") == Json::array({"tab\there"}));
}

TEST_CASE("report JSON: timing per frame offered, and none without frames") {
    Run run = known_run();
    run.report.figures.timing = {0.5, 0.25};
    Json t = parse_strictly(run.json()).at("timing");
    CHECK(t.at("wall_s") == 0.5);
    CHECK(t.at("process_s") == 0.25);
    CHECK(t.at("packets_per_s").get<double>() == Approx(215 / 0.25));
    CHECK(t.at("ns_per_packet").get<double>() == Approx(0.25e9 / 215));
    CHECK(t.at("mbit_per_s").get<double>()
          == Approx(static_cast<double>(run.frames->bytes) * 8 / 0.25 / 1e6).margin(0.001));

    const Run empty(std::vector<Numbered>{});
    const Json d = parse_strictly(empty.json());
    REQUIRE(d.is_object());
    CHECK(d.at("flows").empty());
    CHECK(d.at("timing").at("packets_per_s") == 0);
    CHECK(d.at("timing").at("ns_per_packet") == 0);
    CHECK(d.at("totals").at("received") == 0);
}
