// Gaps out of events: what is found, from where on, and when some lack.
#include "catch.hpp"
#include "store/store.hpp"
#include "support/open_store.hpp"
#include "support/store_samples.hpp"

using namespace lacuna;
using namespace lacuna::store;
using namespace lacuna::test;

TEST_CASE("store: gaps are what the events of each row leave", "[store]") {
    const TempDir dir;
    const wire::SaIdentity a = sample_ids()[0];
    const wire::SaIdentity b = sample_ids()[1];
    const auto event = [](const wire::SaIdentity& id, TimeNs row, flow::EventKind kind, Seq64 from,
                          Seq64 to) {
        return flow::Event{id, row, row + from, from, to, 0, kind, 0, 0, 0};
    };
    using enum flow::EventKind;
    const std::vector<flow::Event> events = {
        event(a, 1, hole_opened, 10, 20), event(a, 1, hole_filled, 15, 5),
        event(a, 2, hole_opened, 10, 12), event(b, 1, hole_opened, 7, 8),
        event(b, 1, hole_filled, 7, 1),
    };
    const auto list = [](const StoreReader& reader, const wire::SaIdentity* only,
                         std::uint64_t most, std::size_t take, GapWalk& walk) {
        std::vector<std::pair<TimeNs, Seq64>> found;
        const auto walked = reader.each_gap(
            1, only,
            [&](const flow::Gap& g) {
                found.emplace_back(g.row, g.first_missing);
                return found.size() < take;
            },
            {}, most);
        REQUIRE(walked);
        walk = *walked;
        return found;
    };
    using Found = std::vector<std::pair<TimeNs, Seq64>>;
    auto writer = writer_of(dir / "s");
    REQUIRE(writer->put_events(events));
    RunRecord run;
    REQUIRE(writer->update_run(run));
    const auto reader = reader_of(dir / "s", StoreReader::Mode::follow);
    GapWalk walk;
    CHECK(list(*reader, &a, UINT64_MAX, 100, walk) == Found{{1, 10}, {1, 16}, {2, 10}});
    CHECK(walk.events == 3);
    CHECK(walk.complete);
    CHECK(list(*reader, &b, UINT64_MAX, 100, walk).empty()); // the only hole was filled
    CHECK(walk.events == 2);
    CHECK(list(*reader, nullptr, UINT64_MAX, 100, walk).size() == 3);
    CHECK(list(*reader, &a, UINT64_MAX, 1, walk) == Found{{1, 10}});

    // As many events as may be looked at are enough; one fewer is not.
    CHECK(list(*reader, &a, 3, 100, walk).size() == 3);
    CHECK(walk.complete);
    CHECK(list(*reader, &a, 2, 100, walk) == Found{{1, 10}, {1, 16}});
    CHECK_FALSE(walk.complete);

    // A run that lost records lacks events, whatever SA is asked for.
    run.figures.probe.not_stored = 1;
    REQUIRE(writer->update_run(run));
    REQUIRE(reader->catch_up());
    CHECK(list(*reader, &a, UINT64_MAX, 100, walk).size() == 3);
    CHECK_FALSE(walk.complete);
}

TEST_CASE("store: a listing of gaps goes on behind any of them", "[store]") {
    const TempDir dir;
    const auto ids = sample_ids();
    std::vector<flow::Event> events;
    for (const wire::SaIdentity& id : {ids[0], ids[1]})
        for (TimeNs row : {1, 2})
            for (std::uint32_t instance : {0u, 1u}) {
                using enum flow::EventKind;
                for (Seq64 n : {10, 30, 50})
                    events.push_back(
                        {id, row, n, n, n + 5, instance, hole_opened, 0, 0, 0, {}, {}});
                for (Seq64 n : {12, 30})
                    events.push_back({id, row, n, n, 1, instance, hole_filled, 0, 0, 0, {}, {}});
            }
    {
        auto writer = writer_of(dir / "s");
        REQUIRE(writer->put_events(events));
        REQUIRE(writer->end_run({}));
    }
    const auto reader = reader_of(dir / "s");
    std::vector<flow::Gap> all;
    const auto walk = [&](const wire::SaIdentity* only, std::string_view after,
                          std::vector<flow::Gap>& to) {
        return reader->each_gap(
            1, only,
            [&](const flow::Gap& g) {
                to.push_back(g);
                return true;
            },
            after);
    };
    REQUIRE(walk(nullptr, {}, all));
    REQUIRE(all.size() == 8 * 4);
    for (std::size_t i = 0; i < all.size(); ++i) {
        CAPTURE(i);
        std::vector<flow::Gap> rest;
        const auto walked = walk(nullptr, gap_cursor(1, all[i]), rest);
        REQUIRE(walked);
        CHECK(walked->events <= events.size() - 5 * (i / 4)); // what came before is not read again
        REQUIRE(rest.size() == all.size() - i - 1);
        for (std::size_t k = 0; k < rest.size(); ++k) {
            CHECK(rest[k].id == all[i + 1 + k].id);
            CHECK(rest[k].row == all[i + 1 + k].row);
            CHECK(rest[k].instance == all[i + 1 + k].instance);
            CHECK(rest[k].first_missing == all[i + 1 + k].first_missing);
            CHECK(rest[k].next == all[i + 1 + k].next);
        }
    }
    // A cursor of another SA, or none at all.
    std::vector<flow::Gap> none;
    for (const std::string& wrong : {gap_cursor(1, all.back()), std::string("x"),
                                     gap_cursor(1, all[0]) + "x", gap_cursor(2, all[0])}) {
        const auto refused = walk(&all.front().id, wrong, none);
        REQUIRE_FALSE(refused);
        CHECK(refused.error().exit_code == 2);
    }
}
