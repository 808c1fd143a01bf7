#include "api/handlers.hpp"

#include "api/objects.hpp"
#include "api/openapi.hpp"
#include "report/flow_json.hpp"
#include "wire/sa_text.hpp"

#include <algorithm>

namespace lacuna::api {
namespace {

Outcome<wire::SaIdentity> identity(const Call& call) {
    const auto id = wire::sa_parse(call.id);
    if (id) return *id;
    return Problem{404,
                   "not the id of an SA; ids look like macsec-0200000000010001-0 or "
                   "esp-0000c0de-192.0.2.1",
                   ""};
}

/// `{"count":n,"<name>":[...]`, without the closing brace.
template <typename List, typename Append>
std::string list_text(std::uint64_t count, const char* name, const List& list, Append append) {
    std::string out = fmt::format("{{\"count\":{},\"{}\":[", count, name);
    bool first = true;
    for (const auto& entry : list) {
        out += first ? "\n" : ",\n";
        append(out, entry);
        first = false;
    }
    return out += ']';
}

Reply ok(std::string body) {
    Reply reply;
    reply.body = std::move(body) + "\n";
    return reply;
}

} // namespace

Outcome<Reply> health(const Call& call) {
    const auto runs = call.backend.runs();
    if (!runs) return runs.error();
    std::string out = fmt::format(R"({{"status":"ok","source":"{}","runs":{}}})",
                                  call.backend.source(), runs->size());
    return ok(std::move(out));
}

Outcome<Reply> summary(const Call& call) {
    const auto found = call.backend.summary(call.run());
    if (!found) return found.error();
    std::string out;
    append_summary(out, *found);
    return ok(std::move(out));
}

Outcome<Reply> flows(const Call& call) {
    FlowQuery query;
    const Parameters& p = call.parameters;
    query.filter = {p.integer("min_bytes"), p.integer("max_bytes"), p.amount("min_bandwidth_mbps"),
                    p.amount("max_bandwidth_mbps")};
    query.range = call.range();
    if (const std::string* after = p.text("after"); after != nullptr) query.after = *after;
    const auto page = call.backend.flows(call.run(), query);
    if (!page) return page.error();
    std::string out = list_text(page->count, "flows", page->rows, append_flow);
    if (!page->next.empty()) {
        out += ",\"next\":";
        append_quoted(out, page->next);
    }
    return ok(out + '}');
}

Outcome<Reply> flow(const Call& call) {
    const auto id = identity(call);
    if (!id) return id.error();
    const auto lives = call.backend.flow(call.run(), *id);
    if (!lives) return lives.error();
    std::string out;
    append_flow(out, lives->front());
    out.pop_back();
    out += fmt::format(",\"lives\":{},\"report\":", lives->size());
    report::append_flow_json(out, lives->front().s, {});
    return ok(out + '}');
}

Outcome<Reply> gaps(const Call& call) {
    const auto id = identity(call);
    if (!id) return id.error();
    const auto page = call.backend.gaps(call.run(), *id, call.range());
    if (!page) return page.error();
    return ok(list_text(page->count, "gaps", page->gaps, append_gap)
              + fmt::format(",\"complete\":{}}}", page->complete));
}

Outcome<Reply> runs(const Call& call) {
    const auto all = call.backend.runs();
    if (!all) return all.error();
    const Range range = call.range();
    const std::size_t from = std::min<std::uint64_t>(range.offset, all->size());
    const std::size_t count = std::min<std::uint64_t>(range.limit, all->size() - from);
    return ok(list_text(all->size(), "runs", std::span(*all).subspan(from, count), append_run)
              + '}');
}

Outcome<Reply> openapi(const Call&) {
    return ok(openapi_document());
}

} // namespace lacuna::api
