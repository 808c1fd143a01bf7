// Damage that must be noticed, and keys that meet.
#include "catch.hpp"
#include "store/store.hpp"
#include "support/store_samples.hpp"

#include <filesystem>
#include <fstream>

using namespace lacuna;
using namespace lacuna::store;
using namespace lacuna::test;

namespace {

namespace fs = std::filesystem;

/// The logs of a store, and how much lies in them.
std::vector<fs::path> logs_of(const std::string& dir) {
    std::vector<fs::path> logs;
    for (const auto& entry : fs::directory_iterator(dir))
        if (entry.path().extension() == ".log" && entry.file_size() != 0)
            logs.push_back(entry.path());
    return logs;
}

void flip_bit(const fs::path& file, std::uintmax_t at) {
    std::fstream f(file, std::ios::in | std::ios::out | std::ios::binary);
    f.seekg(static_cast<std::streamoff>(at));
    const int octet = f.get();
    f.seekp(static_cast<std::streamoff>(at));
    f.put(static_cast<char>(octet ^ 0x10));
    REQUIRE(f.good());
}

/// A run of 200 batches of one event each, ended or not.
void write_run(const std::string& dir, bool end) {
    auto writer = StoreWriter::open(dir, {});
    REQUIRE(writer);
    for (Seq64 i = 0; i < 200; ++i) {
        flow::Event e = sample_event(sample_ids()[0], 5, 10 * i);
        e.b = e.a + 1;
        e.instance = 0;
        REQUIRE((*writer)->put_events({&e, 1}));
    }
    REQUIRE((*writer)->update_run({}));
    if (end) REQUIRE((*writer)->end_run({}));
}

std::uint64_t gaps_in(const StoreReader& reader, bool& complete) {
    std::uint64_t n = 0;
    const auto walk = reader.each_gap(1, nullptr, [&n](const flow::Gap&) { return ++n != 0; });
    REQUIRE(walk);
    complete = walk->complete;
    return n;
}

} // namespace

TEST_CASE("store: a run that ended does not live in the log", "[store]") {
    const TempDir dir;
    write_run(dir / "s", true);
    for (const fs::path& log : logs_of(dir / "s"))
        fs::resize_file(log, 0);
    const auto reader = StoreReader::open(dir / "s");
    REQUIRE(reader);
    CHECK_FALSE((*reader)->log_damaged());
    const auto run = (*reader)->latest_run();
    REQUIRE(run);
    REQUIRE(*run);
    CHECK((*run)->state == RunState::ended);
    bool complete = false;
    CHECK(gaps_in(**reader, complete) == 200);
    CHECK(complete);
}

TEST_CASE("store: a damaged log is noticed, one that was cut is not damaged", "[store]") {
    const TempDir dir;
    write_run(dir / "s", false);
    REQUIRE(logs_of(dir / "s").size() == 1);
    const std::string log = logs_of(dir / "s")[0].filename().string();
    const auto size = fs::file_size(dir / "s" + "/" + log);
    int copies = 0;
    const auto copy = [&] {
        const std::string to = dir / ("c" + std::to_string(copies++));
        fs::copy(dir / "s", to);
        return to;
    };
    bool complete = false;
    for (const auto mode : {StoreReader::Mode::still, StoreReader::Mode::follow}) {
        CAPTURE(mode == StoreReader::Mode::follow);
        {
            const auto whole = StoreReader::open(dir / "s", mode);
            REQUIRE(whole);
            CHECK_FALSE((*whole)->log_damaged());
            CHECK(gaps_in(**whole, complete) == 200);
            CHECK(complete);
        }
        {
            const std::string cut = copy();
            fs::resize_file(cut + "/" + log, size - 5);
            const auto reader = StoreReader::open(cut, mode);
            REQUIRE(reader);
            CHECK_FALSE((*reader)->log_damaged());
        }
        for (std::uintmax_t at = size / 3; at < size - 200; at += size / 7) {
            CAPTURE(at);
            const std::string flipped = copy();
            flip_bit(flipped + "/" + log, at);
            const auto reader = StoreReader::open(flipped, mode);
            if (mode == StoreReader::Mode::follow) { // RocksDB follows no damaged log
                REQUIRE_FALSE(reader);
                CHECK(reader.error().exit_code == 2);
                continue;
            }
            REQUIRE(reader);
            CHECK((*reader)->log_damaged());
            CHECK(gaps_in(**reader, complete) < 200);
            CHECK_FALSE(complete);
        }
    }
    // Who writes on says so too, and after that the log is whole.
    const std::string flipped = copy();
    flip_bit(flipped + "/" + log, size / 2);
    {
        const auto writer = StoreWriter::open(flipped, {});
        REQUIRE(writer);
        CHECK((*writer)->log_damaged());
        REQUIRE((*writer)->end_run({}));
    }
    const auto reader = StoreReader::open(flipped);
    REQUIRE(reader);
    CHECK_FALSE((*reader)->log_damaged());
}

TEST_CASE("store: lives of an SA that began at the same time are all kept", "[store]") {
    const TempDir dir;
    const wire::SaIdentity id = sample_ids()[4];
    const auto life = [&](std::uint64_t received, bool ended) {
        flow::SaSummary s = sample_summary(id, 77, 3);
        s.received = received;
        s.evicted = ended ? 1 : 0;
        return s;
    };
    const auto event = [&](flow::EventKind kind, Seq64 a, Seq64 b) {
        return flow::Event{id, 77, 77, a, b, 0, kind, 0, 0, 0, {}, {}};
    };
    using enum flow::EventKind;
    {
        auto writer = StoreWriter::open(dir / "s", {});
        REQUIRE(writer);
        // Two lives in one batch, a third one that is seen while it grows, and a row beside it.
        const flow::SaSummary first[] = {life(1, true), life(2, true)};
        const flow::Event events[] = {event(hole_opened, 5, 7), event(evicted, 9, 0),
                                      event(hole_opened, 5, 9), event(hole_filled, 6, 1),
                                      event(evicted, 12, 0),    event(hole_opened, 2, 3)};
        REQUIRE((*writer)->put_events(events));
        REQUIRE((*writer)->put_summaries(first));
        for (std::uint64_t received : {3u, 4u}) {
            const flow::SaSummary grows = life(received, false);
            (*writer)->begin_page();
            REQUIRE((*writer)->put_page({&grows, 1}));
        }
        flow::SaSummary beside = life(9, false);
        beside.first_time = 78;
        REQUIRE((*writer)->put_summaries({&beside, 1}));
        const flow::SaSummary last = life(5, false);
        REQUIRE((*writer)->put_summaries({&last, 1}));
        REQUIRE((*writer)->end_run({}));
    }
    const auto reader = StoreReader::open(dir / "s");
    REQUIRE(reader);
    std::vector<std::uint64_t> received;
    REQUIRE((*reader)->each_summary(1, &id, [&](const flow::SaSummary& s) {
        received.push_back(s.received);
        return true;
    }));
    CHECK(received == std::vector<std::uint64_t>{1, 2, 5, 9});
    CHECK(*(*reader)->count_summaries(1) == 4);
    std::vector<std::pair<Seq64, Seq64>> gaps;
    std::vector<std::string> places;
    REQUIRE((*reader)->each_gap(1, nullptr, [&](const flow::Gap& g) {
        gaps.emplace_back(g.first_missing, g.next);
        places.push_back(gap_cursor(1, g));
        return true;
    }));
    CHECK(gaps == std::vector<std::pair<Seq64, Seq64>>{{5, 7}, {5, 6}, {7, 9}, {2, 3}});
    for (std::size_t i = 0; i < places.size(); ++i) {
        std::size_t left = 0;
        REQUIRE((*reader)->each_gap(
            1, nullptr, [&left](const flow::Gap&) { return ++left != 0; }, places[i]));
        CHECK(left == gaps.size() - i - 1);
    }
}
