// The order of rows and gaps: by what went wrong, and the same however the run was spread.
#include "catch.hpp"
#include "support/report_run.hpp"

#include <algorithm>

using namespace lacuna;
using namespace lacuna::test;

namespace {

std::vector<std::string> ids(const Run& run, std::size_t limit = 0) {
    std::vector<std::string> list;
    flow::SaSummary s;
    for (const flow::HeldRow ref : report::ordered_rows(run.report.rows, limit)) {
        run.report.rows.read(ref, s);
        list.push_back(wire::sa_text(s.id));
    }
    return list;
}

/// Many SAs of all kinds with a little of every trouble, interleaved; the names outlive the run.
std::vector<Numbered> many(std::vector<std::string>& names, std::uint32_t seed) {
    for (int i = 0; i < 60; ++i) {
        const std::string n = std::to_string(i);
        names.push_back("macsec-02000000000" + std::to_string(10000 + i) + "-0");
        names.push_back("macsec-02000000000" + std::to_string(10000 + i) + "-1");
        names.push_back("esp-0000c0de-192.0.2." + n);
        names.push_back("ah-00000001-2001:db8::" + n);
    }
    std::vector<Numbered> packets;
    std::vector<std::uint32_t> next(names.size(), 1);
    std::uint32_t random = seed;
    for (TimeNs at = 0; at < 20'000; ++at) {
        random = random * 1664525 + 1013904223;
        const std::size_t i = (random >> 8) % names.size();
        const std::uint32_t luck = (random >> 20) % 100;
        if (luck < 3) next[i] += 1 + luck;
        const std::uint32_t number = luck > 96 && next[i] > 5 ? next[i] - luck + 95 : next[i]++;
        packets.push_back({names[i].c_str(), number, at * 700, 60 + luck});
    }
    return packets;
}

/// The document without what tells how long it took and how it was spread.
nlohmann::json comparable(const Run& run) {
    report::ViewOptions options;
    options.gaps = true;
    nlohmann::json d = parse_strictly(run.json(options));
    d.erase("timing");
    return d;
}

} // namespace

TEST_CASE("rows: most lost, then most disorder, then most received, then by identity") {
    std::vector<Numbered> p;
    append_run(p, "esp-00000001-192.0.2.9", 1, 10, 0); // equal to the next two but for the address
    append_run(p, "esp-00000001-192.0.2.1", 1, 10, 0);
    append_run(p, "esp-00000001-192.0.2.5", 1, 10, 0);
    append_run(p, "esp-00000002-192.0.2.1", 1, 20, 0);   // received more
    append_run(p, "esp-00000003-192.0.2.1", 1, 5, 0);    // a duplicate
    append_run(p, "esp-00000003-192.0.2.1", 5, 5, 9000); //
    append_run(p, "esp-00000004-192.0.2.1", 1, 2, 0);    // one lost
    append_run(p, "esp-00000004-192.0.2.1", 4, 4, 9000); //
    append_run(p, "esp-00000005-192.0.2.1", 1, 2, 0);    // two lost
    append_run(p, "esp-00000005-192.0.2.1", 5, 5, 9000); //
    const std::vector<std::string> expected = {"esp-00000005-192.0.2.1", "esp-00000004-192.0.2.1",
                                               "esp-00000003-192.0.2.1", "esp-00000002-192.0.2.1",
                                               "esp-00000001-192.0.2.1", "esp-00000001-192.0.2.5",
                                               "esp-00000001-192.0.2.9"};
    for (const std::size_t shards : {1u, 2u, 3u, 5u}) {
        CAPTURE(shards);
        const Run run(p, shards);
        CHECK(run.report.rows.count() == expected.size());
        CHECK(ids(run) == expected);
        for (std::size_t limit = 1; limit <= expected.size() + 1; ++limit) {
            const auto cut = static_cast<std::ptrdiff_t>(std::min(limit, expected.size()));
            CHECK(ids(run, limit)
                  == std::vector<std::string>(expected.begin(), expected.begin() + cut));
        }
    }
}

TEST_CASE("rows: one document, however the run was spread over trackers") {
    std::vector<std::string> names;
    const std::vector<Numbered> packets = many(names, GENERATE(1u, 2u, 3u));
    const nlohmann::json one = comparable(Run(packets, 1));
    REQUIRE(one.at("flows").size() > 200);
    REQUIRE(one.at("gaps").size() > 100);
    REQUIRE(one.at("totals").at("rekeys") > 0);
    for (const std::size_t shards : {2u, 3u, 7u}) {
        CAPTURE(shards);
        CHECK(comparable(Run(packets, shards)) == one);
    }
}

TEST_CASE("gaps: by time, then identity, and they add up to what is lost") {
    std::vector<std::string> names;
    const std::vector<Numbered> packets = many(names, 9);
    for (const std::size_t shards : {1u, 3u}) {
        const Run run(packets, shards);
        const std::vector<report::Gap> gaps = report::ordered_gaps(run.report, 0);
        std::uint64_t lost = 0;
        for (std::size_t i = 0; i < gaps.size(); ++i) {
            lost += static_cast<std::uint64_t>(gaps[i].next - gaps[i].first_missing);
            if (i != 0) CHECK(gaps[i - 1].time <= gaps[i].time);
        }
        CHECK(gaps.size() == run.report.figures.totals.gaps);
        CHECK(lost == run.report.figures.totals.lost);
        const std::vector<report::Gap> some = report::ordered_gaps(run.report, 5);
        REQUIRE(some.size() == 5);
        CHECK(some[4].first_missing == gaps[4].first_missing);
        CHECK(some[4].id == gaps[4].id);
    }
}
