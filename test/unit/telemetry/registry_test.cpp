// The table every published figure comes from: names by Prometheus conventions, each once, and the
// same values by every way out.
#include "catch.hpp"
#include "support/full_snapshot.hpp"
#include "telemetry/figures/registry.hpp"
#include "telemetry/text/figures_json.hpp"

#include <cmath>
#include <regex>
#include <set>
#include <string_view>

using namespace lacuna;
using telemetry::Kind;

TEST_CASE("each figure has one name, a kind its name tells, and a description") {
    const std::regex name("(lacuna|process)(_[a-z0-9]+)+");
    const std::regex key("[a-z0-9_]+");
    std::set<std::string> metrics;
    std::set<std::pair<std::string, std::string>> keys;
    for (const telemetry::Figure& f : telemetry::figures()) {
        CAPTURE(f.key);
        CHECK(std::regex_match(f.key, key));
        CHECK(std::regex_match(f.group->key, key));
        CHECK(keys.emplace(f.group->key, f.key).second);
        const std::string_view help = f.help;
        CHECK(help.size() > 5);
        CHECK(help.ends_with('.'));
        CHECK(help.find('\n') == help.npos);
        if (f.metric == nullptr) continue;
        CAPTURE(f.metric);
        std::string_view metric = f.metric;
        CHECK(std::regex_match(f.metric, name));
        CHECK(metrics.insert(f.metric).second);
        CHECK(metric.ends_with("_total") == (f.kind == Kind::counter));
        CHECK(metric.ends_with("_info") == (f.kind == Kind::info));
        // A unit is part of the name, as OpenMetrics wants it.
        if (f.kind == Kind::counter) metric.remove_suffix(6);
        if (*f.unit != '\0') CHECK(metric.ends_with(std::string("_") + f.unit));
    }
    CHECK(metrics.size() > 50);
}

TEST_CASE("samples have the labels their figure declares, and no series twice") {
    const telemetry::Snapshot s = test::full_snapshot();
    for (const telemetry::Figure& f : telemetry::figures()) {
        CAPTURE(f.key);
        telemetry::Samples samples;
        f.read(s, samples);
        CHECK_FALSE(samples.all().empty());
        std::set<std::string> seen;
        for (const telemetry::Sample& x : samples.all()) {
            CHECK(x.of.size() == f.group->label_count());
            CHECK(x.part.empty() == (f.label == nullptr));
            std::string series = x.part;
            for (const std::string& of : x.of)
                series += '\0' + of;
            CHECK(seen.insert(series).second);
            if (const double* real = std::get_if<double>(&x.value)) CHECK(std::isfinite(*real));
        }
    }
}

TEST_CASE("what is not known is absent") {
    const telemetry::Snapshot nothing;
    for (const telemetry::Figure& f : telemetry::figures()) {
        CAPTURE(f.key);
        telemetry::Samples samples;
        f.read(nothing, samples);
        CHECK(samples.all().empty() == (std::string_view(f.key) != "build"));
    }
}

TEST_CASE("lost is what is lost for good and what may still come") {
    const auto totals = telemetry::group_json(test::full_snapshot(), "totals");
    CHECK(totals["lost"] == 100);
    CHECK(totals["lost_final"]["network"] == 50);
    CHECK(totals["lost_final"]["blind"] == 6);
    CHECK(totals["lost_final"]["doubtful"] == 4);
    CHECK(totals["missing"] == 40);
    CHECK(totals["exhausted_in_s"] == 12.5);
}

TEST_CASE("the worst associations and the rest add up to all") {
    const auto worst = telemetry::group_json(test::full_snapshot(), "worst_flows");
    REQUIRE(worst.size() == 3);
    CHECK(worst[0]["flow"] == "esp-00000001-192.0.0.1");
    CHECK(worst[0]["lost"] == 40);
    CHECK(worst[2]["flow"] == "rest");
    CHECK(worst[2]["lost"] == 30);
    CHECK(worst[2]["received"] == 998'000);
    CHECK(worst[2]["late"] == 44);
}

TEST_CASE("groups become objects, or arrays of what their labels name") {
    const telemetry::Snapshot s = test::full_snapshot();
    const auto all = telemetry::groups_json(s, {"traffic", "probe", "lcores", "ports", "layout"});
    CHECK(all["traffic"]["packets"]["macsec"] == 1234567890123);
    CHECK(all["traffic"]["offered"] == 1234567890123 + 2 + 5 + 7);
    CHECK(all["traffic"]["bytes"] == UINT64_MAX);
    CHECK(all["probe"]["dropped"]["table_full"] == 4);
    REQUIRE(all["lcores"].size() == 2);
    CHECK(all["lcores"][0]["lcore"] == "3");
    CHECK(all["lcores"][0]["stage"] == "parse");
    CHECK(all["lcores"][0]["busy_ratio"] == 0.125);
    REQUIRE(all["ports"].size() == 1);
    CHECK(all["ports"][0]["port"] == "tap \"a\"\\\n\xEF\xBF\xBD");
    CHECK(all["ports"][0]["steering"]["no_socket"] == 1);
    CHECK(all["layout"][0].size() == 1);
    CHECK(telemetry::group_json(s, "no such group").is_null());
}

TEST_CASE("a stored run tells its sums, and what was final of them") {
    store::RunRecord run;
    flow::RunFigures& figures = run.figures;
    figures.frames.classes[static_cast<std::size_t>(wire::FrameClass::macsec)] = 10;
    figures.frames.decoded = 10;
    figures.frames.dropped = 2;
    figures.totals.lost = 6;
    figures.final = {3, 1, 0};
    figures.probe.not_stored = 5;
    run.state = store::RunState::open;
    const auto totals = [&] {
        return telemetry::group_json(telemetry::take_snapshot(run, std::nullopt, "1"), "totals");
    };
    CHECK(totals()["lost_final"]["network"] == 3);
    CHECK(totals()["lost_final"]["blind"] == 1);
    CHECK(totals()["missing"] == 2);
    const auto group = [&](const char* name) {
        store::StoreFigures of_the_store;
        of_the_store.written = false;
        return telemetry::group_json(telemetry::take_snapshot(run, of_the_store, "1"), name);
    };
    CHECK(group("probe").empty()); // a record of an older program does not tell
    figures.probe = {1, 2, 3, 4, 5};
    figures.causes_known = true;
    CHECK(group("probe")["dropped"]["rx_nombuf"] == 2);
    CHECK(group("probe")["dropped"]["table_full"] == 4);
    CHECK(group("probe")["dropped"]["events_lost"] == 5);
    CHECK(group("store")["not_stored"] == 5);
    CHECK_FALSE(group("store").contains("stored")); // by whom it was written is not told
    CHECK_FALSE(group("store").contains("failing"));
    CHECK(group("flow_table").empty());
    const auto traffic =
        telemetry::group_json(telemetry::take_snapshot(run, std::nullopt, "1"), "traffic");
    CHECK(traffic["offered"] == 12);
    CHECK_FALSE(totals().contains("lossy"));
}

TEST_CASE("the process knows itself") {
    const telemetry::ProcessFigures p = telemetry::process_figures();
    CHECK(p.resident_bytes > 1'000'000);
    CHECK(p.virtual_bytes > p.resident_bytes);
    CHECK(p.open_fds >= 3);
    CHECK(p.max_fds >= p.open_fds);
    CHECK(p.threads >= 1);
    CHECK(p.started_s > 1.6e9);
}
