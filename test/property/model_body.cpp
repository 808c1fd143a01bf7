#include "property/model_body.hpp"

#include "flow/gap_fold.hpp"
#include "flow/tracker.hpp"
#include "wire/decode.hpp"

#include <cstring>
#include <map>
#include <sstream>

namespace model_body {
namespace {

using namespace lacuna;
using model::Step;

wire::Observation observation(const Step& s, const wire::HashKey& key) {
    wire::Observation o;
    std::memset(static_cast<void*>(&o), 0, sizeof o);
    std::uint8_t* const addr = o.id.key.addr;
    if (s.kind == Step::esp) {
        o.id.key.protocol = Protocol::esp;
        o.id.key.family = wire::Family::ipv4;
        o.id.key.spi = 0x1000 + s.name;
        addr[0] = 10;
        addr[3] = static_cast<std::uint8_t>(s.part);
        addr[4] = 192;
        addr[7] = static_cast<std::uint8_t>(s.source);
    } else if (s.kind == Step::shared) {
        o.id.key.protocol = Protocol::macsec;
        o.id.key.an = static_cast<std::uint8_t>(s.part) & 3;
        o.id.key.spare = wire::kSharedSci;
        addr[0] = static_cast<std::uint8_t>(s.name); // the port
        addr[8] = 2;
        addr[13] = static_cast<std::uint8_t>(s.source);
        o.flags = wire::kSciAssumed;
    } else {
        o.id.key.protocol = Protocol::macsec;
        o.id.key.an = static_cast<std::uint8_t>(s.part) & 3;
        addr[0] = 2;
        addr[5] = static_cast<std::uint8_t>(s.name);
        addr[7] = 1;
    }
    o.time = s.time;
    o.seq = s.number;
    o.bytes = 100;
    o.hash = wire::identity_hash(o.id, key);
    return o;
}

/// Collects what differs, a line each.
class Difference {
public:
    template <typename A, typename B>
    void check(std::int64_t row, const char* what, A tracker, B model) {
        if (static_cast<std::int64_t>(tracker) == static_cast<std::int64_t>(model)) return;
        out_ << "row begun at packet " << row << ": " << what << " is " << tracker
             << ", the model says " << model << '\n';
    }
    void histogram(std::int64_t row, const char* what, const Log2Histogram& tracker,
                   const model::Histogram& model) {
        for (int k = 0; k < static_cast<int>(kLog2Buckets); ++k) {
            const auto it = model.find(k);
            check(row, what, tracker[static_cast<std::size_t>(k)],
                  it == model.end() ? 0 : it->second);
        }
    }
    std::string text() const { return out_.str(); }

private:
    std::ostringstream out_;
};

void compare_row(Difference& d, std::int64_t at, const flow::SaSummary& s, const model::Row& m) {
    const model::Figures& f = m.figures;
    d.check(at, "received", s.received, f.received);
    d.check(at, "lost", s.lost, f.lost);
    d.check(at, "lost_blind", s.lost_blind, f.lost_blind);
    d.check(at, "gaps", s.gaps, f.gaps);
    d.check(at, "max_gap", s.max_gap, f.max_gap);
    d.check(at, "duplicates", s.duplicates, f.duplicates);
    d.check(at, "late", s.late, f.late);
    d.check(at, "max_late_extent", s.max_late_extent, f.max_late_extent);
    d.check(at, "too_old", s.too_old, f.too_old);
    d.check(at, "before_first", s.before_first, f.before_first);
    d.check(at, "outliers", s.outliers, f.outliers);
    d.check(at, "restarts", s.restarts, f.restarts);
    d.check(at, "first_ext", s.first_ext, m.first);
    d.check(at, "highest_ext", s.highest_ext, m.highest);
    d.histogram(at, "late_extents", s.late_extents, f.late_extents);
    d.histogram(at, "too_old_extents", s.too_old_extents, f.too_old_extents);
    d.histogram(at, "loss_periods", s.loss_periods, f.loss_periods);
    d.histogram(at, "loss_distances", s.loss_distances, f.loss_distances);
}

void compare_gaps(Difference& d, std::int64_t at, const std::vector<flow::Event>& events,
                  const std::vector<model::Run>& runs) {
    const std::vector<flow::GapRun> listed = flow::fold_gaps(events);
    d.check(at, "number of gaps listed", listed.size(), runs.size());
    if (listed.size() != runs.size()) return;
    for (std::size_t i = 0; i < runs.size(); ++i) {
        d.check(at, "first number of a gap", listed[i].first_missing, runs[i].first);
        d.check(at, "number after a gap", listed[i].next, runs[i].next);
        d.check(at, "time of a gap", listed[i].time, runs[i].time);
        d.check(at, "blindness of a gap", listed[i].blind, runs[i].blind);
    }
}

} // namespace

std::string compare(const traffic::Case& c, std::uint32_t burst_seed) {
    const wire::HashKey key = wire::HashKey::fixed(burst_seed);
    flow::FlowBudget budget(4096);
    flow::TrackerConfig config;
    config.window = c.window;
    config.max_flows = 4096;
    config.events = true;
    auto created = flow::Tracker::create(config, budget);
    if (!created) return created.error().text();
    flow::Tracker& tracker = **created;

    model::Link link(c.memory(), false);            // the tracker takes no hole back yet
    std::map<std::int64_t, std::int64_t> packet_at; // time -> which packet
    std::map<std::int64_t, std::vector<flow::Event>> events;
    std::vector<wire::Observation> burst;
    const auto flush = [&] {
        tracker.track(burst.data(), burst.size());
        burst.clear();
        for (const flow::Event& e : tracker.events())
            events[e.row].push_back(e);
        tracker.clear_events();
    };
    std::int64_t drops_to = -1;
    std::int64_t latest = 0;
    for (std::size_t i = 0; i < c.steps.size(); ++i) {
        const Step& s = c.steps[i];
        packet_at[s.time] = static_cast<std::int64_t>(i) + 1;
        latest = std::max(latest, s.time);
        link.packet(s);
        if (s.drops_to != drops_to) {
            flush();
            tracker.report_drops(
                {.from = s.drops_from, .to = drops_to = s.drops_to, .frames = kUnknownDrops});
        }
        burst.push_back(observation(s, key));
        burst_seed = burst_seed * 1664525 + 1013904223;
        if (burst.size() == 1 + (burst_seed >> 16) % 64) flush();
    }
    flush();
    tracker.finish(latest);
    for (const flow::Event& e : tracker.events())
        events[e.row].push_back(e);
    link.end();

    const std::vector<model::Link::Result> results = link.results();
    std::map<std::int64_t, const model::Row*> rows;
    for (const auto& identity : results)
        for (const model::Row& r : identity.rows)
            rows[r.first_time] = &r;
    Difference d;
    std::size_t found = 0;
    for (std::size_t row = 0; row < tracker.row_limit(); ++row) {
        if (!tracker.row_used(row)) continue;
        flow::SaSummary s;
        tracker.summarize(row, s);
        const std::int64_t at = packet_at[s.first_time];
        const auto expected = rows.find(s.first_time);
        if (expected == rows.end()) {
            d.check(at, "a row", 1, 0);
            continue;
        }
        ++found;
        compare_row(d, at, s, *expected->second);
        compare_gaps(d, at, events[s.first_time], expected->second->figures.runs);
    }
    d.check(0, "number of rows", found, rows.size());
    d.check(0, "rekeys", tracker.totals().rekeys, link.rekeys());
    return d.text();
}

std::string shrink(traffic::Case c, std::uint32_t burst_seed) {
    for (std::size_t piece = c.steps.size() / 2; piece != 0; piece /= 2) {
        for (std::size_t at = 0; at + piece <= c.steps.size();) {
            traffic::Case shorter = c;
            const auto from = shorter.steps.begin() + static_cast<std::ptrdiff_t>(at);
            shorter.steps.erase(from, from + static_cast<std::ptrdiff_t>(piece));
            if (compare(shorter, burst_seed).empty())
                at += piece;
            else
                c = std::move(shorter);
        }
    }
    std::ostringstream out;
    out << "window " << c.window << '\n';
    for (std::size_t i = 0; i < c.steps.size(); ++i)
        out << i + 1 << ". " << traffic::text(c.steps[i]) << '\n';
    return out.str() + compare(c, burst_seed);
}

} // namespace model_body
