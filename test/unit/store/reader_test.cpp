// Reading on: cursors, spans of time, and a reader that follows its writer.
#include "catch.hpp"
#include "store/read/notable.hpp"
#include "store/store.hpp"
#include "support/open_store.hpp"
#include "support/store_samples.hpp"

#include <filesystem>
#include <rocksdb/db.h>

using namespace lacuna;
using namespace lacuna::store;
using namespace lacuna::test;

namespace {

flow::Event rekey(TimeNs time) {
    flow::Event e = sample_event(sample_ids()[1], 5, 7);
    e.kind = flow::EventKind::rekey;
    e.time = time;
    return e;
}

/// Pages of `limit`, until the cursor says there is no more.
template <typename T, typename Ask>
std::vector<std::vector<T>> pages(std::size_t limit, Ask ask) {
    std::vector<std::vector<T>> list;
    std::string cursor;
    do {
        std::vector<T> page;
        REQUIRE(ask(
            [&](const T& item) {
                page.push_back(item);
                return page.size() < limit;
            },
            &cursor));
        list.push_back(page);
    } while (!cursor.empty());
    return list;
}

} // namespace

TEST_CASE("store: many runs leave few files, and a reader sees them all", "[store]") {
    const TempDir dir;
    const auto files = [&] {
        std::size_t n = 0;
        for (const auto& entry : std::filesystem::directory_iterator(dir / "s"))
            n += entry.path().extension() == ".sst";
        return n;
    };
    constexpr RunId kRuns = 120;
    std::unique_ptr<StoreReader> follower;
    for (RunId run = 1; run <= kRuns; ++run) {
        auto writer = writer_of(dir / "s");
        const flow::SaSummary s = sample_summary(sample_ids()[run % 5], run, run);
        REQUIRE(writer->put_summaries({&s, 1}));
        const flow::Event e = rekey(run);
        REQUIRE(writer->put_events({&e, 1}));
        REQUIRE(writer->end_run({}));
        if (run == 1) follower = reader_of(dir / "s", StoreReader::Mode::follow);
    }
    CHECK(files() < 4 * 25); // four families, where every run has something
    REQUIRE(follower->catch_up());
    const auto later = reader_of(dir / "s");
    for (const StoreReader* reader : {follower.get(), later.get()}) {
        CHECK(reader->runs()->size() == kRuns);
        for (RunId run = 1; run <= kRuns; ++run) {
            std::size_t seen = 0;
            REQUIRE(reader->each_summary(run, nullptr, [&](const flow::SaSummary& s) {
                seen += s.first_time == run && s.received == run;
                return true;
            }));
            REQUIRE(reader->each_notable(run, 0, 1000, [&](const flow::Event& e) {
                seen += e.time == run;
                return true;
            }));
            CHECK(seen == 2);
        }
    }
}

TEST_CASE("store: pages by cursor are whole and in order", "[store]") {
    const TempDir dir;
    {
        auto writer = writer_of(dir / "s");
        std::vector<flow::SaSummary> rows;
        std::vector<flow::Event> events;
        for (const auto& id : sample_ids())
            for (TimeNs row = 1; row <= 3; ++row) {
                rows.push_back(sample_summary(id, row, 5));
                events.push_back(sample_event(id, row, row));
            }
        REQUIRE(writer->put_summaries(rows));
        REQUIRE(writer->put_events(events));
        writer.reset();
        writer = writer_of(dir / "s"); // another run behind it
        REQUIRE(writer->put_summaries(rows));
    }
    const auto reader = reader_of(dir / "s");
    const std::size_t all = 3 * sample_ids().size();
    CHECK(*reader->count_summaries(1) == all);
    CHECK(*reader->count_summaries(3) == 0);
    for (const std::size_t limit : {std::size_t{1}, std::size_t{7}, all - 1, all, all + 1}) {
        CAPTURE(limit);
        const auto list = pages<flow::SaSummary>(limit, [&](const auto& fn, std::string* cursor) {
            return reader->each_summary(1, nullptr, fn, cursor);
        });
        CHECK(list.size() == (all + limit - 1) / limit);
        std::string last;
        std::size_t n = 0;
        for (const auto& page : list)
            for (const flow::SaSummary& s : page) {
                const std::string key = row_key(1, s.id, s.first_time);
                CHECK(last < key);
                last = key;
                ++n;
            }
        CHECK(n == all);
        const auto one = pages<flow::Event>(limit, [&](const auto& fn, std::string* cursor) {
            return reader->each_event(1, &sample_ids()[2], fn, cursor);
        });
        CHECK(one.size() == (3 + limit - 1) / limit);
    }
    std::string foreign = row_key(2, sample_ids()[0], 0);
    const Status refused = reader->each_summary(
        1, nullptr, [](const flow::SaSummary&) { return true; }, &foreign);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().exit_code == 2);
}

TEST_CASE("store: notable events by time", "[store]") {
    const TempDir dir;
    {
        auto writer = writer_of(dir / "s");
        std::vector<flow::Event> events;
        for (TimeNs t = -5; t < 100; ++t) {
            events.push_back(sample_event(sample_ids()[0], 1, t)); // a hole is not notable
            events.push_back(rekey(99 - t));
        }
        REQUIRE(writer->put_events(events));
    }
    const auto reader = reader_of(dir / "s");
    const auto between = [&](TimeNs since, TimeNs until) {
        std::vector<TimeNs> times;
        for (const auto& page : pages<flow::Event>(4, [&](const auto&fn, std::string*cursor) {
                 return reader->each_notable(1, since, until, fn, cursor);
             }))
            for (const flow::Event& e : page) {
                CHECK(same_bytes(e, rekey(e.time)));
                times.push_back(e.time);
            }
        return times;
    };
    CHECK(between(kExtremes.front(), kExtremes.back()).size() == 105);
    CHECK(between(10, 14) == std::vector<TimeNs>{10, 11, 12, 13});
    CHECK(between(14, 10).empty());
    CHECK(between(104, 1000) == std::vector<TimeNs>{104});
    CHECK(between(-3, 1).size() == 1);
}

TEST_CASE("store: a reader follows its writer", "[store]") {
    const TempDir dir;
    auto writer = writer_of(dir / "s");
    const auto reader = reader_of(dir / "s", StoreReader::Mode::follow);
    const auto id = sample_ids()[0];
    const auto received = [&] {
        std::uint64_t n = 0;
        REQUIRE(reader->each_summary(1, nullptr, [&](const flow::SaSummary& s) {
            n = s.received;
            return true;
        }));
        return n;
    };
    CHECK(received() == 0);
    std::uint64_t events = 0;
    // Enough that memory goes to tables and logs are deleted on the way.
    for (std::uint64_t round = 1; round <= 60; ++round) {
        const flow::SaSummary s = sample_summary(id, 1, round * 1000);
        REQUIRE(writer->put_summaries({&s, 1}));
        std::vector<flow::Event> batch(20'000);
        for (flow::Event& e : batch)
            e = sample_event(id, 1, static_cast<Seq64>(events++));
        REQUIRE(writer->put_events(batch));
        RunRecord run;
        run.figures.frames.decoded = round;
        REQUIRE(writer->update_run(run));
        REQUIRE(reader->catch_up());
        CHECK(received() == round * 1000);
        const auto latest = reader->latest_run();
        REQUIRE(latest);
        REQUIRE(*latest);
        CHECK((*latest)->figures.frames.offered() == round);
        CHECK((*latest)->written != 0);
    }
    std::uint64_t seen = 0;
    REQUIRE(reader->each_event(1, nullptr, [&](const flow::Event& e) {
        return e.a == static_cast<Seq64>(seen) && ++seen != 0;
    }));
    CHECK(seen == events);
    // Another writer takes over.
    writer.reset();
    writer = writer_of(dir / "s");
    REQUIRE(reader->catch_up());
    const auto runs = reader->runs();
    REQUIRE(runs);
    REQUIRE(runs->size() == 2);
    CHECK(runs->front().state == RunState::crashed);
    CHECK(runs->front().ended == runs->front().written);
    CHECK(runs->back().state == RunState::open);
    REQUIRE(writer->crashed().size() == 1);
    CHECK(writer->crashed().front().id == 1);
}

namespace {

/// A store as format 1 had it: four families, records of version 1.
void make_format_1(const std::string& dir) {
    rocksdb::DB* db = nullptr;
    rocksdb::DBOptions options;
    options.create_if_missing = options.create_missing_column_families = true;
    std::vector<rocksdb::ColumnFamilyHandle*> handles;
    std::vector<rocksdb::ColumnFamilyDescriptor> families;
    for (const char* name : {"default", "runs", "flows", "events"})
        families.emplace_back(name, rocksdb::ColumnFamilyOptions());
    REQUIRE(rocksdb::DB::Open(options, dir, families, &handles, &db).ok());
    const std::unique_ptr<rocksdb::DB> owner(db);
    RunRecord run;
    run.id = 1;
    run.started = 77;
    run.figures.frames.decoded = 9;
    std::string record = encode(run);
    record[0] = 1;
    record.resize(record.size()
                  - 43); // what versions 2 and 3 added: five times, three small numbers
    const flow::SaSummary s = sample_summary(sample_ids()[3], 4, 50);
    std::string summary = encode(s);
    summary[0] = 1;
    summary.resize(summary.size() - 8);
    const flow::Event e = sample_event(sample_ids()[3], 4, 6);
    REQUIRE(db->Put({}, handles[0], "lacuna.format", std::string("\0\0\0\1", 4)).ok());
    REQUIRE(db->Put({}, handles[1], run_key(1), record).ok());
    REQUIRE(db->Put({}, handles[2], row_key(1, s.id, 4), summary).ok());
    REQUIRE(db->Put({}, handles[3], event_key(1, e, 0), encode(e)).ok());
    for (auto* handle : handles)
        REQUIRE(db->DestroyColumnFamilyHandle(handle).ok());
}

void check_format_1_run(const StoreReader& reader, RunState state) {
    const auto run = reader.run(1);
    REQUIRE(run);
    REQUIRE(*run);
    CHECK((*run)->figures.frames.offered() == 9);
    CHECK((*run)->written == 0);
    CHECK((*run)->state == state);
    std::size_t rows = 0;
    std::size_t events = 0;
    REQUIRE(reader.each_summary(1, nullptr, [&](const flow::SaSummary& s) {
        CHECK(s.received == 50);
        CHECK(s.period_time == s.last_time);
        return ++rows != 0;
    }));
    REQUIRE(reader.each_event(1, nullptr, [&](const flow::Event&) { return ++events != 0; }));
    REQUIRE(reader.each_notable(1, 0, 100, [&](const flow::Event&) { return ++events != 0; }));
    CHECK(rows == 1);
    CHECK(events == 1);
    const Status series = reader.each_timeline(1, sample_ids()[3], Level::fine, 0, 100,
                                               [](const Point&) { return true; });
    REQUIRE_FALSE(series);
    CHECK(series.error().what == "the run has no time series");
}

} // namespace

TEST_CASE("store: format 1 is read, and brought up by a writer", "[store]") {
    const TempDir dir;
    make_format_1(dir / "s");
    check_format_1_run(*reader_of(dir / "s"), RunState::open);
    check_format_1_run(*reader_of(dir / "s", StoreReader::Mode::follow), RunState::open);
    {
        auto writer = writer_of(dir / "s");
        CHECK(writer->run() == 2);
        const flow::Event e = rekey(50);
        REQUIRE(writer->put_events({&e, 1}));
        REQUIRE(writer->end_run({}));
    }
    const auto reader = reader_of(dir / "s");
    check_format_1_run(*reader, RunState::crashed);
    CHECK((*reader->run(1))->ended == 77); // all that is known of when
    std::size_t notable = 0;
    REQUIRE(reader->each_notable(2, 0, 100, [&](const flow::Event&) { return ++notable != 0; }));
    CHECK(notable == 1);
}
