// Who is silent, who was replaced, and which numbers are final.
#include "catch.hpp"
#include "flow/figures/held_rows.hpp"
#include "flow/tracker.hpp"
#include "flow/tracker/table_sums.hpp"
#include "support/esp_packet.hpp"

#include <algorithm>
#include <memory>
#include <vector>

using namespace lacuna;

namespace {

constexpr TimeNs kSecond = 1'000'000'000;
constexpr TimeNs kMs = 1'000'000;
constexpr TimeNs kStart = 1'700'000'000 * kSecond;
constexpr TimeNs kAfter = 10 * kSecond;

/// From one source, which is 0, unless told.
wire::Observation packet(std::uint32_t spi, std::uint32_t number, TimeNs time,
                         std::uint8_t source = 0) {
    wire::Observation o = test::esp_packet(spi, number, time);
    o.id.key.addr[7] = source;
    return o;
}

struct Run {
    flow::FlowBudget budget{1000};
    std::unique_ptr<flow::Tracker> tracker;

    explicit Run(flow::TrackerConfig config = {}) {
        config.max_flows = 1000;
        if (config.live) REQUIRE(budget.watch_peers(config.max_flows));
        auto made = flow::Tracker::create(config, budget);
        REQUIRE(made);
        tracker = std::move(*made);
    }
    void send(const wire::Observation& o) { tracker->track(&o, 1); }
    /// `count` packets a millisecond apart, from `from` on; returns the time of the last.
    TimeNs stretch(std::uint32_t spi, std::uint32_t first, std::uint32_t count, TimeNs from,
                   std::uint8_t source = 0) {
        for (std::uint32_t i = 0; i < count; ++i)
            send(packet(spi, first + i, from + i * kMs, source));
        return from + (count - 1) * kMs;
    }
    /// SPIs that are silent at `end`.
    std::vector<std::uint32_t> silent(TimeNs end, TimeNs heard_since = 0) {
        rows = flow::HeldRows({tracker.get()});
        rows.judge_silence({end, heard_since}, kAfter, nullptr);
        std::vector<std::uint32_t> list;
        flow::SaSummary s;
        rows.each([&](flow::HeldRow row) {
            rows.read(row, s);
            if (s.silent != 0) list.push_back(s.id.key.spi);
        });
        std::sort(list.begin(), list.end());
        return list;
    }
    std::vector<flow::Event> told(flow::EventKind kind) {
        std::vector<flow::Event> list = rows.notable();
        std::erase_if(list, [kind](const flow::Event& e) { return e.kind != kind; });
        return list;
    }
    seq::LossParts final_at(TimeNs now) {
        tracker->begin_table_sums({now, now});
        while (!tracker->continue_table_sums(1000)) {
        }
        return tracker->table_sums().final;
    }
    std::uint64_t silent_rows(const flow::Quiet& quiet) {
        tracker->begin_table_sums(quiet);
        while (!tracker->continue_table_sums(1000)) {
        }
        return tracker->table_sums().silent_rows;
    }
    flow::SaSummary summary(std::uint32_t spi) {
        flow::SaSummary s{};
        for (std::size_t row = 0; row < tracker->row_limit(); ++row) {
            if (!tracker->row_used(row)) continue;
            tracker->summarize(row, s);
            if (s.id.key.spi == spi) return s;
        }
        FAIL("no such row");
        return s;
    }

    flow::HeldRows rows;
};

using Spis = std::vector<std::uint32_t>;

} // namespace

TEST_CASE("silence: 64 packets, then none for ten seconds", "[flow]") {
    Run few;
    const TimeNs end = few.stretch(1, 1, 63, kStart);
    CHECK(few.silent(end + 3600 * kSecond).empty());
    few.send(packet(1, 64, end + kMs));
    CHECK(few.silent(end + kMs + kAfter - 1).empty());
    CHECK(few.silent(end + kMs + kAfter) == Spis{1});
    const auto events = few.told(flow::EventKind::silent);
    REQUIRE(events.size() == 1);
    CHECK(events[0].time == end + kMs + kAfter);
    CHECK(events[0].b == end + kMs);
    // Time without link does not count.
    CHECK(few.silent(end + 20 * kSecond, end + 15 * kSecond).empty());
    CHECK(few.silent(end + 25 * kSecond, end + 15 * kSecond) == Spis{1});
}

TEST_CASE("silence: an SA that sends seldom may be quiet for longer", "[flow]") {
    Run run;
    for (std::uint32_t i = 0; i < 100; ++i)
        run.send(packet(1, 1 + i, kStart + i * kSecond));
    const TimeNs last = kStart + 99 * kSecond;
    CHECK(run.silent(last + 64 * kSecond - 1).empty());
    CHECK(run.silent(last + 64 * kSecond) == Spis{1});
}

TEST_CASE("silence: one that was replaced is not silent", "[flow]") {
    const auto replaced_by = [](TimeNs begins, std::uint32_t packets, std::uint8_t source) {
        Run run;
        const TimeNs last = run.stretch(1, 1, 100, kStart);
        run.stretch(2, 1, packets, last + begins, source);
        return run.silent(last + 12 * kSecond) != Spis{1};
    };
    CHECK(replaced_by(5 * kSecond, 3, 0));
    CHECK(replaced_by(kAfter, 3, 0));
    CHECK(!replaced_by(kAfter + kMs, 3, 0));
    CHECK(!replaced_by(5 * kSecond, 3, 9)); // of another source
    CHECK(replaced_by(-20 * kMs, 100, 0));  // began before, and goes on
    CHECK(!replaced_by(-50 * kMs, 40, 0));  // and stopped before
    // Two that stop together are both silent, whichever sent last.
    Run two;
    const TimeNs last = two.stretch(1, 1, 100, kStart);
    CHECK(two.stretch(2, 1, 100, kStart + 1000) == last + 1000);
    CHECK(two.silent(last + 12 * kSecond) == Spis{1, 2});
}

TEST_CASE("silence: it comes back", "[flow]") {
    Run run;
    const TimeNs last = run.stretch(1, 1, 100, kStart);
    const TimeNs again = last + 30 * kSecond;
    run.stretch(1, 201, 100, again);
    CHECK(run.silent(again + kSecond).empty());
    const auto silent = run.told(flow::EventKind::silent);
    const auto resumed = run.told(flow::EventKind::resumed);
    REQUIRE(silent.size() == 1);
    REQUIRE(resumed.size() == 1);
    CHECK(silent[0].time == last + kAfter);
    CHECK(silent[0].b == last);
    CHECK(resumed[0].time == again);
    CHECK(resumed[0].b == last);
    // Where another went on meanwhile there was no silence.
    Run busy;
    busy.stretch(2, 1, 2, kStart);
    busy.stretch(1, 1, 100, kStart);
    busy.stretch(2, 3, 1, last + 15 * kSecond);
    busy.stretch(1, 201, 100, again);
    CHECK(busy.silent(again + kSecond).empty());
    CHECK(busy.told(flow::EventKind::resumed).empty());
}

TEST_CASE("silence: a live run finds it without a packet", "[flow]") {
    Run run({.events = true, .live = true});
    const TimeNs last = run.stretch(1, 1, 100, kStart);
    run.tracker->clear_events();
    CHECK(run.silent_rows({}) == 0);
    CHECK(run.silent_rows({last + kAfter - 1, kStart}) == 0);
    CHECK(run.silent_rows({last + kAfter, last + kSecond}) == 0);
    CHECK(run.silent_rows({last + kAfter, kStart}) == 1);
    CHECK(run.silent_rows({last + kAfter + kSecond, kStart}) == 1);
    CHECK(run.summary(1).silent == 1);
    REQUIRE(run.tracker->events().size() == 1); // told once
    CHECK(run.tracker->events()[0].kind == flow::EventKind::silent);
    CHECK(run.tracker->events()[0].b == last);
    run.tracker->clear_events();
    run.stretch(1, 101, 2, last + 60 * kSecond);
    CHECK(run.summary(1).silent == 0);
    CHECK(run.silent_rows({last + 61 * kSecond, kStart}) == 0);
    REQUIRE(run.tracker->events().size() == 1);
    CHECK(run.tracker->events()[0].kind == flow::EventKind::resumed);
}

TEST_CASE("silence: workers of a live run know what replaces an SA of another", "[flow]") {
    flow::FlowBudget budget{1000, 2};
    REQUIRE(budget.watch_peers(1000));
    std::unique_ptr<flow::Tracker> of[2];
    for (auto& one : of) {
        auto made = flow::Tracker::create({.max_flows = 1000, .live = true}, budget);
        REQUIRE(made);
        one = std::move(*made);
    }
    const auto silent = [&](TimeNs now) {
        of[0]->begin_table_sums({now, kStart});
        while (!of[0]->continue_table_sums(1000)) {
        }
        return of[0]->table_sums().silent_rows;
    };
    for (std::uint32_t i = 0; i < 100; ++i) {
        const auto o = packet(1, 1 + i, kStart + i * kMs);
        of[0]->track(&o, 1);
    }
    for (std::uint32_t i = 0; i < 30; ++i) {
        const auto o = packet(2, 1 + i, kStart + (i + 1) * kSecond);
        of[1]->track(&o, 1);
    }
    CHECK(silent(kStart + 30 * kSecond) == 0);
    // The other stops as well, and an SA of the same peers that begins later replaces neither.
    const auto late = packet(3, 1, kStart + 60 * kSecond);
    of[1]->track(&late, 1);
    CHECK(silent(kStart + 61 * kSecond) == 1);
}

TEST_CASE("silence: a key that begins before the old one ends replaces it in a live run",
          "[flow]") {
    // So seldom that 64 packets take longer than the ports tell how far behind the other may be.
    Run run({.live = true});
    for (std::uint32_t i = 0; i < 100; ++i)
        run.send(packet(1, 1 + i, kStart + i * kSecond));
    const TimeNs last = kStart + 99 * kSecond;
    for (std::uint32_t i = 0; i < 70; ++i) {
        run.send(packet(2, 1 + i, last - 5 * kSecond + i * kSecond));
        CHECK(run.silent_rows({last - 5 * kSecond + i * kSecond, kStart}) == 0);
    }
}

TEST_CASE("final: a number that was missing for ten seconds", "[flow]") {
    Run run;
    run.send(packet(1, 1, kStart));
    run.send(packet(1, 3, kStart));
    CHECK(run.final_at(kStart + kAfter - 1) == seq::LossParts{0, 0, 0});
    CHECK(run.final_at(kStart + kAfter) == seq::LossParts{1, 0, 0});
    run.send(packet(1, 2, kStart + kAfter));
    CHECK(run.summary(1).lost == 0);
    CHECK(run.summary(1).recovered == 1);
    CHECK(run.final_at(kStart + kAfter) == seq::LossParts{1, 0, 0}); // it never falls
    run.send(packet(1, 5, kStart + 20 * kSecond));
    run.send(packet(1, 4, kStart + 29 * kSecond));
    CHECK(run.summary(1).recovered == 1);
    CHECK(run.final_at(kStart + 60 * kSecond) == seq::LossParts{1, 0, 0});
}

TEST_CASE("final: a number that has left the memory", "[flow]") {
    Run run({.window = 64, .final_after = 0});
    run.send(packet(1, 1, kStart));
    run.send(packet(1, 3, kStart));
    CHECK(run.final_at(kStart + 3600 * kSecond).sum() == 0);
    for (std::uint32_t n = 4; n <= 65; ++n)
        run.send(packet(1, n, kStart));
    CHECK(run.final_at(kStart).sum() == 0);
    run.send(packet(1, 66, kStart));
    CHECK(run.final_at(kStart) == seq::LossParts{1, 0, 0});
}

TEST_CASE("final: holes that open all the time are final at most a third later", "[flow]") {
    Run run({.window = 8192});
    constexpr TimeNs kApart = kSecond / 20;
    std::uint32_t number = 1;
    for (int i = 0; i < 2000; ++i, number += 2) {
        const TimeNs now = kStart + i * kApart;
        run.send(packet(1, number, now));
        const std::uint64_t due = i > 200 ? static_cast<std::uint64_t>(i - 200) : 0;
        const std::uint64_t least = i > 267 ? static_cast<std::uint64_t>(i - 267) : 0;
        const std::uint64_t got = run.final_at(now).network;
        REQUIRE(got <= due);
        REQUIRE(got >= least);
    }
}

TEST_CASE("final: what the probe lost and what is doubtful are apart", "[flow]") {
    Run run;
    run.send(packet(1, 1, kStart));
    run.tracker->report_drops({kStart, kStart + kMs / 2, 2});
    run.send(packet(1, 4, kStart + kMs)); // 2 and 3
    run.send(packet(1, 6, kStart + kSecond));
    run.send(packet(1, 900, kStart + kSecond)); // more than the link carries in no time
    CHECK(run.final_at(kStart + kSecond + kAfter) == seq::LossParts{1, 2, 893});
    run.send(packet(1, 2, kStart + kSecond + kAfter));
    run.send(packet(1, 800, kStart + kSecond + kAfter));
    const flow::SaSummary s = run.summary(1);
    CHECK(s.recovered == 2);
    CHECK(s.recovered_blind == 1);
    CHECK(s.recovered_doubtful == 1);
    CHECK(s.lost == 894);
    CHECK(run.final_at(kStart + 60 * kSecond) == seq::LossParts{1, 2, 893});
}

TEST_CASE("duplicates: over another interface than the first packet", "[flow]") {
    Run run;
    for (std::uint32_t n = 1; n <= 100; ++n)
        for (const std::uint16_t port : {std::uint16_t{1}, std::uint16_t{2}}) {
            wire::Observation o = packet(1, n, kStart + n * kMs);
            o.id.key.tag = port;
            run.send(o);
        }
    CHECK(run.summary(1).duplicates == 100);
    CHECK(run.tracker->counters().elsewhere == 100);
}
