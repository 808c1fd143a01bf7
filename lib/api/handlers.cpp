#include "api/handlers.hpp"

#include "api/event_stream.hpp"
#include "api/identity.hpp"
#include "api/objects/objects.hpp"
#include "api/objects/openapi.hpp"
#include "flow/fields/order.hpp"
#include "flow/fields/table.hpp"
#include "names/given.hpp"
#include "report/json/flow_json.hpp"
#include "report/json/span_json.hpp"
#include "telemetry/text/metrics_text.hpp"
#include "wire/text/sa_text.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace lacuna::api {
namespace {

Outcome<bool> begins_once(const Call& call) {
    if (call.parameters.text("after") != nullptr && call.parameters.text("offset") != nullptr)
        return Problem{400, "contradicts offset: a page begins at one place", "after"};
    return true;
}

/// Nothing where the route has no id.
Outcome<std::optional<wire::SaIdentity>> identity_or_all(const Call& call) {
    if (call.id.empty()) return std::optional<wire::SaIdentity>();
    const auto id = identity(call);
    if (!id) return id.error();
    return std::optional(*id);
}

/// Begins `{"count":n,"<name>":[...]`, an entry a line.
template <typename List, typename Write>
void write_list(JsonWriter& json, std::uint64_t count, const char* name, const List& list,
                Write write) {
    json.begin_object();
    json.member("count", count);
    json.key(name).begin_array();
    for (const auto& entry : list)
        write(json.line(), entry);
    json.end_array();
}

/// The same of a page, and where to go on.
template <typename T, typename Write>
void write_page(JsonWriter& json, const Page<T>& page, const char* name, Write write) {
    write_list(json, page.count, name, page.entries, write);
    if (!page.next.empty()) json.member("next", page.next);
}

template <typename T, typename Write>
std::string page_text(const Page<T>& page, const char* name, Write write) {
    std::string out;
    JsonWriter json(out);
    write_page(json, page, name, write);
    json.end_object();
    return out;
}

void write_report_flow(JsonWriter& json, const FlowRow& row) {
    report::write_flow(json, row.s, {});
}

/// What writes an SA by the names that are asked for.
auto flow_writer(const Call& call) {
    return call.report_names() ? write_report_flow : write_flow;
}

Reply ok(std::string body) {
    Reply reply;
    reply.body = std::move(body) + "\n";
    return reply;
}

Outcome<flow::Filter> selection(const Call& call) {
    const std::string* const text = call.parameters.text("filter");
    if (text == nullptr) return flow::Filter();
    auto select = names::parse_filter(*text);
    if (!select) return Problem{400, select.error().text(), "filter"};
    return std::move(*select);
}

/// What a list of things that happened is about.
Outcome<EventQuery> event_query(const Call& call) {
    const auto id = identity_or_all(call);
    if (!id) return id.error();
    auto select = selection(call);
    if (!select) return select.error();
    return EventQuery{*id, call.since(), call.until(), std::move(*select)};
}

Outcome<FlowFilter> flow_filter(const Call& call) {
    const Parameters& p = call.parameters;
    FlowFilter filter;
    filter.min_bytes = p.integer("min_bytes");
    filter.max_bytes = p.integer("max_bytes");
    filter.min_mbps = p.amount("min_bandwidth_mbps");
    filter.max_mbps = p.amount("max_bandwidth_mbps");
    auto select = selection(call);
    if (!select) return select.error();
    filter.select = std::move(*select);
    if (const std::string* name = p.text("sort")) {
        filter.sort = flow::find_field(*name);
        if (filter.sort == nullptr || !flow::sortable(*filter.sort))
            return Problem{400, "no field to sort by; there are " + flow::sortable_names(), "sort"};
        const Range range = call.range();
        if (range.offset > kMaxSorted || range.offset + range.limit > kMaxSorted)
            return Problem{400, fmt::format("a sorted list ends after {} entries", kMaxSorted),
                           "offset"};
    }
    return filter;
}

Outcome<Reply> span_summary(const Call& call) {
    const auto found = call.backend.in_span(call.span(), {}, {}, {0, 1, {}, true});
    if (!found) return found.error();
    std::string out;
    JsonWriter json(out);
    if (call.report_names())
        write_report_summary(json, found->span);
    else
        write_span_summary(json, found->span);
    return ok(std::move(out));
}

Outcome<Reply> span_flows(const Call& call, const FlowFilter& filter) {
    const auto found = call.backend.in_span(call.span(), {}, filter, call.range());
    if (!found) return found.error();
    std::string out;
    JsonWriter json(out);
    write_page(json, found->page, "flows", flow_writer(call));
    json.key("span");
    report::write_span(json, found->span);
    json.end_object();
    return ok(std::move(out));
}

Outcome<Reply> span_flow(const Call& call, const wire::SaIdentity& id) {
    const auto found = call.backend.in_span(call.span(), id, {}, {0, 1, {}, true});
    if (!found) return found.error();
    std::string out;
    JsonWriter json(out);
    if (call.report_names()) {
        write_page(json, found->page, "flows", flow_writer(call));
        json.key("span");
        report::write_span(json, found->span);
        json.end_object();
        return ok(std::move(out));
    }
    json.begin_object();
    write_flow_members(json, found->page.entries.front());
    json.member("lives", found->page.count);
    json.key("report");
    report::write_flow(json, found->page.entries.front().s, {});
    json.key("span");
    report::write_span(json, found->span);
    json.end_object();
    return ok(std::move(out));
}

} // namespace

Outcome<Reply> health(const Call& call) {
    const auto runs = call.backend.runs();
    if (!runs) return runs.error();
    std::string out;
    JsonWriter json(out);
    json.begin_object();
    json.member("status", "ok");
    json.member("source", call.backend.source());
    json.member("runs", runs->size());
    json.end_object();
    return ok(std::move(out));
}

Outcome<Reply> alive(const Call&) {
    return ok("{\"status\":\"ok\"}");
}

Outcome<Reply> summary(const Call& call) {
    if (call.spanned()) return span_summary(call);
    const auto found = call.backend.summary(call.run());
    if (!found) return found.error();
    std::string out;
    JsonWriter json(out);
    call.report_names() ? write_report_summary(json, *found) : write_summary(json, *found);
    return ok(std::move(out));
}

Outcome<Reply> flows(const Call& call) {
    const auto filter = flow_filter(call);
    if (!filter) return filter.error();
    if (const auto one = begins_once(call); !one) return one.error();
    if (call.spanned()) return span_flows(call, *filter);
    const auto page = call.backend.flows(call.run(), *filter, call.range());
    if (!page) return page.error();
    return ok(page_text(*page, "flows", flow_writer(call)));
}

Outcome<Reply> flow(const Call& call) {
    const auto id = identity(call);
    if (!id) return id.error();
    if (call.spanned()) return span_flow(call, *id);
    const auto lives = call.backend.flow(call.run(), *id);
    if (!lives) return lives.error();
    std::string out;
    JsonWriter json(out);
    if (call.report_names()) {
        write_list(json, lives->size(), "flows", *lives, flow_writer(call));
        json.end_object();
        return ok(std::move(out));
    }
    json.begin_object();
    write_flow_members(json, lives->front());
    json.member("lives", lives->size());
    json.key("report");
    report::write_flow(json, lives->front().s, {});
    json.end_object();
    return ok(std::move(out));
}

Outcome<Reply> gaps(const Call& call) {
    const auto query = event_query(call);
    if (!query) return query.error();
    if (const auto one = begins_once(call); !one) return one.error();
    const auto page = call.backend.gaps(call.run(), *query, call.range());
    if (!page) return page.error();
    std::string out;
    JsonWriter json(out);
    write_page(json, *page, "gaps", call.report_names() ? report::write_gap : write_gap);
    json.member("complete", page->complete);
    json.end_object();
    return ok(std::move(out));
}

Outcome<Reply> late(const Call& call) {
    const auto query = event_query(call);
    if (!query) return query.error();
    const auto found = call.backend.late(call.run(), *query, call.range());
    if (!found) return found.error();
    std::string out;
    JsonWriter json(out);
    write_page(json, found->page, "late", report::write_late);
    json.key("late_count");
    found->all ? json.value(*found->all) : json.null();
    json.key("late_cut");
    found->all ? json.value(found->page.count < *found->all) : json.null();
    json.end_object();
    return ok(std::move(out));
}

Outcome<Reply> tunnels(const Call& call) {
    const auto select = selection(call);
    if (!select) return select.error();
    const flow::Field* by = nullptr;
    if (const std::string* name = call.parameters.text("sort")) {
        by = flow::find_field(*name);
        if (by == nullptr || !report::sorts_tunnels(*by))
            return Problem{400, "tunnels are sorted by counts and ratios of the totals", "sort"};
    }
    const auto found = call.backend.tunnels(
        call.run(), call.spanned() ? std::optional(call.span()) : std::nullopt, *select);
    if (!found) return found.error();
    const std::vector<const report::Tunnel*> all = found->tunnels.sorted(by);
    const Range range = call.range();
    const std::size_t from = std::min<std::uint64_t>(range.offset, all.size());
    const std::size_t count = std::min<std::uint64_t>(range.limit, all.size() - from);
    std::string out;
    JsonWriter json(out);
    write_list(json, all.size(), "tunnels", std::span(all).subspan(from, count),
               [](JsonWriter& to, const report::Tunnel* t) { report::write_tunnel(to, *t); });
    if (found->span) {
        json.key("span");
        report::write_span(json, *found->span);
    }
    json.end_object();
    return ok(std::move(out));
}

Outcome<Reply> timeline(const Call& call) {
    const auto id = identity_or_all(call);
    if (!id) return id.error();
    TimelineQuery query{*id, store::Level::fine, call.since(), call.until()};
    if (const std::string* word = call.parameters.text("interval"); word != nullptr)
        query.level = *word == "hour"     ? store::Level::hour
                      : *word == "minute" ? store::Level::minute
                                          : store::Level::fine;
    const auto page = call.backend.timeline(call.run(), query, call.range());
    if (!page) return page.error();
    return ok(page_text(*page, "points", call.report_names() ? write_report_point : write_point));
}

Outcome<Reply> events(const Call& call) {
    auto select = selection(call);
    if (!select) return select.error();
    EventQuery query{{}, call.since(), call.until(), std::move(*select)};
    if (const std::string* text = call.parameters.text("flow_id"); text != nullptr) {
        const auto id = identity(call, *text);
        if (!id)
            return id.error().status == 404 ? Problem{400, id.error().detail, "flow_id"}
                                            : id.error();
        query.id = *id;
    }
    if (wants_stream(call.request.accept)) {
        if (query.select.selects())
            return Problem{400, "a stream tells of all SAs, or of one (flow_id)", "filter"};
        return event_stream(call, query);
    }
    const auto page = call.backend.events(call.run(), query, call.range());
    if (!page) return page.error();
    return ok(page_text(*page, "events", write_event));
}

Outcome<Reply> metrics(const Call& call) {
    const auto snapshot = call.backend.snapshot();
    if (!snapshot) return snapshot.error();
    const telemetry::Format format = telemetry::wanted_format(call.request.accept);
    Reply reply;
    reply.type = telemetry::content_type(format);
    reply.body = telemetry::metrics_text(*snapshot, format);
    return reply;
}

Outcome<Reply> runs(const Call& call) {
    const auto all = call.backend.runs();
    if (!all) return all.error();
    const Range range = call.range();
    const std::size_t from = std::min<std::uint64_t>(range.offset, all->size());
    const std::size_t count = std::min<std::uint64_t>(range.limit, all->size() - from);
    std::string out;
    JsonWriter json(out);
    write_list(json, all->size(), "runs", std::span(*all).subspan(from, count), write_run);
    json.end_object();
    return ok(std::move(out));
}

Outcome<Reply> openapi(const Call&) {
    return ok(openapi_document());
}

} // namespace lacuna::api
