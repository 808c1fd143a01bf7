#include "query/series.hpp"

#include "base/json_writer.hpp"
#include "base/output.hpp"
#include "base/time_text.hpp"
#include "report/json/flow_json.hpp"
#include "report/text/clock.hpp"
#include "report/text/lists/event_table.hpp"
#include "report/text/number_text.hpp"
#include "report/views.hpp"
#include "wire/text/sa_text.hpp"

#include <algorithm>
#include <deque>
#include <fmt/format.h>

namespace lacuna::app {
namespace {

/// Hands on what `walk` gives: all of it as it comes, or the last `limit` once it has ended.
template <typename Item, typename Walk, typename Fn>
Status latest(std::size_t limit, Walk walk, Fn fn) {
    if (limit == 0) return walk(fn);
    std::deque<Item> last;
    const Status s = walk([&](const Item& item) {
        last.push_back(item);
        if (last.size() > limit) last.pop_front();
        return true;
    });
    for (const Item& item : last)
        if (!s || !fn(item)) break;
    return s;
}

std::string point_line(const store::Point& p) {
    return fmt::format("{:<30}  {:>12} {:>16} {:>9} {:>9} {:>9} {:>10} {:>9}\n",
                       report::local_time(p.start, 0),
                       report::grouped(static_cast<std::uint64_t>(p.received)),
                       report::grouped(static_cast<std::uint64_t>(p.bytes)), p.lost, p.lost_blind,
                       p.late, p.duplicates, p.too_old);
}

} // namespace

const char* const kPointColumns =
    "flow_id,start,length_s,received,bytes,lost,lost_blind,late,duplicates,too_old,restarts\r\n";
const char* const kNotableColumns = "time,flow_id,kind,a,b,what\r\n";

std::optional<store::Level> level_from(const std::string& text) {
    if (text == "10s" || text == "fine") return store::Level::fine;
    if (text == "1m" || text == "minute") return store::Level::minute;
    if (text == "1h" || text == "hour") return store::Level::hour;
    return std::nullopt;
}

void write_point(JsonWriter& json, const store::Point& p) {
    json.begin_object();
    json.key("start").time(p.start);
    json.member("length_s", p.length / 1'000'000'000);
    json.member("received", p.received);
    json.member("bytes", p.bytes);
    json.member("lost", p.lost);
    json.member("lost_blind", p.lost_blind);
    json.member("late", p.late);
    json.member("duplicates", p.duplicates);
    json.member("too_old", p.too_old);
    json.member("restarts", p.restarts);
    json.end_object();
}

void append_point_csv(std::string& out, const wire::SaIdentity& id, const store::Point& p) {
    fmt::format_to(std::back_inserter(out), "{},{},{},{},{},{},{},{},{},{},{}\r\n",
                   wire::sa_text(id), rfc3339(p.start), p.length / 1'000'000'000, p.received,
                   p.bytes, p.lost, p.lost_blind, p.late, p.duplicates, p.too_old, p.restarts);
}

void append_notable_csv(std::string& out, const flow::Event& e) {
    fmt::format_to(std::back_inserter(out), "{},{},{},{},{},\"{}\"\r\n", rfc3339(e.time),
                   flow::of_probe(e.kind) ? "" : wire::sa_text(e.id), report::kind_name(e), e.a,
                   e.b, report::event_text(e));
}

Status show_timeline(const store::StoreReader& store, const SeriesQuestion& q, Format format,
                     bool& shown) {
    Output out;
    if (format == Format::csv) out.text = kPointColumns;
    if (format == Format::table)
        out.text =
            fmt::format("{:<30}  {:>12} {:>16} {:>9} {:>9} {:>9} {:>10} {:>9}\n", "from", "packets",
                        "octets", "lost", "of it blind", "late", "duplicates", "too old");
    JsonWriter json(out.text);
    if (format == Format::json) {
        json.begin_object();
        json.member("flow_id", wire::sa_text(q.id));
        json.key("points").begin_array();
    }
    std::size_t count = 0;
    const auto show = [&](const store::Point& p) {
        ++count;
        if (format == Format::table) {
            out.text += point_line(p);
        } else if (format == Format::csv) {
            append_point_csv(out.text, q.id, p);
        } else {
            write_point(json.line(), p);
        }
        return out.good();
    };
    const Status s = latest<store::Point>(
        q.limit,
        [&](const auto& fn) {
            return store.each_timeline(q.run, q.id, q.level, q.span.since, q.span.until, fn);
        },
        show);
    if (!s) return s;
    if (format == Format::json) {
        json.end_array();
        json.member("count", count);
        json.end_object();
        out.text += '\n';
    }
    shown = out.end();
    return {};
}

Status show_events(const store::StoreReader& store, store::RunId run,
                   const std::vector<wire::SaIdentity>* only, TimeSpan span, std::size_t limit,
                   Format format, bool& shown) {
    Output out;
    if (format == Format::csv) out.text = kNotableColumns;
    JsonWriter json(out.text);
    if (format == Format::json) {
        json.begin_object();
        json.key("events").begin_array();
    }
    std::size_t count = 0;
    const auto show = [&](const flow::Event& e) {
        ++count;
        if (format == Format::table) {
            out.text += fmt::format("{}  {:<48}  {}\n", report::local_time(e.time),
                                    flow::of_probe(e.kind) ? "the probe" : wire::sa_text(e.id),
                                    report::event_text(e));
        } else if (format == Format::csv) {
            append_notable_csv(out.text, e);
        } else {
            report::write_event(json.line(), e);
        }
        return out.good();
    };
    const Status s = latest<flow::Event>(
        limit,
        [&](const auto& fn) {
            return store.each_notable(run, span.since, span.until, [&](const flow::Event& e) {
                const bool asked =
                    only == nullptr || std::find(only->begin(), only->end(), e.id) != only->end();
                return !asked || fn(e);
            });
        },
        show);
    if (!s) return s;
    if (format == Format::json) {
        json.end_array();
        json.member("count", count);
        json.end_object();
        out.text += '\n';
    }
    shown = out.end();
    return {};
}

Status show_late(const store::StoreReader& store, store::RunId run,
                 const std::vector<wire::SaIdentity>* only, TimeSpan span, std::size_t limit,
                 std::optional<std::uint64_t> all, Format format, bool& shown) {
    std::vector<flow::Event> list;
    std::uint64_t found = 0;
    const auto take = [&](const wire::SaIdentity* one) {
        return store.each_late(run, one, span.since, span.until, [&](const flow::Event& e) {
            ++found;
            if (limit == 0 || list.size() < limit) list.push_back(e);
            return true;
        });
    };
    if (only == nullptr)
        if (Status s = take(nullptr); !s) return s;
    for (std::size_t i = 0; only != nullptr && i < only->size(); ++i)
        if (Status s = take(&(*only)[i]); !s) return s;
    Output out;
    if (format == Format::json) {
        JsonWriter json(out.text);
        json.begin_object();
        json.member("count", found);
        json.key("late").begin_array();
        for (const flow::Event& e : list)
            report::write_late(json.line(), e);
        json.end_array();
        json.key("late_count");
        all ? json.value(*all) : json.null();
        json.member("late_cut", list.size() < std::max(found, all.value_or(found)));
        json.end_object();
        out.text += '\n';
    } else if (format == Format::csv) {
        out.text = report::kLateColumns;
        for (const flow::Event& e : list)
            report::append_late_csv(out.text, e);
    } else {
        out.text = report::late_table(list, std::max(found, all.value_or(found)));
    }
    shown = out.end();
    return {};
}

} // namespace lacuna::app
