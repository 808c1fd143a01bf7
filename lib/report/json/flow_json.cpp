#include "report/json/flow_json.hpp"

#include "names/given.hpp"
#include "report/json/field_json.hpp"
#include "report/text/lists/event_table.hpp"
#include "report/tunnels.hpp"

#include "wire/text/sa_text.hpp"

#include <algorithm>
#include <cstring>
#include <fmt/format.h>
#include <iterator>
#include <tuple>

namespace lacuna::report {
namespace {

using flow::Field;

void write_exhaustion(JsonWriter& json, const Exhaustion& e) {
    json.begin_object();
    json.key("rate_per_s").fixed(e.rate_per_s, 3);
    json.key("seconds_left");
    e.seconds_left ? json.fixed(*e.seconds_left, 3) : json.null();
    json.key("warning").value(e.warning);
    json.end_object();
}

bool before(const flow::Event& e, const flow::SaSummary& s) {
    const int order = std::memcmp(&e.id, &s.id, sizeof e.id);
    return order != 0 ? order < 0 : e.row < s.first_time;
}

void write_moves(JsonWriter& json, std::span<const flow::Event> moves) {
    json.begin_array();
    for (const flow::Event& e : moves) {
        json.begin_object();
        json.key("time").time(e.time);
        json.member("from", wire::address_text(e.id.key, e.from));
        json.member("to", wire::address_text(e.id.key, e.to));
        json.member("lost", e.b > e.a ? e.b - e.a - 1 : 0);
        json.end_object();
    }
    json.end_array();
}

/// What is more than one value.
void write_object(JsonWriter& json, const Field& f, const flow::SaSummary& s,
                  const ViewOptions& options) {
    if (&f == &flow::field("replay_window"))
        write_replay_window(json, flow::replay_window(s.late_extents, s.too_old_extents),
                            s.id.key.protocol == Protocol::macsec);
    else if (&f == &flow::field("moved"))
        write_moves(json, moves_of(s, options));
    else
        write_exhaustion(json, exhaustion(s, options));
}

/// Flags are named only where they are set, other things where there are any.
bool shown(const Field& f, const flow::SaSummary& s, const ViewOptions& options) {
    if ((f.in & flow::kReport) == 0) return false;
    if (&f == &flow::field("inside")) return s.inside != 0;
    if (&f == &flow::field("vlan")) return flow::has_vlan(s);
    if (&f == &flow::field("port")) return s.port != 0;
    if (&f == &flow::field("moved")) return !moves_of(s, options).empty();
    const auto* flag = std::get_if<flow::FlagAt<flow::SaSummary>>(&f.sa);
    return flag == nullptr || s.**flag != 0;
}

} // namespace

void write_replay_window(JsonWriter& json, const flow::ReplayWindow& window, bool strict) {
    json.begin_object();
    json.key("needed");
    window.needed ? json.value(*window.needed) : json.null();
    json.key("dropped_at").begin_object();
    if (strict) json.key(std::uint64_t{0}).value(window.out_of_order);
    for (std::size_t i = 0; i < flow::kWindows; ++i)
        json.key(std::uint64_t{1} << (flow::kFirstWindowLog2 + i)).value(window.dropped_at[i]);
    json.end_object();
    if (window.open()) {
        json.key("dropped_at_most").begin_object();
        if (strict) json.key(std::uint64_t{0}).value(window.at_most_out_of_order);
        for (std::size_t i = 0; i < flow::kWindows; ++i)
            json.key(std::uint64_t{1} << (flow::kFirstWindowLog2 + i)).value(window.at_most[i]);
        json.end_object();
    }
    json.end_object();
}

void write_replay_window(JsonWriter& json, const flow::Totals& t) {
    flow::ReplayWindow window = flow::replay_window(t.late_extents, t.too_old_extents);
    window.at_most_out_of_order = t.macsec_out_of_order + t.too_old;
    window.out_of_order = t.macsec_out_of_order;
    write_replay_window(json, window, true);
}

std::span<const flow::Event> moves_of(const flow::SaSummary& s, const ViewOptions& options) {
    const auto all = options.moves;
    const auto begin = std::partition_point(all.begin(), all.end(),
                                            [&](const flow::Event& e) { return before(e, s); });
    auto end = begin;
    while (end != all.end() && end->id == s.id && end->row == s.first_time)
        ++end;
    return {begin, end};
}

std::vector<flow::Event> moves_by_row(std::vector<flow::Event> events) {
    std::erase_if(events, [](const flow::Event& e) { return e.kind != flow::EventKind::moved; });
    std::stable_sort(events.begin(), events.end(), [](const flow::Event& a, const flow::Event& b) {
        const int order = std::memcmp(&a.id, &b.id, sizeof a.id);
        return order != 0 ? order < 0 : std::tie(a.row, a.time) < std::tie(b.row, b.time);
    });
    return events;
}

std::vector<std::pair<const char*, std::string>> belongings(const flow::SaSummary& s) {
    std::vector<std::pair<const char*, std::string>> list;
    if (std::string name = names::name_of(s); !name.empty())
        list.emplace_back("name", std::move(name));
    if (std::string tunnel = tunnel_id(s); !tunnel.empty())
        list.emplace_back("tunnel", std::move(tunnel));
    return list;
}

void write_flow(JsonWriter& json, const flow::SaSummary& s, const ViewOptions& options) {
    json.begin_object();
    for (const Field& f : flow::kFields) {
        if (!shown(f, s, options)) continue;
        json.key(f.name);
        f.kind == flow::Kind::object ? write_object(json, f, s, options) : write_value(json, f, s);
    }
    for (const auto& [name, text] : belongings(s))
        json.member(name, text);
    json.end_object();
}

void write_event(JsonWriter& json, const flow::Event& e) {
    json.begin_object();
    json.member("kind", kind_name(e));
    if (!flow::of_probe(e.kind)) json.member("flow_id", wire::sa_text(e.id));
    json.key("time").time(e.time);
    switch (e.kind) {
    case flow::EventKind::rekey:
        json.member("old_an", e.aux);
        json.key("old_highest");
        e.a >= 0 ? json.value(e.a) : json.null(); // null: the old association had left the table
        json.member("new_an", +e.id.key.an);
        json.member("new_first", e.b);
        break;
    case flow::EventKind::moved:
        json.member("from", wire::address_text(e.id.key, e.from));
        json.member("to", wire::address_text(e.id.key, e.to));
        json.member("address", e.aux != 0 ? "destination" : "source");
        json.member("old_highest", e.a);
        json.member("new_first", e.b);
        break;
    case flow::EventKind::exhaustion:
        json.member("highest", e.a);
        break;
    case flow::EventKind::restart_undone:
        json.member("highest", e.b);
        json.member("instance", e.instance);
        break;
    case flow::EventKind::probe_dropped:
        json.member("frames", e.a);
        json.key("since").time(e.b);
        break;
    case flow::EventKind::store_resumed:
        json.member("records", e.a);
        json.key("since").time(e.b);
        break;
    case flow::EventKind::silent:
    case flow::EventKind::resumed:
        json.key("since").time(e.b);
        break;
    case flow::EventKind::no_link:
        json.member("port", e.a);
        json.key("since").time(e.b);
        break;
    case flow::EventKind::not_running:
        json.member("flows", e.a);
        json.key("since").time(e.b);
        break;
    default:
        json.member("old_highest", e.a);
        json.member("new_first", e.b);
        json.member("instance", e.instance);
    }
    json.end_object();
}

void write_late(JsonWriter& json, const flow::Event& e) {
    json.begin_object();
    json.member("flow_id", wire::sa_text(e.id));
    json.member("number", e.a);
    json.key("time").time(e.time);
    json.member("extent", e.b);
    json.member("verdict", verdict_name(e));
    json.key("window");
    const auto window = window_for(static_cast<std::uint64_t>(e.b));
    window ? json.value(*window) : json.null();
    json.end_object();
}

void write_gap(JsonWriter& json, const Gap& gap) {
    json.begin_object();
    json.member("flow_id", wire::sa_text(gap.id));
    json.member("first_missing", gap.first_missing);
    json.member("next", gap.next);
    json.member("size", gap.next - gap.first_missing);
    json.key("time").time(gap.time);
    json.member("blind", gap.blind);
    json.end_object();
}

} // namespace lacuna::report
