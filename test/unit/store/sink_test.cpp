// One body over every sink: what is put is what is kept.
#include "catch.hpp"
#include "store/store.hpp"
#include "support/store_samples.hpp"

#include <algorithm>
#include <map>

using namespace lacuna;
using namespace lacuna::store;
using namespace lacuna::test;

namespace {

struct Kept {
    std::vector<flow::Event> events;        ///< by key
    std::vector<flow::SaSummary> summaries; ///< by key, the latest of each row
};

/// A sink under test, and what it holds in the end.
class Memory {
public:
    Sink& sink() { return sink_; }
    Kept end() {
        Kept kept{sink_.events, {}};
        std::stable_sort(kept.events.begin(), kept.events.end(), [](const auto& a, const auto& b) {
            return row_key(1, a.id, a.row) < row_key(1, b.id, b.row);
        });
        std::map<std::string, flow::SaSummary> latest;
        for (const flow::SaSummary& s : sink_.summaries)
            latest[row_key(1, s.id, s.first_time)] = s;
        for (const auto& [key, s] : latest)
            kept.summaries.push_back(s);
        return kept;
    }

private:
    MemorySink sink_{1'000'000};
};

class Rocks {
public:
    Rocks() {
        auto opened = StoreWriter::open(dir_ / "store", {});
        REQUIRE(opened);
        writer_ = std::move(*opened);
    }
    Sink& sink() { return *writer_; }
    Kept end() {
        const RunId run = writer_->run();
        REQUIRE(writer_->end_run({}));
        writer_.reset();
        Kept kept;
        auto reader = StoreReader::open(dir_ / "store");
        REQUIRE(reader);
        REQUIRE((*reader)->each_event(run, nullptr, [&kept](const flow::Event& e) {
            kept.events.push_back(e);
            return true;
        }));
        REQUIRE((*reader)->each_summary(run, nullptr, [&kept](const flow::SaSummary& s) {
            kept.summaries.push_back(s);
            return true;
        }));
        return kept;
    }

private:
    TempDir dir_;
    std::unique_ptr<StoreWriter> writer_;
};

template <typename T>
bool all_same(const std::vector<T>& a, const std::vector<T>& b) {
    return a.size() == b.size()
           && std::equal(a.begin(), a.end(), b.begin(),
                         [](const T& x, const T& y) { return same_bytes(x, y); });
}

} // namespace

TEMPLATE_TEST_CASE("store: a sink keeps what it is given", "[store]", Memory, Rocks) {
    TestType store;
    Kept expected;
    const auto ids = sample_ids();

    // Rows in turns, as a worker's burst brings them; batches of every size.
    std::vector<flow::Event> events;
    for (Seq64 n = 0; n < 700; ++n)
        events.push_back(sample_event(ids[static_cast<std::size_t>(n) % ids.size()],
                                      n % 3 == 0 ? -5 : 5 + n % 7, n));
    for (std::size_t at = 0, batch = 0; at < events.size(); at += batch, batch = batch * 2 + 1) {
        batch = std::min(batch, events.size() - at);
        REQUIRE(store.sink().put_events({events.data() + at, batch}));
    }
    expected.events = events;
    std::stable_sort(expected.events.begin(), expected.events.end(),
                     [](const auto& a, const auto& b) {
                         return row_key(1, a.id, a.row) < row_key(1, b.id, b.row);
                     });

    std::map<std::string, flow::SaSummary> latest;
    for (std::uint64_t round = 1; round <= 3; ++round) {
        std::vector<flow::SaSummary> some;
        for (std::size_t i = 0; i < ids.size(); ++i)
            if (i % round == 0) some.push_back(sample_summary(ids[i], -1, round * 100 + i));
        some.push_back(sample_summary(ids[0], static_cast<TimeNs>(round), round));
        for (flow::SaSummary& s : some) {
            s.evicted = 0; // what a row left behind is not written over
            latest[row_key(1, s.id, s.first_time)] = s;
        }
        REQUIRE(store.sink().put_summaries(some));
    }
    REQUIRE(store.sink().put_summaries({}));
    for (const auto& [key, s] : latest)
        expected.summaries.push_back(s);

    const Kept kept = store.end();
    CHECK(all_same(kept.events, expected.events));
    CHECK(all_same(kept.summaries, expected.summaries));
    CHECK(kept.summaries.size() == ids.size() + 3);
}

TEST_CASE("store: the memory sink stops at its bound and says so", "[store]") {
    const auto id = sample_ids().front();
    std::vector<flow::Event> events(10, sample_event(id, 1, 1));
    MemorySink sink(25);
    for (int i = 0; i < 2; ++i)
        REQUIRE(sink.put_events(events));
    CHECK_FALSE(sink.cut);
    REQUIRE(sink.put_events({events.data(), 5}));
    CHECK_FALSE(sink.cut);
    CHECK(sink.events.size() == 25);
    REQUIRE(sink.put_events({events.data(), 1}));
    CHECK(sink.cut);
    CHECK(sink.events.size() == 25);
}

TEST_CASE("store: one SA is read without the others, and reading stops when asked", "[store]") {
    TempDir dir;
    const auto ids = sample_ids();
    for (RunId run = 1; run <= 2; ++run) {
        auto writer = StoreWriter::open(dir.path(), {});
        REQUIRE(writer);
        CHECK((*writer)->run() == run);
        for (const auto& id : ids) {
            const flow::Event e = sample_event(id, 3, run);
            const flow::SaSummary s = sample_summary(id, 3, run);
            REQUIRE((*writer)->put_events({&e, 1}));
            REQUIRE((*writer)->put_summaries({&s, 1}));
        }
        REQUIRE((*writer)->end_run({}));
    }
    auto reader = StoreReader::open(dir.path());
    REQUIRE(reader);
    for (RunId run = 1; run <= 2; ++run)
        for (const auto& id : ids) {
            std::size_t seen = 0;
            REQUIRE((*reader)->each_event(run, &id, [&](const flow::Event& e) {
                CHECK(e.id == id);
                CHECK(e.a == run);
                return ++seen < 100;
            }));
            REQUIRE((*reader)->each_summary(run, &id, [&](const flow::SaSummary& s) {
                CHECK(s.id == id);
                CHECK(s.received == run);
                return ++seen < 100;
            }));
            CHECK(seen == 2);
        }
    std::size_t seen = 0;
    REQUIRE((*reader)->each_event(1, nullptr, [&](const flow::Event&) { return ++seen < 4; }));
    CHECK(seen == 4);
    REQUIRE((*reader)->each_event(3, nullptr, [&](const flow::Event&) { return ++seen < 100; }));
    CHECK(seen == 4);
}
