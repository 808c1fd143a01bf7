#include "query/from_fleet.hpp"

#include "fleet/read/reader.hpp"
#include "fleet/schema/init.hpp"
#include "query/lists.hpp"
#include "report/json/flow_json.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace lacuna::app {
namespace {

Error no_such_sa(const std::string& id) {
    return {"no such SA in this run", id, "'flows' lists them", 2};
}

/// The run that is asked about.
Result<fleet::FleetRun> chosen_run(const fleet::FleetReader& reader,
                                   const FleetQuestion& question) {
    auto runs = reader.runs(question.probe, question.run);
    if (!runs) return runs.error();
    const std::string where = question.engine.url;
    if (runs->empty())
        return Error{question.run             ? fmt::format("no run {}", *question.run)
                     : question.probe.empty() ? "the fleet has no probe that has shipped a run"
                                              : "no such probe in the fleet: " + question.probe,
                     where, "'lacuna fleet status' lists the probes", 2};
    if (runs->size() == 1) return std::move(runs->front());
    if (question.probe.empty())
        return Error{fmt::format("{} probes have such a run", runs->size()), where,
                     "--probe says which is meant", 2};
    // A probe that began a new store: the later one counts.
    return std::move(
        *std::max_element(runs->begin(), runs->end(), [](const auto& a, const auto& b) {
            return a.run.started < b.run.started;
        }));
}

Status show_rows(const fleet::FleetReader& reader, const fleet::FleetRun& run,
                 const FleetQuestion& question, bool& shown) {
    RowList list(question.limit, question.by);
    bool any = false;
    const Status s = reader.each_summary(run, question.id, [&](const flow::SaSummary& row) {
        any = true;
        if (question.selected->matches(row)) list.add(row);
        return true;
    });
    if (!s) return s;
    if (!any && !question.id.empty()) return no_such_sa(question.id);
    list.sort();
    const auto moves = reader.moves(run);
    if (!moves) return moves.error();
    const auto by_row = report::moves_by_row(*moves);
    report::ViewOptions view;
    view.moves = by_row;
    shown = question.id.empty() ? show_flows(list, question.format, view, {})
                                : show_flow(list, question.format, view, {});
    return {};
}

Status show_missing(const fleet::FleetReader& reader, const fleet::FleetRun& run,
                    const FleetQuestion& question, bool& shown) {
    GapList list(question.limit);
    const Status s = reader.each_gap(run, question.id, [&list](const flow::Gap& g) {
        list.add(g);
        return true;
    });
    if (!s) return s;
    if (!question.id.empty() && list.found() == 0) {
        bool any = false;
        const Status known = reader.each_summary(run, question.id, [&any](const flow::SaSummary&) {
            any = true;
            return false;
        });
        if (!known) return known;
        if (!any) return no_such_sa(question.id);
    }
    list.sort();
    shown = show_gaps(list, question.format);
    return {};
}

} // namespace

Status ask_fleet(const FleetQuestion& question, bool& shown) {
    auto engine = question.engine.engine();
    if (!engine) return engine.error();
    if (const auto greeting = fleet::greet(*engine); !greeting) return greeting.error();
    const fleet::FleetReader reader(*engine);
    const auto run = chosen_run(reader, question);
    if (!run) return run.error();
    if (question.what == "summary") {
        shown = show_summary(run->run, question.format);
        return {};
    }
    if (question.what == "gaps") return show_missing(reader, *run, question, shown);
    return show_rows(reader, *run, question, shown);
}

} // namespace lacuna::app
