// Storing while a run lives: what can be read at any moment, and what is removed to make room.
#include "catch.hpp"
#include "flow/figures/gather.hpp"
#include "flow/tracker.hpp"
#include "store/store.hpp"
#include "store/write/live_spill.hpp"
#include "support/esp_packet.hpp"
#include "support/store_samples.hpp"
#include "wire/decode.hpp"

#include <atomic>

using namespace lacuna;
using namespace lacuna::store;
using namespace lacuna::test;
using namespace std::chrono_literals;

namespace {

constexpr TimeNs kSecond = 1'000'000'000;
constexpr TimeNs kStart = 1'700'000'000 * kSecond;
constexpr TimeNs kDay = 86'400 * kSecond;

std::unique_ptr<StoreWriter> writer_of(const std::string& dir, RunRecord run = {},
                                       Limits limits = {}) {
    auto writer = StoreWriter::open(dir, std::move(run), limits);
    REQUIRE(writer);
    return std::move(*writer);
}

/// Waits for what another thread will do; much longer than it takes.
template <typename Fn>
bool wait_for(Fn fn) {
    for (int i = 0; i < 6000; ++i) {
        if (fn()) return true;
        std::this_thread::sleep_for(5ms);
    }
    return false;
}

/// A worker at work: a tracker, its request_slot, and a thread that serves it.
class Worker {
public:
    Worker() : budget_(1000) {
        auto made = flow::Tracker::create({.max_flows = 1000}, budget_);
        REQUIRE(made);
        tracker_ = std::move(*made);
        request_slot_ = std::make_unique<flow::RequestSlot>(*tracker_);
        thread_ = std::thread([this] { run(); });
    }
    ~Worker() { stop(); }
    void stop() {
        stop_ = true;
        if (thread_.joinable()) thread_.join();
    }
    flow::RequestSlot& request_slot() { return *request_slot_; }
    flow::Tracker& tracker() { return *tracker_; }
    std::uint64_t sent() const { return sent_.load(); }
    /// Packets to send from now on.
    void send(std::uint64_t n) { wanted_ += n; }

private:
    void run() {
        std::uint32_t n = 0;
        while (!stop_) {
            if (sent_ < wanted_) {
                const auto o = esp_packet(1 + n % 500, 1 + n / 500, kStart + n * 1000);
                tracker_->track(&o, 1);
                ++n;
                ++sent_;
                request_slot_->serve(flow::RequestSlot::kBetweenBursts);
            } else {
                request_slot_->serve(flow::RequestSlot::kWhileIdle);
            }
        }
        request_slot_->close();
    }

    flow::FlowBudget budget_;
    std::unique_ptr<flow::Tracker> tracker_;
    std::unique_ptr<flow::RequestSlot> request_slot_;
    std::atomic<bool> stop_{false};
    std::atomic<std::uint64_t> sent_{0};
    std::atomic<std::uint64_t> wanted_{0};
    std::thread thread_;
};

RunWatch watch_of(Worker& worker) {
    RunWatch watch;
    watch.request_slots = {&worker.request_slot()};
    watch.not_stored = [] { return 0u; };
    watch.figures = [&worker]() -> Result<flow::RunFigures> {
        auto f = flow::gather({{&worker.request_slot()}, {}}, {.timeout = 5s});
        if (!f) return f;
        f->frames.classes[static_cast<std::size_t>(wire::FrameClass::esp)] = f->totals.received;
        f->frames.decoded = f->totals.received;
        return f;
    };
    return watch;
}

} // namespace

TEST_CASE("store: a living run shows its totals and its SAs", "[store]") {
    const TempDir dir;
    auto writer = writer_of(dir / "s");
    Worker worker;
    LiveSpill live([&] { return writer.get(); }, {}, watch_of(worker), {.interval = 20ms}, false);
    auto reader = StoreReader::open(dir / "s", StoreReader::Mode::follow);
    REQUIRE(reader);
    const auto sum_of_rows = [&] {
        std::uint64_t n = 0;
        REQUIRE((*reader)->each_summary(1, nullptr, [&](const flow::SaSummary& s) {
            n += s.received;
            return true;
        }));
        return n;
    };
    std::uint64_t last = 0;
    for (const std::uint64_t more : {10'000u, 1u, 50'000u, 499u}) {
        worker.send(more);
        last += more;
        CHECK(wait_for([&] {
            REQUIRE((*reader)->catch_up());
            const auto run = (*reader)->latest_run();
            REQUIRE(run);
            CHECK((*run)->figures.totals.received <= last);
            return (*run)->figures.totals.received == last && sum_of_rows() == last;
        }));
    }
    const auto run = (*reader)->latest_run();
    CHECK((*run)->state == RunState::open);
    CHECK((*run)->figures.frames.offered() == last);
    CHECK((*run)->figures.earliest == kStart);
    CHECK((*run)->figures.totals.flows == 500);
    live.stop();
    worker.stop();
}

TEST_CASE("store: a row that leaves while it is asked for keeps its last summary", "[store]") {
    const TempDir dir;
    auto writer = writer_of(dir / "s");
    const auto ids = sample_ids();
    const auto old_one = sample_summary(ids[0], 1, 10);
    const auto other = sample_summary(ids[1], 1, 20);
    const auto last_one = sample_summary(ids[0], 1, 1000);
    writer->begin_page();
    REQUIRE(writer->put_summaries({&last_one, 1})); // it left after the worker had been asked
    const flow::SaSummary page[] = {old_one, other};
    REQUIRE(writer->put_page(page));
    std::vector<std::uint64_t> received;
    auto reader = StoreReader::open(dir / "s");
    REQUIRE(reader);
    REQUIRE((*reader)->each_summary(1, nullptr, [&](const flow::SaSummary& s) {
        received.push_back(s.received);
        return true;
    }));
    CHECK(received == std::vector<std::uint64_t>{1000, 20});
}

TEST_CASE("store: runs older than what is kept go, with all they had", "[store]") {
    const TempDir dir;
    const auto fill = [](StoreWriter& writer) {
        for (const auto& id : sample_ids()) {
            const auto s = sample_summary(id, 1, 5);
            auto e = sample_event(id, 1, 3);
            REQUIRE(writer.put_summaries({&s, 1}));
            REQUIRE(writer.put_events({&e, 1}));
            e.kind = flow::EventKind::rekey;
            REQUIRE(writer.put_events({&e, 1}));
            const flow::Sample p{id, 1, 0, 3'700 * kSecond, 1, 1, 0, 0, 0, 0, 0, 0};
            REQUIRE(writer.put_samples({&p, 1}));
        }
    };
    RunRecord run;
    run.series_interval = 10 * kSecond;
    for (int i = 0; i < 3; ++i) {
        auto writer = writer_of(dir / "s", run);
        fill(*writer);
        if (i != 1) REQUIRE(writer->end_run(run)); // the second one dies
    }
    auto writer = writer_of(dir / "s", run, {.retain = kDay});
    fill(*writer);
    const TimeNs now = std::chrono::duration_cast<std::chrono::nanoseconds>(
                           std::chrono::system_clock::now().time_since_epoch())
                           .count();
    REQUIRE(writer->enforce(now + kDay / 2));
    CHECK(writer->removed().runs == 0);
    REQUIRE(writer->enforce(now + 2 * kDay));
    CHECK(writer->removed().runs == 3);
    CHECK(writer->removed().points == 0);
    auto reader = StoreReader::open(dir / "s");
    REQUIRE(reader);
    CHECK((*reader)->runs()->size() == 1);
    for (RunId id = 1; id <= 4; ++id) {
        CAPTURE(id);
        std::size_t found = 0;
        REQUIRE((*reader)->each_event(id, nullptr, [&](const flow::Event&) { return ++found; }));
        REQUIRE(
            (*reader)->each_notable(id, 0, 1'000'000, [&](const flow::Event&) { return ++found; }));
        found += *(*reader)->count_summaries(id);
        CHECK(found == (id == 4 ? 4 * sample_ids().size() : 0));
    }
    std::size_t points = 0;
    REQUIRE((*reader)->each_timeline(4, sample_ids()[0], Level::hour, 0, kDay,
                                     [&](const Point&) { return ++points; }));
    CHECK(points == 1);
}

namespace {

/// A run of one SA with a sample and an event every 10 s, the first at `from`.
void put_day(StoreWriter& writer, TimeNs from, TimeNs length) {
    const auto id = sample_ids()[3];
    std::vector<flow::Sample> samples;
    std::vector<flow::Event> events;
    std::uint64_t n = 0;
    for (TimeNs t = from; t < from + length; t += 10 * kSecond) {
        samples.push_back({id, kStart, t, t + 10 * kSecond, ++n * 10, n * 1000, n, 0, 0, 0, 0, 0});
        events.push_back(sample_event(id, kStart, static_cast<Seq64>(n)));
        events.back().time = t;
        events.push_back(events.back());
        events.back().kind = flow::EventKind::rekey;
    }
    REQUIRE(writer.put_samples(samples));
    REQUIRE(writer.put_events(events));
    flow::SaSummary s{};
    s.id = id;
    s.first_time = kStart;
    s.last_time = s.period_time = from + length;
    s.received = n * 10 + 5;
    s.bytes = n * 1000 + 500;
    s.lost = n;
    REQUIRE(writer.put_summaries({&s, 1}));
}

} // namespace

TEST_CASE("store: points and events of a long run go by age, its summaries stay", "[store]") {
    const TempDir dir;
    RunRecord run;
    run.series_interval = 10 * kSecond;
    auto writer = writer_of(dir / "s", run, {.retain = kDay});
    put_day(*writer, kStart, 3 * kDay);
    run.figures.earliest = kStart;
    run.figures.latest = kStart + 3 * kDay;
    REQUIRE(writer->update_run(run));
    REQUIRE(writer->enforce(0));
    const TimeNs before = run.figures.latest - kDay;
    CHECK(writer->removed().runs == 0);
    CHECK(writer->removed().points > 2 * 8640);
    CHECK(writer->removed().events == 2 * 2 * 8640);
    auto reader = StoreReader::open(dir / "s");
    REQUIRE(reader);
    for (const Level level : kLevels) {
        std::vector<Point> points;
        REQUIRE((*reader)->each_timeline(1, sample_ids()[3], level, 0, run.figures.latest + kDay,
                                         [&](const Point& p) {
                                             points.push_back(p);
                                             return true;
                                         }));
        const TimeNs length = length_of(level, run.series_interval);
        CAPTURE(length, points.size());
        REQUIRE(points.size() > 2);
        // The first that is left is what the next is compared with.
        CHECK(points.front().start >= before);
        CHECK(points.front().start <= before + 2 * length);
        for (const Point& p : points)
            CHECK(p.received <= 10 * (length / (10 * kSecond)));
        CHECK(points.back().start == flow::interval_start(run.figures.latest, length));
    }
    std::size_t events = 0;
    REQUIRE((*reader)->each_event(1, nullptr, [&](const flow::Event& e) {
        CHECK(e.time >= before);
        return ++events;
    }));
    CHECK(events == 2 * 8640);
    events = 0;
    REQUIRE((*reader)->each_notable(1, 0, run.figures.latest + kDay,
                                    [&](const flow::Event&) { return ++events; }));
    CHECK(events == 8640);
    CHECK(*(*reader)->count_summaries(1) == 1);
}

TEST_CASE("store: the oldest goes where the store is too large", "[store]") {
    const TempDir dir;
    RunRecord run;
    run.series_interval = 10 * kSecond;
    run.figures.earliest = kStart;
    run.figures.latest = kStart + 30 * kDay;
    {
        auto writer = writer_of(dir / "s", run);
        put_day(*writer, kStart, 30 * kDay);
        REQUIRE(writer->end_run(run));
    }
    auto writer = writer_of(dir / "s", run, {.max_size = 4u << 20});
    put_day(*writer, kStart, 30 * kDay);
    REQUIRE(writer->update_run(run));
    REQUIRE(writer->size() > (4u << 20));
    REQUIRE(writer->enforce(0));
    CHECK(writer->removed().runs == 1);
    CHECK(writer->removed().points != 0);
    CHECK(writer->size() <= (4u << 20));
    auto reader = StoreReader::open(dir / "s");
    REQUIRE(reader);
    CHECK(*(*reader)->count_summaries(1) == 0);
    CHECK(*(*reader)->count_summaries(2) == 1);
    std::size_t points = 0;
    REQUIRE((*reader)->each_timeline(2, sample_ids()[3], Level::fine, 0, run.figures.latest + kDay,
                                     [&](const Point&) { return ++points; }));
    CHECK(points > 100); // only what had to go went
}
