#include "fleet/ship/shipper.hpp"

#include "fleet/schema/init.hpp"
#include "fleet/ship/follow.hpp"
#include "fleet/ship/scan.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <fmt/format.h>
#include <thread>

namespace lacuna::fleet {
namespace {

/// Between two sendings of summaries while a run lives.
constexpr std::chrono::seconds kSummaries{60};

TimeNs wall_clock() {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
}

} // namespace

Shipper::Shipper(Engine& engine, ShipOptions options, Place place)
    : engine_(engine), options_(std::move(options)), place_(std::move(place)),
      inserts_(engine, options_.patience, place_.refused()) {}

Result<std::unique_ptr<Shipper>> Shipper::open(Engine& engine, ShipOptions options) {
    const std::string db = options.db;
    if (auto there = store::StoreReader::open(db); !there) return there.error();
    auto place = Place::take(db);
    if (!place) return place.error();
    if (options.spool != 0)
        if (Status s = place->keep_log(options.spool); !s) return s.error();
    std::unique_ptr<Shipper> shipper(new Shipper(engine, std::move(options), std::move(*place)));
    if (Status s = shipper->open_store(); !s) return s.error();
    const auto greeting = greet(engine);
    if (!greeting) return greeting.error();
    shipper->shipped_.clock_ms = (wall_clock() - greeting->now) / 1'000'000;
    if (Status s = shipper->confirm(); !s) return s.error();
    return shipper;
}

Status Shipper::open_store() {
    auto reader = store::StoreReader::open(options_.db, store::StoreReader::Mode::follow);
    if (!reader) return reader.error();
    const auto identity = store::StoreRows(**reader).identity();
    if (!identity) return identity.error();
    reader_ = std::move(*reader);
    origin_ = {options_.probe, *identity};
    const std::string engine = engine_.target().text();
    const auto cursor = read_cursor(place_.folder(), engine, *identity);
    known_ = cursor.has_value();
    cursor_ = known_ ? *cursor : Cursor{engine, *identity};
    return {};
}

/// An engine that was made anew, or set back, knows of less than it once acknowledged.
Status Shipper::confirm() {
    const auto answer = engine_.ask(fmt::format(
        "SELECT count(), max(place) FROM {{db}}.raw_probes WHERE probe = {} AND store = {}",
        literal(origin_.probe), literal(origin_.store)));
    if (!answer) return answer.error().error(engine_.target());
    const std::vector<std::string>& row = answer->front();
    std::uint64_t place = 0;
    std::from_chars(row[1].data(), row[1].data() + row[1].size(), place);
    known_ = known_ && row[0] != "0";
    cursor_.place = std::min(cursor_.place, place);
    return {};
}

/// All there is; behind the place taken before, so that nothing falls between.
Status Shipper::walk() {
    if (Status s = reader_->catch_up(); !s) return s;
    const std::uint64_t place = store::StoreLog(*reader_).end();
    const auto runs = reader_->runs();
    if (!runs) return runs.error();
    for (const store::RunRecord& run : *runs) {
        if (Status s = add_run(*reader_, origin_, run, inserts_); !s) return s;
        through_ = std::max(through_, run.figures.latest);
        ++shipped_.runs;
    }
    return acknowledge(place);
}

/// The probe's own row: it lives, and so far it is.
Status Shipper::report(std::uint64_t place) {
    ProbeRow probe{origin_, options_.path, options_.hop, options_.version};
    probe.seen = wall_clock() - shipped_.clock_ms * 1'000'000;
    probe.through = through_;
    probe.clock_ms = shipped_.clock_ms;
    probe.shipped = cursor_.shipped + inserts_.rows() - shipped_.rows;
    probe.refused = cursor_.refused + inserts_.refused() - shipped_.refused;
    probe.place = place;
    return inserts_.add(TableId::probes, probe_cells(), probe, probe.seen);
}

/// All that was added is in the engine; only then the cursor moves.
Status Shipper::acknowledge(std::uint64_t place) {
    if (Status s = inserts_.flush(); !s) return s;
    if (Status s = report(place); !s) return s;
    if (Status s = inserts_.flush(); !s) return s;
    cursor_.shipped += inserts_.rows() - shipped_.rows;
    cursor_.refused += inserts_.refused() - shipped_.refused;
    shipped_.rows = inserts_.rows();
    shipped_.refused = inserts_.refused();
    cursor_.place = place;
    known_ = true;
    return write_cursor(place_.folder(), cursor_);
}

Status Shipper::ship() {
    if (!known_) return walk();
    Follower follower(*reader_, origin_, inserts_);
    if (Status s = reader_->catch_up(); !s) return s;
    for (std::uint64_t place = cursor_.place;;) {
        const auto there = follower.take(place);
        if (!there) return there.error();
        if (!*there) return walk();
        through_ = std::max(through_, follower.through());
        const bool more = follower.full() && place < store::StoreLog(*reader_).end();
        if (Status s = follower.settle(); !s) return s;
        if (!more) return acknowledge(place);
    }
}

/// `again`: the reader cannot go on, a new one can.
Status Shipper::follow_reader(const std::atomic<bool>& stop, bool& again) {
    constexpr std::chrono::milliseconds kStep{50};
    if (Status s = ship(); !s) return s;
    auto follower = std::make_unique<Follower>(*reader_, origin_, inserts_);
    std::uint64_t place = cursor_.place;
    auto settled = std::chrono::steady_clock::now();
    while (!stop) {
        for (auto rest = options_.every; rest.count() > 0 && !stop; rest -= kStep)
            std::this_thread::sleep_for(std::min(rest, kStep));
        if (!reader_->catch_up()) {
            again = true;
            return {};
        }
        const auto there = follower->take(place);
        if (!there) return there.error();
        through_ = std::max(through_, follower->through());
        const auto now = std::chrono::steady_clock::now();
        if (!*there) {
            if (Status s = walk(); !s) return s;
            // What it kept is older than what was walked through.
            follower = std::make_unique<Follower>(*reader_, origin_, inserts_);
            place = cursor_.place;
        } else if (follower->full() || stop || now - settled >= kSummaries) {
            if (Status s = follower->settle(); !s) return s;
            if (Status s = acknowledge(place); !s) return s;
            settled = now;
        } else {
            if (Status s = inserts_.flush(); !s) return s;
            if (Status s = report(cursor_.place); !s) return s;
            if (Status s = inserts_.flush(); !s) return s;
        }
    }
    return {};
}

Status Shipper::follow(const std::atomic<bool>& stop) {
    for (;;) {
        bool again = false;
        if (Status s = follow_reader(stop, again); !s || !again) return s;
        if (Status s = open_store(); !s) return s;
    }
}

} // namespace lacuna::fleet
