#include "store/records/records.hpp"

#include "store/records/field_bytes.hpp"
#include "store/records/identity.hpp"

#include <algorithm>

namespace lacuna::store {
namespace {

/// Tags of the further fields of a run.
constexpr std::uint64_t kFurtherTotals = 1;
constexpr std::uint64_t kProtocols = 2;
constexpr std::uint64_t kMka = 3;
constexpr std::uint64_t kFinalAside = 4; ///< of the final numbers those blind, and doubtful
constexpr std::uint64_t kTunnels = 5;

template <typename P, typename Fields>
void each_probe_loss(P& p, Fields fields) {
    for (auto* v : {&p.rx_missed, &p.rx_nombuf, &p.ring_full, &p.table_full})
        fields.counter(*v);
}

struct FieldWriter {
    ByteWriter& w;
    void counter(std::uint64_t v) { w.var(v); }
};

struct FieldReader {
    ByteReader& r;
    void counter(std::uint64_t& v) { v = r.var(); }
};

/// `offered`, its parts by class, `dropped`, and the octets.
void put_frames(ByteWriter& w, const flow::FrameFigures& f) {
    w.var(f.offered());
    for (const wire::FrameClass c : wire::kBasicClasses)
        w.var(f.of(c));
    w.var(f.dropped);
    w.var(f.bytes);
}

void get_frames(ByteReader& r, flow::FrameFigures& f) {
    const std::uint64_t offered = r.var();
    for (const wire::FrameClass c : wire::kBasicClasses)
        f.classes[static_cast<std::size_t>(c)] = r.var();
    f.dropped = r.var();
    f.decoded = offered - f.dropped;
    f.bytes = r.var();
}

/// Of each protocol that is no basic class: its value, frames, whether it was asked for, and its
/// sums if it is a further counter.
void put_protocols(ByteWriter& w, const flow::RunFigures& f) {
    for (std::size_t i = wire::kFirstFurtherClass; i < wire::kFrameClasses; ++i) {
        const auto protocol = static_cast<Protocol>(i);
        const bool asked = (f.frames.asked & wire::bit_of(protocol)) != 0;
        const flow::Totals* sums =
            wire::is_link(protocol) ? nullptr : &f.counters[wire::counter_index(protocol)];
        if (!asked && f.frames.classes[i] == 0 && (sums == nullptr || sums->flows == 0)) continue;
        std::string one;
        ByteWriter o(one);
        o.var(f.frames.classes[i]);
        o.u8(asked ? 1 : 0);
        if (sums != nullptr) {
            put_plain(o, *sums);
            put_further(o, *sums);
        }
        TaggedWriter(w).octets(i, one);
    }
}

/// A later program's protocols are skipped.
void get_protocols(ByteReader& r, flow::RunFigures& f) {
    each_tagged(r, [&](const Tagged& field) {
        if (field.tag < wire::kFirstFurtherClass || field.tag >= wire::kFrameClasses) return;
        const auto protocol = static_cast<Protocol>(field.tag);
        ByteReader o(field.octets);
        f.frames.classes[field.tag] = o.var();
        if (o.u8() != 0) f.frames.asked |= wire::bit_of(protocol);
        if (!wire::is_link(protocol)) {
            flow::Totals& sums = f.counters[wire::counter_index(protocol)];
            get_plain(o, sums);
            get_further(o, sums);
        }
        if (!o.ok()) r.fail();
    });
}

std::shared_ptr<const MkaRecord> get_mka(std::string_view octets, ByteReader& r) {
    auto mka = decode_mka(octets);
    if (mka) return std::make_shared<const MkaRecord>(std::move(*mka));
    r.fail();
    return nullptr;
}

} // namespace

std::string run_key(RunId run) {
    std::string key;
    ByteWriter(key).u32(run);
    return key;
}

std::string sa_prefix(RunId run, const wire::SaIdentity& id) {
    std::string key = run_key(run);
    ByteWriter w(key);
    put_identity(w, id);
    return key;
}

std::string row_key(RunId run, const wire::SaIdentity& id, TimeNs first_time) {
    std::string key = sa_prefix(run, id);
    ByteWriter(key).ordered(first_time);
    return key;
}

std::string event_key(RunId run, const flow::Event& e, std::uint64_t serial) {
    std::string key = row_key(run, e.id, e.row);
    ByteWriter(key).u64(serial);
    return key;
}

std::string encode(const RunRecord& run) {
    std::string out;
    ByteWriter w(out);
    w.u8(kRunVersion);
    w.u8(static_cast<std::uint8_t>(run.state));
    w.i64(run.started);
    w.i64(run.ended);
    w.text(run.command);
    w.u32(static_cast<std::uint32_t>(run.inputs.size()));
    for (const std::string& input : run.inputs)
        w.text(input);
    w.u32(static_cast<std::uint32_t>(run.config.size()));
    for (const auto& [name, value] : run.config) {
        w.text(name);
        w.text(value);
    }
    const flow::RunFigures& f = run.figures;
    put_frames(w, f.frames);
    w.u32(static_cast<std::uint32_t>(f.frames.other_kinds.size()));
    for (const auto& [name, count] : f.frames.other_kinds) {
        w.text(name);
        w.var(count);
    }
    put_plain(w, f.totals);
    for (const TimeNs time :
         {run.written, run.series_interval, f.earliest, f.latest, run.summary_lag})
        w.i64(time);
    w.var(f.probe.not_stored);
    w.var(f.final.sum());
    w.u8(f.causes_known ? 1 : 0);
    if (f.causes_known) each_probe_loss(f.probe, FieldWriter{w});
    std::string totals;
    ByteWriter further(totals);
    put_further(further, f.totals);
    if (!totals.empty()) TaggedWriter(w).octets(kFurtherTotals, totals);
    std::string protocols;
    ByteWriter of_protocols(protocols);
    put_protocols(of_protocols, f);
    if (!protocols.empty()) TaggedWriter(w).octets(kProtocols, protocols);
    if (run.mka) TaggedWriter(w).octets(kMka, encode(*run.mka));
    if (f.final.blind != 0 || f.final.doubtful != 0) {
        std::string aside;
        ByteWriter of_aside(aside);
        of_aside.var(f.final.blind);
        of_aside.var(f.final.doubtful);
        TaggedWriter(w).octets(kFinalAside, aside);
    }
    if (f.tunnels) TaggedWriter(w).number(kTunnels, *f.tunnels);
    return out;
}

std::optional<RunRecord> decode_run(std::string_view key, std::string_view value) {
    ByteReader k(key);
    ByteReader r(value);
    RunRecord run;
    run.id = k.u32();
    const std::uint8_t version = r.u8();
    if (version < kRecordVersion) return std::nullopt;
    run.state = static_cast<RunState>(r.u8());
    run.started = r.i64();
    run.ended = r.i64();
    run.command = r.text();
    // Lists end with the bytes, whatever their length says.
    const std::uint32_t inputs = r.u32();
    for (std::uint32_t i = 0; i < inputs && r.ok(); ++i)
        run.inputs.push_back(r.text());
    const std::uint32_t config = r.u32();
    for (std::uint32_t i = 0; i < config && r.ok(); ++i) {
        std::string name = r.text();
        run.config.emplace_back(std::move(name), r.text());
    }
    flow::RunFigures& f = run.figures;
    get_frames(r, f.frames);
    const std::uint32_t kinds = r.u32();
    for (std::uint32_t i = 0; i < kinds && r.ok(); ++i) {
        std::string name = r.text();
        f.frames.other_kinds.emplace_back(std::move(name), r.var());
    }
    get_plain(r, f.totals);
    if (version >= 2) {
        for (TimeNs* time :
             {&run.written, &run.series_interval, &f.earliest, &f.latest, &run.summary_lag})
            *time = r.i64();
        f.probe.not_stored = r.var();
    }
    if (version >= 3) {
        f.final.network = r.var();
        f.causes_known = r.u8() != 0;
        if (f.causes_known) each_probe_loss(f.probe, FieldReader{r});
        each_tagged(r, [&](const Tagged& field) {
            ByteReader part(field.octets);
            if (field.tag == kFurtherTotals)
                get_further(part, f.totals);
            else if (field.tag == kProtocols)
                get_protocols(part, f);
            else if (field.tag == kMka)
                run.mka = get_mka(field.octets, r);
            else if (field.tag == kTunnels)
                f.tunnels = field.number;
            else if (field.tag == kFinalAside) {
                f.final.blind = part.var();
                f.final.doubtful = part.var();
                f.final.network -= std::min(f.final.network, f.final.blind + f.final.doubtful);
            }
            if (!part.ok()) r.fail();
        });
    } else if (run.state == RunState::ended) {
        f.final.network = f.totals.lost;
    }
    const bool sane = run.state >= RunState::open && run.state <= RunState::crashed;
    return k.ok() && r.ok() && sane ? std::optional(run) : std::nullopt;
}

std::string encode(const flow::SaSummary& s) {
    std::string out;
    out.reserve(128);
    ByteWriter w(out);
    w.u8(kSummaryVersion);
    w.i64(s.last_time);
    w.i64(s.first_ext);
    w.i64(s.highest_ext);
    w.u8(static_cast<std::uint8_t>((s.sci_assumed != 0 ? 1 : 0) | (s.evicted != 0 ? 2 : 0)));
    put_plain(w, s);
    w.i64(s.period_time);
    put_further(w, s);
    return out;
}

std::optional<flow::SaSummary> decode_summary(std::string_view key, std::string_view value) {
    flow::SaSummary s{};
    ByteReader k(key);
    k.u32();
    if (!get_identity(k, s.id)) return std::nullopt;
    s.first_time = k.ordered();
    ByteReader r(value);
    const std::uint8_t version = r.u8();
    if (version < kRecordVersion) return std::nullopt;
    s.last_time = r.i64();
    s.first_ext = r.i64();
    s.highest_ext = r.i64();
    const std::uint8_t flags = r.u8();
    s.sci_assumed = flags & 1;
    s.evicted = flags >> 1 & 1;
    get_plain(r, s);
    s.period_time = version >= 2 ? r.i64() : s.last_time;
    s.source = s.id;
    if (version >= 2) get_further(r, s);
    return k.ok() && r.ok() ? std::optional(s) : std::nullopt;
}

std::string encode(const flow::Event& e) {
    std::string out;
    ByteWriter w(out);
    w.u8(kRecordVersion);
    w.i64(e.time);
    w.i64(e.a);
    w.i64(e.b);
    w.u32(e.instance);
    w.u8(static_cast<std::uint8_t>(e.kind));
    w.u8(e.flags);
    w.u8(e.aux);
    if (e.kind == flow::EventKind::moved) {
        w.raw(e.from, sizeof e.from);
        w.raw(e.to, sizeof e.to);
    }
    return out;
}

std::optional<flow::Event> decode_event(std::string_view key, std::string_view value) {
    flow::Event e{};
    ByteReader k(key);
    k.u32();
    if (!get_identity(k, e.id)) return std::nullopt;
    e.row = k.ordered();
    k.u64();
    ByteReader r(value);
    if (r.u8() < kRecordVersion) return std::nullopt;
    e.time = r.i64();
    e.a = r.i64();
    e.b = r.i64();
    e.instance = r.u32();
    e.kind = static_cast<flow::EventKind>(r.u8());
    e.flags = r.u8();
    e.aux = r.u8();
    if (e.kind == flow::EventKind::moved) {
        r.raw(e.from, sizeof e.from);
        r.raw(e.to, sizeof e.to);
    }
    return k.ok() && r.ok() ? std::optional(e) : std::nullopt;
}

} // namespace lacuna::store
