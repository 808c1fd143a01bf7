#include "telemetry/commands.hpp"

#include "base/time_text.hpp"
#include "report/json/field_json.hpp"
#include "report/json/flow_json.hpp"
#include "wire/text/sa_text.hpp"

#include <charconv>

namespace lacuna::telemetry {
namespace {

/// Longest string of the socket, less its end mark.
constexpr std::size_t kMaxText = 127;

Json error_reply(const Error& error) {
    return telemetry::error_reply(error.text());
}

/// Groups of the registry that take no parameters.
template <const auto&... Groups>
Json groups_reply(const LiveView& live, std::string_view parameters) {
    if (!parameters.empty()) return telemetry::error_reply("takes no parameters");
    return groups_json(take_snapshot(live, ""), {Groups...});
}
constexpr char kTrafficName[] = "traffic";
constexpr char kTotalsName[] = "totals";
constexpr char kTableName[] = "flow_table";
constexpr char kProbeName[] = "probe";
constexpr char kLcoresName[] = "lcores";
constexpr char kRingsName[] = "rings";
constexpr char kPortsName[] = "ports";
constexpr char kGrantedName[] = "granted";
constexpr char kStoreName[] = "store";
constexpr char kLayoutName[] = "layout";

Json flows_reply(const LiveView& live, std::string_view parameters) {
    std::uint64_t number = 0;
    const char* const end = parameters.data() + parameters.size();
    const auto [at, error] = std::from_chars(parameters.data(), end, number);
    if (!parameters.empty() && (error != std::errc() || at != end))
        return telemetry::error_reply("the page must be a whole number, from 0 on");
    const auto pages = live.pages();
    if (!pages) return error_reply(pages.error());
    if (number != 0 && number >= *pages)
        return telemetry::error_reply("there is no such page; pages: " + std::to_string(*pages));
    const auto page = live.page(number);
    if (!page) return error_reply(page.error());
    Json reply;
    reply["total"] = page->total;
    reply["page"] = number;
    reply["pages"] = *pages;
    if (number + 1 < *pages) reply["next"] = number + 1;
    reply["flows"] = Json::array();
    for (const flow::SaSummary& s : page->flows)
        reply["flows"].push_back(flow_row(s));
    return reply;
}

Json not_held() {
    return telemetry::error_reply("this secure association is not in the flow table");
}

Json flow_reply(const LiveView& live, std::string_view parameters) {
    const auto sa = live.flow(parameters);
    if (!sa) return error_reply(sa.error());
    if (!*sa) return not_held();
    report::ViewOptions view;
    view.esn = live.options().esn;
    view.xpn = live.options().xpn;
    std::string text;
    JsonWriter json(text);
    report::write_flow(json, **sa, view);
    return Json::parse(text);
}

Json gaps_reply(const LiveView& live, std::string_view parameters) {
    const auto holes = live.holes(parameters);
    if (!holes) return error_reply(holes.error());
    if (!*holes) return not_held();
    const Holes& h = **holes;
    Json reply;
    reply["id"] = wire::sa_text(h.sa.id);
    reply["lost"] = h.sa.lost;
    reply["gaps"] = h.sa.gaps;
    reply["max_gap"] = h.sa.max_gap;
    reply["open_count"] = h.open_count;
    reply["open"] = Json::array();
    for (const flow::OpenRun& run : h.open) {
        if (reply["open"].size() == kMaxHolesShown) break;
        Json hole;
        hole["first_missing"] = run.first;
        hole["next"] = run.next;
        reply["open"].push_back(hole);
    }
    reply["latest_count"] = h.latest.size();
    reply["older_forgotten"] = h.older_forgotten;
    reply["latest"] = Json::array();
    const std::size_t n = std::min(h.latest.size(), kMaxHolesShown);
    for (auto run = h.latest.rbegin(); run != h.latest.rbegin() + static_cast<std::ptrdiff_t>(n);
         ++run) {
        Json hole;
        hole["first_missing"] = run->first_missing;
        hole["next"] = run->next;
        hole["size"] = run->size();
        hole["time"] = rfc3339(run->time);
        hole["blind"] = run->blind;
        reply["latest"].push_back(hole);
    }
    return reply;
}

constexpr Command kCommands[] = {
    {"/lacuna/summary", "Frames and sums over all secure associations. Takes no parameters",
     groups_reply<kTrafficName, kTotalsName, kTableName, kLayoutName>},
    {"/lacuna/flows",
     "A page of the flow table, and how many there are. Parameters: int page (from 0 on)",
     flows_reply},
    {"/lacuna/flow", "All figures of one secure association. Parameters: its id", flow_reply},
    {"/lacuna/gaps",
     "What is missing of one secure association: open holes, latest holes. Parameters: its id",
     gaps_reply},
    {"/lacuna/lcores", "What each lcore of the data path does. Takes no parameters",
     groups_reply<kLcoresName>},
    {"/lacuna/rings", "How full the rings between lcores are. Takes no parameters",
     groups_reply<kRingsName>},
    {"/lacuna/drops", "What the probe itself lost, by cause. Takes no parameters",
     groups_reply<kProbeName>},
    {"/lacuna/ports", "Ports of a live run. Takes no parameters",
     groups_reply<kPortsName, kGrantedName>},
    {"/lacuna/store", "The store of a run that has one. Takes no parameters",
     groups_reply<kStoreName>},
};

} // namespace

Json flow_row(const flow::SaSummary& s) {
    Json row;
    for (const flow::Field& f : flow::kFields) {
        if ((f.in & flow::kSocket) == 0) continue;
        std::string text;
        report::append_plain(text, f, s);
        if (f.kind == flow::Kind::integer)
            row[f.name] = Json::parse(text);
        else
            row[f.name] = text;
    }
    return row;
}

std::span<const Command> commands() {
    return kCommands;
}

Json error_reply(std::string_view text) {
    Json reply;
    reply["error"] = clean_text(std::string(text.substr(0, kMaxText)));
    return reply;
}

} // namespace lacuna::telemetry
