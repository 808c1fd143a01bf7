// lacuna query: what a store knows, also while it is being written.
#include "cli/common_options.hpp"
#include "cli/names_option.hpp"
#include "cli/streams.hpp"
#include "cli/terminal.hpp"
#include "commands.hpp"
#include "query/export.hpp"
#include "query/from_fleet.hpp"
#include "query/series.hpp"
#include "query/stored.hpp"
#include "wire/text/sa_text.hpp"

#include <cerrno>
#include <fmt/format.h>
#include <limits>
#include <memory>

namespace lacuna::app {
namespace {

struct Query {
    CommonOptions common;
    std::string db;
    EngineOptions from; ///< instead of `db`
    std::string probe;
    std::optional<std::string> id;
    std::string tunnel_id;
    std::optional<long long> run;
    long long limit = 0;
    std::string since;
    std::string until;
    std::string level = "10s";
    std::string kind = "flows"; ///< what to export

    int execute(const char* what);

private:
    Status check() const;
    Status ask(const std::string& what, Format format, bool& shown) const;
    Status show(const std::string& what, Format format, bool& shown) const;
    Question question() const;
};

Status Query::check() const {
    if (common.json && common.csv)
        return Error{"--json and --csv contradict each other", "", "choose one", 2};
    if (limit < 0) return Error{"--top must not be negative", "", "", 2};
    if (db.empty() == from.url.empty())
        return Error{"a query asks one place", "", "--db names a store, --from a fleet's engine",
                     2};
    if (from.url.empty() && !probe.empty())
        return Error{"--probe without --from", probe, "a store is of one probe", 2};
    return {};
}

/// The same of a fleet's engine.
Status Query::ask(const std::string& what, Format format, bool& shown) const {
    if (what != "summary" && what != "flows" && what != "flow" && what != "top" && what != "gaps")
        return Error{"only a store (--db) tells this", what,
                     "--from goes with summary, flows, flow, top and gaps", 2};
    if (common.selected.selects() && (what == "summary" || what == "gaps"))
        return Error{"--filter goes here with flows, flow and top", what,
                     "the views of the engine take any condition", 2};
    if (!since.empty() || !until.empty())
        return Error{"--since and --until go with --db", "", "the view 'series' has times", 2};
    if (id)
        if (const auto name = parse_id(*id); !name) return name.error();
    FleetQuestion question;
    question.engine = from;
    question.probe = probe;
    if (run && (*run < 0 || *run > std::numeric_limits<store::RunId>::max()))
        return Error{fmt::format("no run {}", *run), from.url, "", 2};
    if (run) question.run = static_cast<store::RunId>(*run);
    question.what = what;
    if (id) question.id = wire::sa_text(*parse_id(*id));
    question.limit = what == "top" && limit == 0 ? kTop : static_cast<std::size_t>(limit);
    question.by = common.sorted_by();
    question.selected = &common.selected;
    question.format = format;
    return ask_fleet(question, shown);
}

Question Query::question() const {
    return {db,
            id,
            tunnel_id,
            run,
            since,
            until,
            static_cast<std::size_t>(limit),
            &common.selected,
            common.sorted_by()};
}

/// Asks the store, and hands the answer to its view.
Status Query::show(const std::string& what, Format format, bool& shown) const {
    auto stored = Stored::open(question());
    if (!stored) return stored.error();
    if (what == "gaps" || what == "late" || what == "events")
        if (Status narrowed = stored->narrow(); !narrowed) return narrowed;
    const Stored& s = *stored;
    const auto most = static_cast<std::size_t>(limit);
    if (what == "runs") {
        shown = show_runs(s.runs(), format);
        return {};
    }
    if (what == "summary") return s.summary(format, shown);
    if (what == "mka") return s.mka(format, shown);
    if (what == "late") return s.late(format, shown);
    if (what == "events")
        return show_events(s.reader(), s.run().id, s.only(), s.span(), most, format, shown);
    if (what == "export")
        return export_run(s.reader(), s.run().id, *export_from(kind), *level_from(level), s.span(),
                          format, shown);
    if (what == "timeline") {
        if (Status known = s.know_sa(); !known) return known;
        return show_timeline(s.reader(),
                             {s.run().id, s.only()->front(), *level_from(level), s.span(), most},
                             format, shown);
    }
    if (what == "gaps") {
        const auto list = s.gaps();
        if (!list) return list.error();
        shown = show_gaps(*list, format);
        if (!list->complete && format == Format::csv) remark(kIncompleteGaps);
        return {};
    }
    Spanned spanned;
    if (what == "tunnels" || what == "tunnel") {
        const auto list = s.tunnels(spanned);
        if (!list) return list.error();
        shown = show_tunnels(*list, {tunnel_id, most, common.sorted_by()}, spanned, format);
        return {};
    }
    const auto list = s.rows(spanned, what == "top");
    if (!list) return list.error();
    const auto moved = s.moves();
    if (!moved) return moved.error();
    report::ViewOptions view;
    view.moves = *moved;
    shown = s.only() == nullptr ? show_flows(*list, format, view, spanned)
                                : show_flow(*list, format, view, spanned);
    return {};
}

int Query::execute(const char* what) {
    if (Status s = check(); !s) return fail(s.error());
    if (Status s = common.check_selection(); !s) return fail(s.error());
    const std::string name = what;
    if (common.selected.selects() && (name == "runs" || name == "export" || name == "timeline"))
        return fail({"--filter chooses SAs, which this does not list", name,
                     "it goes with summary, flows, top, tunnels, gaps, late and events", 2});
    const Format format = common.json ? Format::json : common.csv ? Format::csv : Format::table;
    if (Status s = send_output_to(common.output); !s) return fail(s.error());
    look_at_stdout();
    bool shown = true;
    errno = 0;
    const Status s = from.url.empty() ? show(name, format, shown) : ask(name, format, shown);
    if (!s) return fail(s.error());
    return written(shown, "the answer");
}

} // namespace

void register_query(CLI::App& app, int& status) {
    auto query = std::make_shared<Query>();
    CLI::App* command = app.add_subcommand("query", "ask a store (--db) what earlier runs found");
    command->add_option("--db", query->db, "directory of the store")
        ->type_name("DIR")
        ->check(not_empty);
    query->from.add_to(*command, "--from", "instead: the engine of a fleet, as for ship", false);
    command->add_option("--probe", query->probe, "with --from: the probe that is asked about")
        ->type_name("NAME")
        ->check(not_empty);
    command->add_option("--run", query->run, "number of the run; the latest unless given")
        ->type_name("N")
        ->check(not_empty);
    command->add_option("--top,--limit", query->limit, "at most N entries")
        ->type_name("N")
        ->transform(counted_out, "");
    command
        ->add_option("--since", query->since,
                     "what happened then or later: 2026-01-31T12:00:00Z, \"2026-01-31 12:00\" or "
                     "12:00 (local time), or 10m for so long before the latest packet")
        ->type_name("TIME")
        ->check(not_empty);
    command->add_option("--until", query->until, "what happened before")
        ->type_name("TIME")
        ->check(not_empty);
    add_output_options(*command, query->common);
    add_screen_options(*command);
    add_names_option(*command, query->common.names_file);
    add_output_file_option(*command, query->common.output);
    add_sort_option(*command, "--sort", query->common);
    add_filter_option(*command, query->common);
    command->require_subcommand(1);
    command->fallthrough();
    const auto add = [&](const char* name, const char* help, const char* id_help, bool id_needed) {
        CLI::App* sub = command->add_subcommand(name, help);
        sub->fallthrough();
        if (id_help != nullptr) sub->add_option("ID", query->id, id_help)->required(id_needed);
        sub->callback([query, name, &status] { status = query->execute(name); });
        return sub;
    };
    const auto add_level = [&](CLI::App* sub) {
        sub->add_option("--level", query->level,
                        "length of the intervals: 10s (the shortest there are), 1m or 1h")
            ->type_name("LENGTH")
            ->check([](const std::string& text) {
                return level_from(text) ? "" : "10s, 1m and 1h are known";
            });
    };
    add("summary", "totals of a run", nullptr, false);
    add("flows", "its secure associations, the worst first", nullptr, false);
    add("flow", "one secure association", "id of the SA", true);
    add("tunnels", "pairs of end points with all their SAs", nullptr, false);
    add("tunnel", "one of them", nullptr, false)
        ->add_option("ID", query->tunnel_id, "id of the tunnel: <address>~<address>")
        ->required();
    add("mka", "who agreed on MACsec keys, which are in use, what changed", nullptr, false);
    add("gaps", "the gaps, of all SAs or of one", "id of an SA", false);
    add("late", "packets that came late, too late to tell, or again", "id of an SA", false);
    CLI::App* top = add("top", "the SAs with most of a field", nullptr, false);
    add_sort_option(*top, "--by", query->common);
    add_level(add("timeline", "how one SA fared over time", "id of the SA", true));
    add("events", "restarts, rekeys, warnings; losses of the probe", "id of an SA", false);
    CLI::App* out = add("export", "all of a run, a record a line (JSON, or --csv)", nullptr, false);
    out->add_option("WHAT", query->kind, "flows, timeline, events or gaps")
        ->check([](const std::string& text) {
            return export_from(text) ? "" : "flows, timeline, events and gaps can be exported";
        });
    add_level(out);
    add("runs", "the runs in the store", nullptr, false);
}

} // namespace lacuna::app
