// Time series: what trackers sampled, through the store, to points; against sums of the packets.
#include "catch.hpp"
#include "flow/tracker.hpp"
#include "store/store.hpp"
#include "support/store_samples.hpp"
#include "wire/decode.hpp"

#include <map>
#include <random>

using namespace lacuna;
using namespace lacuna::store;
using namespace lacuna::test;

namespace {

constexpr TimeNs kSecond = 1'000'000'000;
constexpr TimeNs kStart = 1'700'000'000 * kSecond;
constexpr TimeNs kInterval = 10 * kSecond;
constexpr TimeNs kFirst = std::numeric_limits<TimeNs>::min();
constexpr TimeNs kLast = std::numeric_limits<TimeNs>::max();

wire::Observation packet(const wire::SaIdentity& id, std::uint32_t number, TimeNs time) {
    wire::Observation o;
    std::memset(static_cast<void*>(&o), 0, sizeof o);
    o.id = id;
    o.seq = number;
    o.time = time;
    o.bytes = (60 + number % 11) & wire::kMaxFrameBytes;
    o.hash = wire::identity_hash(id, wire::HashKey::fixed(5));
    return o;
}

/// A tracker whose samples and summaries go into a store.
class Probe {
public:
    Probe(const std::string& dir, TimeNs idle_timeout) : budget_(64) {
        auto tracker = flow::Tracker::create({.max_flows = 64,
                                              .idle_timeout = idle_timeout,
                                              .events = true,
                                              .sample_periods = kInterval / flow::kPeriod},
                                             budget_);
        REQUIRE(tracker);
        tracker_ = std::move(*tracker);
        RunRecord run;
        run.series_interval = kInterval;
        auto writer = StoreWriter::open(dir, run);
        REQUIRE(writer);
        writer_ = std::move(*writer);
    }
    void send(const wire::Observation& o) {
        tracker_->track(&o, 1);
        REQUIRE(writer_->put_samples(tracker_->samples()));
        REQUIRE(writer_->put_summaries(tracker_->evicted()));
        tracker_->clear_samples();
        tracker_->clear_evicted();
        tracker_->clear_events();
    }
    /// Stores the summaries of all rows held.
    void spill() {
        flow::SaSummary s;
        for (std::size_t row = 0; row < tracker_->row_limit(); ++row) {
            if (!tracker_->row_used(row)) continue;
            tracker_->summarize(row, s);
            REQUIRE(writer_->put_summaries({&s, 1}));
        }
    }
    flow::Tracker& tracker() { return *tracker_; }
    RunId run() const { return writer_->run(); }

private:
    flow::FlowBudget budget_;
    std::unique_ptr<flow::Tracker> tracker_;
    std::unique_ptr<StoreWriter> writer_;
};

/// Packets and octets of each interval.
using Sums = std::map<TimeNs, std::pair<std::int64_t, std::int64_t>>;

std::vector<Point> points(const StoreReader& reader, const wire::SaIdentity& id, Level level,
                          TimeNs since = kFirst, TimeNs until = kLast) {
    std::vector<Point> list;
    REQUIRE(reader.each_timeline(1, id, level, since, until, [&](const Point& p) {
        list.push_back(p);
        return true;
    }));
    return list;
}

Sums sums_of(const std::vector<Point>& list) {
    Sums sums;
    for (const Point& p : list) {
        CHECK((sums.empty() || sums.rbegin()->first < p.start));
        sums[p.start] = {p.received, p.bytes};
    }
    return sums;
}

Sums cut(const Sums& all, TimeNs length, TimeNs since, TimeNs until) {
    Sums kept;
    for (const auto& [start, sum] : all)
        if (start + length > since && start < until) kept.insert({start, sum});
    return kept;
}

} // namespace

TEST_CASE("series: points of every level are the sums of the packets", "[store]") {
    const TempDir dir;
    Probe probe(dir / "s", 400 * kSecond);
    const auto ids = sample_ids();
    std::map<std::size_t, std::map<TimeNs, Sums>> expected; // of an SA, by length
    std::map<std::size_t, std::uint32_t> number;
    std::mt19937_64 random(3);
    TimeNs time = kStart;
    for (int i = 0; i < 20'000; ++i) {
        const auto r = random() % 1000;
        time += static_cast<TimeNs>(r == 0 ? 900 * kSecond : random() % kSecond);
        const std::size_t sa = random() % (r < 300 ? 2 : 6); // some are idle often, and leave
        std::uint32_t& n = number[sa];
        n += r < 10 ? 3 : 1;
        const auto o = packet(ids[4 + sa % 6], 1000 + n, time);
        probe.send(o);
        for (const Level level : kLevels) {
            const TimeNs length = length_of(level, kInterval);
            auto& sum = expected[sa][length][time / length * length];
            ++sum.first;
            sum.second += o.bytes;
        }
        if (i % 3000 == 0) probe.spill(); // older summaries beside newer samples
    }
    probe.spill();
    REQUIRE(probe.tracker().counters().evicted_idle > 10);

    auto opened = StoreReader::open(dir / "s");
    REQUIRE(opened);
    const StoreReader& reader = **opened;
    for (std::size_t sa = 0; sa < 6; ++sa) {
        const wire::SaIdentity& id = ids[4 + sa];
        std::int64_t lost = 0;
        REQUIRE(reader.each_summary(1, &id, [&](const flow::SaSummary& s) {
            lost += static_cast<std::int64_t>(s.lost);
            return true;
        }));
        for (const Level level : kLevels) {
            const TimeNs length = length_of(level, kInterval);
            CAPTURE(sa, length);
            const Sums& all = expected[sa][length];
            const auto list = points(reader, id, level);
            CHECK((sums_of(list) == all));
            std::int64_t sum = 0;
            for (const Point& p : list)
                sum += p.lost;
            CHECK(sum == lost);
            for (int i = 0; i < 20; ++i) {
                const TimeNs since = kStart + static_cast<TimeNs>(random() % 20'000) * kSecond;
                const TimeNs until = since + static_cast<TimeNs>(random() % 5'000) * kSecond;
                CHECK((sums_of(points(reader, id, level, since, until))
                       == cut(all, length, since, until)));
            }
        }
    }
    CHECK(points(reader, ids[0], Level::fine).empty());
    for (const Level level : kLevels) {
        Sums all;
        std::int64_t lost = 0;
        for (std::size_t sa = 0; sa < 6; ++sa)
            for (const Point& p : points(reader, ids[4 + sa], level)) {
                all[p.start].first += p.received;
                all[p.start].second += p.bytes;
                lost += p.lost;
            }
        std::vector<Point> run;
        REQUIRE(reader.each_run_point(1, level, [&](const Point& p) {
            run.push_back(p);
            return true;
        }));
        CAPTURE(length_of(level, kInterval));
        CHECK((sums_of(run) == all));
        for (const Point& p : run) {
            CHECK(p.length == length_of(level, kInterval));
            lost -= p.lost;
        }
        CHECK(lost == 0);
    }
}

TEST_CASE("series: late packets take from the interval they arrive in", "[store]") {
    const TempDir dir;
    Probe probe(dir / "s", 0);
    const auto id = sample_ids()[4];
    probe.send(packet(id, 1, kStart));
    probe.send(packet(id, 5, kStart + kSecond));
    probe.send(packet(id, 3, kStart + 11 * kSecond));
    probe.send(packet(id, 6, kStart + 12 * kSecond));
    probe.send(packet(id, 6, kStart + 60 * kSecond));
    probe.spill();
    auto reader = StoreReader::open(dir / "s");
    REQUIRE(reader);
    const auto list = points(**reader, id, Level::fine);
    REQUIRE(list.size() == 3);
    CHECK(list[0].lost == 3);
    CHECK(list[1].lost == -1);
    CHECK(list[1].late == 1);
    CHECK(list[1].received == 2);
    CHECK(list[2].start == kStart + 60 * kSecond);
    CHECK(list[2].duplicates == 1);
    CHECK(list[2].length == kInterval);
}

TEST_CASE("series: a run without is told apart from an SA without", "[store]") {
    const TempDir dir;
    REQUIRE(StoreWriter::open(dir / "s", {}));
    auto reader = StoreReader::open(dir / "s");
    REQUIRE(reader);
    const auto ask = [&](RunId run) {
        return (*reader)->each_timeline(run, sample_ids()[0], Level::fine, kFirst, kLast,
                                        [](const Point&) { return true; });
    };
    REQUIRE_FALSE(ask(1));
    CHECK(ask(1).error().what == "the run has no time series");
    REQUIRE_FALSE(ask(2));
    CHECK(ask(2).error().what == "no such run");
}

TEST_CASE("series: samples come back as they were", "[store]") {
    for (const wire::SaIdentity& id : sample_ids())
        for (const TimeNs time : kExtremes) {
            flow::Sample s{id, time, time, -(time / 2), 1, ~std::uint64_t{0}, 3, 4, 5, 6, 7, 128};
            for (const Level level : kLevels) {
                const auto back = decode_sample(series_key(9, level, s), encode(s));
                REQUIRE(back);
                CHECK(same_bytes(*back, s));
            }
            const std::string key = series_key(9, Level::minute, s);
            CHECK(key.starts_with(series_prefix(9, Level::minute, id)));
            for (std::size_t n = 0; n < key.size(); ++n)
                CHECK_FALSE(decode_sample(std::string_view(key).substr(0, n), encode(s)));
            const std::string value = encode(s);
            for (std::size_t n = 0; n < value.size(); ++n)
                CHECK_FALSE(decode_sample(key, std::string_view(value).substr(0, n)));
        }
}
