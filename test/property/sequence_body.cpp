#include "property/sequence_body.hpp"

#include "flow/gap_fold.hpp"
#include "flow/tracker.hpp"
#include "model/naive.hpp"
#include "wire/decode.hpp"

#include <array>
#include <cstring>
#include <memory>
#include <sstream>

namespace sequence_body {
namespace {

using namespace lacuna;

constexpr unsigned kSas = 4;
constexpr unsigned kEsp = 3;

class Bytes {
public:
    explicit Bytes(std::span<const std::uint8_t> b) : b_(b) {}
    bool empty() const { return at_ >= b_.size(); }
    std::uint32_t next() { return empty() ? 0 : b_[at_++]; }
    std::uint32_t word() { return next() | next() << 8 | next() << 16 | next() << 24; }

private:
    std::span<const std::uint8_t> b_;
    std::size_t at_ = 0;
};

/// Writes the packets of a case, keeping for each SA where its sender stands.
class Traffic {
public:
    Traffic(Case& c, Bytes& b) : case_(c), b_(b) {
        constexpr std::uint32_t starts[] = {1,          0,          1,     65500,
                                            0xFFFFFFF0, 0xBFFFFFFA, 70000, 0x7FFFFF00};
        for (std::uint32_t& at : at_)
            at = starts[b_.next() % 8];
    }

    void act() {
        // Mostly the same SA goes on; channels change hands now and then, sometimes for long.
        if (const std::uint32_t r = b_.next(); r < 24) sa_ = r % kSas;
        std::uint32_t& at = at_[sa_];
        const std::uint32_t w = case_.window;
        const std::uint32_t what = b_.next();
        if (what < 120)
            run(1 + what % 4);
        else if (what < 138)
            run(60 + what);
        else if (what < 140) // what is missing may just leave the memory, in order
            run(w - 60 + b_.next() % 120);
        else if (what < 160)
            at += 1 + b_.next() % 20, send(at++);
        else if (what < 166)
            at += b_.word() % (2 * w), send(at++);
        else if (what < 169)
            at += 60000 + b_.word() % 10000, send(at++);
        else if (what < 185)
            send(at - 1 - b_.next() % 24);
        else if (what < 195)
            send(at - 1 - b_.word() % (2 * w));
        else if (what < 200)
            send(at - 1);
        else if (what < 210)
            restart();
        else if (what < 220)
            replayed_beginning();
        else if (what < 226)
            stretch(at - 1 - b_.word() % (2 * w));
        else if (what < 232)
            send(b_.word());
        else if (what < 236)
            at += 65536 + b_.word() % 3, send(at++), send(at += b_.next() % 18);
        else if (what < 239)
            at += b_.word() & 0x7FFFFFFF, run(1 + b_.next() % 3);
        else if (what < 242)
            at = b_.word(), run(2);
        else if (what < 246)
            stretch(b_.next() % 70);
        else if (what < 250)
            interleaved();
        else
            send(at++ - (1u << 31));
    }

private:
    void send(std::uint32_t wire) {
        time_ += 1000 + b_.next() % 7 * 100;
        case_.steps.push_back({sa_, wire, time_});
    }
    void run(std::uint32_t n) {
        while (n-- > 0)
            send(at_[sa_]++);
    }
    void stretch(std::uint32_t from) {
        const std::uint32_t n = 1 + b_.next() % 12;
        for (std::uint32_t i = 0; i < n; ++i)
            send(from), from += 1 + (b_.next() < 40 ? b_.next() % 18 : 0);
    }
    void restart() {
        at_[sa_] = b_.next() % 4 == 0 ? b_.next() % 70 : b_.next() % 3;
        const std::uint32_t n = 1 + b_.next() % 90;
        for (std::uint32_t i = 0; i < n; ++i) {
            if (b_.next() < 20) at_[sa_] += b_.next() % 18;
            send(at_[sa_]++);
        }
    }
    void replayed_beginning() {
        stretch(b_.next() % 3);
        at_[sa_] += b_.next() % 18;
        send(at_[sa_]++);
    }
    void interleaved() {
        std::uint32_t old = b_.next() % 2;
        for (std::uint32_t i = 0; i < 4; ++i)
            send(at_[sa_]++), send(old++);
    }

    Case& case_;
    Bytes& b_;
    std::array<std::uint32_t, kSas> at_{};
    unsigned sa_ = 0;
    std::int64_t time_ = 1'700'000'000'000'000'000;
};

wire::Observation observation(const Step& s, const wire::HashKey& key) {
    wire::Observation o;
    std::memset(static_cast<void*>(&o), 0, sizeof o);
    if (s.sa == kEsp) {
        o.id.key.protocol = Protocol::esp;
        o.id.key.family = wire::Family::ipv4;
        o.id.key.spi = 0x1234;
    } else {
        o.id.key.protocol = Protocol::macsec;
        o.id.key.an = s.sa & 3;
    }
    o.id.key.addr[0] = 2;
    o.time = s.time;
    o.seq = s.wire;
    o.bytes = 100;
    o.hash = wire::identity_hash(o.id, key);
    return o;
}

/// Collects what differs, a line each.
class Difference {
public:
    template <typename A, typename B>
    void check(unsigned sa, const char* what, A tracker, B model) {
        if (static_cast<std::int64_t>(tracker) == static_cast<std::int64_t>(model)) return;
        out_ << "SA " << sa << ": " << what << " is " << tracker << ", the model says " << model
             << '\n';
    }
    void histogram(unsigned sa, const char* what, const Log2Histogram& tracker,
                   const std::map<int, std::uint64_t>& model) {
        for (int k = 0; k < static_cast<int>(kLog2Buckets); ++k) {
            const auto it = model.find(k);
            check(sa, what, tracker[k], it == model.end() ? 0 : it->second);
        }
    }
    std::string text() const { return out_.str(); }

private:
    std::ostringstream out_;
};

void compare_sa(Difference& d, unsigned sa, const flow::SaSummary& s, const naive::Sa& m) {
    const naive::Figures f = m.figures();
    d.check(sa, "received", s.received, m.received());
    d.check(sa, "lost", s.lost, f.lost);
    d.check(sa, "gaps", s.gaps, f.gaps);
    d.check(sa, "max_gap", s.max_gap, f.max_gap);
    d.check(sa, "duplicates", s.duplicates, f.duplicates);
    d.check(sa, "late", s.late, f.late);
    d.check(sa, "max_late_extent", s.max_late_extent, f.max_late_extent);
    d.check(sa, "too_old", s.too_old, f.too_old);
    d.check(sa, "before_first", s.before_first, f.before_first);
    d.check(sa, "outliers", s.outliers, f.outliers);
    d.check(sa, "restarts", s.restarts, m.restarts());
    d.check(sa, "first_ext", s.first_ext, m.first());
    d.check(sa, "highest_ext", s.highest_ext, m.highest());
    d.histogram(sa, "late_extents", s.late_extents, f.late_extents);
    d.histogram(sa, "too_old_extents", s.too_old_extents, f.too_old_extents);
    d.histogram(sa, "loss_periods", s.loss_periods, f.loss_periods);
    d.histogram(sa, "loss_distances", s.loss_distances, f.loss_distances);
}

void compare_gaps(Difference& d, unsigned sa, const std::vector<flow::Event>& events,
                  const naive::Sa& m) {
    std::vector<naive::Run> runs;
    for (const flow::GapRun& r : flow::fold_gaps(events))
        runs.push_back({r.first_missing, r.next, r.time});
    const naive::Figures f = m.figures();
    d.check(sa, "number of gaps listed", runs.size(), f.runs.size());
    if (runs.size() == f.runs.size())
        for (std::size_t i = 0; i < runs.size(); ++i) {
            d.check(sa, "first number of a gap", runs[i].first, f.runs[i].first);
            d.check(sa, "number after a gap", runs[i].next, f.runs[i].next);
            d.check(sa, "time of a gap", runs[i].time, f.runs[i].time);
        }
}

} // namespace

Case make_case(std::span<const std::uint8_t> bytes) {
    Bytes b(bytes);
    constexpr std::uint32_t windows[] = {64, 128, 192, 1024};
    Case c{windows[b.next() % 4], {}};
    Traffic traffic(c, b);
    while (!b.empty())
        traffic.act();
    return c;
}

std::string compare(const Case& c, std::uint32_t burst_seed) {
    const wire::HashKey key = wire::HashKey::fixed(burst_seed);
    flow::FlowBudget budget(16);
    flow::TrackerConfig config;
    config.window = c.window;
    config.max_flows = 16;
    config.max_records = 16;
    config.events = true;
    auto created = flow::Tracker::create(config, budget);
    if (!created) return created.error().text();
    flow::Tracker& tracker = **created;

    std::array<std::unique_ptr<naive::Sa>, kSas> model;
    naive::Channel channel;
    std::array<std::vector<flow::Event>, kSas> events;
    std::vector<wire::Observation> burst;
    for (std::size_t i = 0; i < c.steps.size(); ++i) {
        const Step& s = c.steps[i];
        const bool again = s.sa != kEsp && channel.packet(static_cast<int>(s.sa)).again;
        if (!model[s.sa]) model[s.sa] = std::make_unique<naive::Sa>(c.window);
        model[s.sa]->feed({s.wire, s.time, again});
        burst.push_back(observation(s, key));
        burst_seed = burst_seed * 1664525 + 1013904223;
        if (burst.size() < 1 + (burst_seed >> 16) % 64 && i + 1 < c.steps.size()) continue;
        tracker.track(burst.data(), burst.size());
        burst.clear();
        for (const flow::Event& e : tracker.events())
            events[e.id.key.protocol == Protocol::esp ? kEsp : e.id.key.an].push_back(e);
        tracker.clear_events();
    }

    Difference d;
    for (std::size_t row = 0; row < tracker.row_limit(); ++row) {
        flow::SaSummary s;
        tracker.summarize(row, s);
        const unsigned sa = s.id.key.protocol == Protocol::esp ? kEsp : s.id.key.an;
        if (!model[sa]) return "an SA nobody sent for";
        compare_sa(d, sa, s, *model[sa]);
        compare_gaps(d, sa, events[sa], *model[sa]);
    }
    d.check(0, "rekeys", tracker.totals().rekeys, channel.rekeys);
    return d.text();
}

std::string shrink(Case c, std::uint32_t burst_seed) {
    for (std::size_t piece = c.steps.size() / 2; piece != 0; piece /= 2) {
        for (std::size_t at = 0; at + piece <= c.steps.size();) {
            Case shorter = c;
            shorter.steps.erase(shorter.steps.begin() + static_cast<std::ptrdiff_t>(at),
                                shorter.steps.begin() + static_cast<std::ptrdiff_t>(at + piece));
            if (compare(shorter, burst_seed).empty())
                at += piece;
            else
                c = std::move(shorter);
        }
    }
    std::ostringstream out;
    out << "window " << c.window << '\n';
    for (std::size_t i = 0; i < c.steps.size(); ++i)
        out << i + 1 << ". SA " << c.steps[i].sa << " number " << c.steps[i].wire << '\n';
    return out.str() + compare(c, burst_seed);
}

} // namespace sequence_body
