#include "fleet/schema/cells.hpp"

#include "flow/fields/table.hpp"
#include "report/text/lists/event_table.hpp"
#include "report/tunnels.hpp"
#include "wire/text/sa_text.hpp"

#include <algorithm>
#include <chrono>
#include <fmt/format.h>
#include <type_traits>

namespace lacuna::fleet {
namespace {

constexpr TimeNs kSecond = 1'000'000'000;
/// The last day both generations of the engine know, 2105-12-31.
constexpr TimeNs kLastDay = 49'672;
constexpr TimeNs kDay = 86'400;

TimeNs seconds(TimeNs t) {
    return t / kSecond - (t % kSecond < 0 ? 1 : 0);
}
/// As a DateTime, which begins in 1970.
TimeNs moment(TimeNs t) {
    return std::clamp<TimeNs>(seconds(t), 0, kLastDay * kDay);
}

/// As a Date.
std::string date(TimeNs t) {
    const std::chrono::year_month_day day{std::chrono::sys_days(std::chrono::days(day_of(t)))};
    return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(day.year()),
                       static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()));
}

const char* state_name(store::RunState s) {
    return s == store::RunState::ended ? "ended" : s == store::RunState::open ? "open" : "crashed";
}

const char* event_name(const flow::Event& e) {
    return e.kind == flow::EventKind::late ? report::verdict_name(e) : report::kind_name(e);
}

std::string joined(const std::vector<std::string>& list) {
    std::string out;
    for (const std::string& item : list)
        out += (out.empty() ? "" : " ") + item;
    return out;
}

bool opens(const EventRow& r) {
    return r.event.event.kind == flow::EventKind::hole_opened;
}

// Cells that several tables have.
template <typename R>
constexpr Cell<R> kProbe = {"probe", "String",
                            [](RowWriter& w, const R& r) { w.text(r.origin.probe); }};
template <typename R>
constexpr Cell<R> kStore = {"store", "String",
                            [](RowWriter& w, const R& r) { w.text(r.origin.store); }};
template <typename R>
constexpr Cell<R> kRun = {"run", "UInt32", [](RowWriter& w, const R& r) { w.number(r.run); }};

constexpr Cell<ProbeRow> kProbeCells[] = {
    kProbe<ProbeRow>,
    kStore<ProbeRow>,
    {"path", "String", [](RowWriter& w, const ProbeRow& r) { w.text(r.path); }},
    {"hop", "UInt32", [](RowWriter& w, const ProbeRow& r) { w.number(r.hop); }},
    {"version", "String", [](RowWriter& w, const ProbeRow& r) { w.text(r.version); }},
    {"seen", "DateTime('UTC')", [](RowWriter& w, const ProbeRow& r) { w.number(moment(r.seen)); }},
    {"seen_ns", "UInt64",
     [](RowWriter& w, const ProbeRow& r) { w.number(static_cast<std::uint64_t>(r.seen)); }},
    {"through_ns", "Int64", [](RowWriter& w, const ProbeRow& r) { w.number(r.through); }},
    {"clock_ms", "Int64", [](RowWriter& w, const ProbeRow& r) { w.number(r.clock_ms); }},
    {"shipped", "UInt64", [](RowWriter& w, const ProbeRow& r) { w.number(r.shipped); }},
    {"refused", "UInt64", [](RowWriter& w, const ProbeRow& r) { w.number(r.refused); }},
    {"place", "UInt64", [](RowWriter& w, const ProbeRow& r) { w.number(r.place); }},
};

constexpr Cell<RunRow> kRunCells[] = {
    kProbe<RunRow>,
    kStore<RunRow>,
    {"run", "UInt32", [](RowWriter& w, const RunRow& r) { w.number(r.run.id); }},
    {"state", "String", [](RowWriter& w, const RunRow& r) { w.text(state_name(r.run.state)); }},
    {"written_ns", "UInt64",
     [](RowWriter& w, const RunRow& r) { w.number(static_cast<std::uint64_t>(r.run.written)); }},
    {"started_ns", "Int64", [](RowWriter& w, const RunRow& r) { w.number(r.run.started); }},
    {"ended_ns", "Int64", [](RowWriter& w, const RunRow& r) { w.number(r.run.ended); }},
    {"command", "String", [](RowWriter& w, const RunRow& r) { w.text(r.run.command); }},
    {"input", "String", [](RowWriter& w, const RunRow& r) { w.text(joined(r.run.inputs)); }},
    {"offered", "UInt64",
     [](RowWriter& w, const RunRow& r) { w.number(r.run.figures.frames.offered()); }},
    {"dropped", "UInt64",
     [](RowWriter& w, const RunRow& r) { w.number(r.run.figures.frames.dropped); }},
    {"not_stored", "UInt64",
     [](RowWriter& w, const RunRow& r) { w.number(r.run.figures.probe.not_stored); }},
    {"flows", "UInt64",
     [](RowWriter& w, const RunRow& r) { w.number(r.run.figures.totals.flows); }},
    {"received", "UInt64",
     [](RowWriter& w, const RunRow& r) { w.number(r.run.figures.totals.received); }},
    {"lost", "UInt64", [](RowWriter& w, const RunRow& r) { w.number(r.run.figures.totals.lost); }},
    {"lost_blind", "UInt64",
     [](RowWriter& w, const RunRow& r) { w.number(r.run.figures.totals.lost_blind); }},
    {"record", "String",
     [](RowWriter& w, const RunRow& r) {
         w.text(store::run_key(r.run.id) + store::encode(r.run));
     }},
};

constexpr Cell<FlowRow> kFlowCells[] = {
    kProbe<FlowRow>,
    kStore<FlowRow>,
    kRun<FlowRow>,
    {"sa", "String", [](RowWriter& w, const FlowRow& r) { w.text(wire::sa_text(r.flow.id)); }},
    {"row", "Int64", [](RowWriter& w, const FlowRow& r) { w.number(r.flow.first_time); }},
    {"day", "Date", [](RowWriter& w, const FlowRow& r) { w.text(date(r.flow.first_time)); }},
    {"tunnel", "String", [](RowWriter& w, const FlowRow& r) { w.text(report::tunnel_id(r.flow)); }},
    {"record", "String",
     [](RowWriter& w, const FlowRow& r) {
         w.text(store::row_key(r.run, r.flow.id, r.flow.first_time) + store::encode(r.flow));
     }},
};

constexpr Cell<SeriesRow> kSeriesCells[] = {
    kProbe<SeriesRow>,
    kStore<SeriesRow>,
    kRun<SeriesRow>,
    {"level", "UInt8",
     [](RowWriter& w, const SeriesRow& r) { w.number(static_cast<unsigned>(r.level)); }},
    {"sa", "String", [](RowWriter& w, const SeriesRow& r) { w.text(r.sa); }},
    {"row", "Int64", [](RowWriter& w, const SeriesRow& r) { w.number(r.point.row); }},
    {"start", "DateTime('UTC')",
     [](RowWriter& w, const SeriesRow& r) { w.number(moment(r.point.point.start)); }},
    {"start_s", "Int64",
     [](RowWriter& w, const SeriesRow& r) { w.number(seconds(r.point.point.start)); }},
    {"length", "UInt32",
     [](RowWriter& w, const SeriesRow& r) {
         w.number(static_cast<std::uint32_t>(r.point.point.length / kSecond));
     }},
    {"received", "UInt64",
     [](RowWriter& w, const SeriesRow& r) {
         w.number(static_cast<std::uint64_t>(r.point.point.received));
     }},
    {"bytes", "Int64", [](RowWriter& w, const SeriesRow& r) { w.number(r.point.point.bytes); }},
    {"lost", "Int64", [](RowWriter& w, const SeriesRow& r) { w.number(r.point.point.lost); }},
    {"lost_blind", "Int64",
     [](RowWriter& w, const SeriesRow& r) { w.number(r.point.point.lost_blind); }},
    {"late", "Int64", [](RowWriter& w, const SeriesRow& r) { w.number(r.point.point.late); }},
    {"duplicates", "Int64",
     [](RowWriter& w, const SeriesRow& r) { w.number(r.point.point.duplicates); }},
    {"too_old", "Int64", [](RowWriter& w, const SeriesRow& r) { w.number(r.point.point.too_old); }},
    {"restarts", "Int64",
     [](RowWriter& w, const SeriesRow& r) { w.number(r.point.point.restarts); }},
};

// What names an event in both tables that hold events.
constexpr Cell<EventRow> kSa = {
    "sa", "String", [](RowWriter& w, const EventRow& r) {
        w.text(flow::of_probe(r.event.event.kind) ? "" : wire::sa_text(r.event.event.id));
    }};
constexpr Cell<EventRow> kRow = {
    "row", "Int64", [](RowWriter& w, const EventRow& r) { w.number(r.event.event.row); }};
constexpr Cell<EventRow> kSerial = {
    "serial", "UInt64", [](RowWriter& w, const EventRow& r) { w.number(r.event.serial); }};
constexpr Cell<EventRow> kDayCell = {
    "day", "Date", [](RowWriter& w, const EventRow& r) { w.text(date(r.event.event.time)); }};
constexpr Cell<EventRow> kTime = {
    "time_ns", "Int64", [](RowWriter& w, const EventRow& r) { w.number(r.event.event.time); }};
constexpr Cell<EventRow> kInstance = {"instance", "UInt32", [](RowWriter& w, const EventRow& r) {
                                          w.number(r.event.event.instance);
                                      }};

/// A hole that opened adds, a number that arrived late takes away.
constexpr Cell<EventRow> kHoleCells[] = {
    kProbe<EventRow>,
    kStore<EventRow>,
    kRun<EventRow>,
    kSa,
    kRow,
    kSerial,
    kDayCell,
    kTime,
    kInstance,
    {"first", "Int64", [](RowWriter& w, const EventRow& r) { w.number(r.event.event.a); }},
    {"count", "Int64",
     [](RowWriter& w, const EventRow& r) {
         const flow::Event& e = r.event.event;
         w.number(opens(r) ? static_cast<Seq64>(static_cast<std::uint64_t>(e.b)
                                                - static_cast<std::uint64_t>(e.a))
                           : 1);
     }},
    {"sign", "Int8", [](RowWriter& w, const EventRow& r) { w.number(opens(r) ? 1 : -1); }},
    {"blind", "UInt8",
     [](RowWriter& w, const EventRow& r) {
         w.number((r.event.event.flags & flow::kBlind) != 0 ? 1 : 0);
     }},
    {"provisional", "UInt8",
     [](RowWriter& w, const EventRow& r) {
         w.number((r.event.event.flags & flow::kProvisional) != 0 ? 1 : 0);
     }},
};

constexpr Cell<EventRow> kEventCells[] = {
    kProbe<EventRow>,
    kStore<EventRow>,
    kRun<EventRow>,
    kSa,
    kRow,
    kSerial,
    kDayCell,
    kTime,
    kInstance,
    {"kind", "String", [](RowWriter& w, const EventRow& r) { w.text(event_name(r.event.event)); }},
    {"a", "Int64", [](RowWriter& w, const EventRow& r) { w.number(r.event.event.a); }},
    {"b", "Int64", [](RowWriter& w, const EventRow& r) { w.number(r.event.event.b); }},
    {"text", "String",
     [](RowWriter& w, const EventRow& r) {
         const flow::Event& e = r.event.event;
         w.text(e.kind == flow::EventKind::late ? std::string() : report::event_text(e));
     }},
    {"record", "String",
     [](RowWriter& w, const EventRow& r) {
         w.text(store::event_key(r.run, r.event.event, r.event.serial)
                + store::encode(r.event.event));
     }},
};

/// The type of the column of a field; null: it has none.
const char* column_type(const flow::Field& f) {
    return std::visit(
        [](const auto where) -> const char* {
            using Where = std::remove_const_t<decltype(where)>;
            if constexpr (std::same_as<Where, flow::CountAt<flow::SaSummary>>)
                return "UInt64";
            else if constexpr (std::same_as<Where, flow::NumberAt<flow::SaSummary>>)
                return "Int64";
            else if constexpr (std::same_as<Where, flow::FlagAt<flow::SaSummary>>)
                return "UInt32";
            else if constexpr (std::same_as<Where, flow::HistogramAt<flow::SaSummary>>)
                return "Array(UInt64)";
            else if constexpr (std::same_as<Where, flow::AppendText<flow::SaSummary>>)
                return "String";
            else
                return nullptr;
        },
        f.sa);
}

std::vector<FieldColumn> make_field_columns() {
    std::vector<FieldColumn> list;
    for (const flow::Field& f : flow::kFields) {
        const std::string name = std::string(f.name) + (f.kind == flow::Kind::time ? "_ns" : "");
        const bool taken = std::any_of(std::begin(kFlowCells), std::end(kFlowCells),
                                       [&name](const auto& cell) { return name == cell.name; });
        if (const char* type = column_type(f); type != nullptr && !taken)
            list.push_back({name, type, &f});
    }
    return list;
}

} // namespace

std::span<const Cell<ProbeRow>> probe_cells() {
    return kProbeCells;
}
std::span<const Cell<RunRow>> run_cells() {
    return kRunCells;
}
std::span<const Cell<FlowRow>> flow_cells() {
    return kFlowCells;
}
std::span<const Cell<SeriesRow>> series_cells() {
    return kSeriesCells;
}
std::span<const Cell<EventRow>> hole_cells() {
    return kHoleCells;
}
std::span<const Cell<EventRow>> event_cells() {
    return kEventCells;
}

const std::vector<FieldColumn>& field_columns() {
    static const std::vector<FieldColumn> columns = make_field_columns();
    return columns;
}

void write_field(RowWriter& w, const flow::Field& field, const flow::SaSummary& s) {
    std::visit(
        [&](const auto where) {
            using Where = std::remove_const_t<decltype(where)>;
            if constexpr (
                std::same_as<
                    Where,
                    flow::CountAt<
                        flow::
                            SaSummary>> || std::same_as<Where, flow::NumberAt<flow::SaSummary>> || std::same_as<Where, flow::FlagAt<flow::SaSummary>>) {
                w.number(s.*where);
            } else if constexpr (std::same_as<Where, flow::HistogramAt<flow::SaSummary>>) {
                w.numbers(s.*where);
            } else if constexpr (std::same_as<Where, flow::AppendText<flow::SaSummary>>) {
                std::string text;
                where(text, s);
                w.text(text);
            }
        },
        field.sa);
}

void append_row(std::string& out, const FlowRow& row) {
    RowWriter w(out);
    for (const Cell<FlowRow>& cell : kFlowCells)
        cell.write(w, row);
    for (const FieldColumn& column : field_columns())
        write_field(w, *column.field, row.flow);
    w.end();
}

std::uint32_t day_of(TimeNs time) {
    return static_cast<std::uint32_t>(moment(time) / kDay);
}

} // namespace lacuna::fleet
