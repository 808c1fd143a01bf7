// lacuna query: what a store knows, also while it is being written.
#include "cli/common_options.hpp"
#include "cli/streams.hpp"
#include "cli/terminal.hpp"
#include "commands.hpp"
#include "query/export.hpp"
#include "query/from_fleet.hpp"
#include "report/json/flow_json.hpp"
#include "store/records/damage.hpp"
#include "store/store.hpp"
#include "wire/sa_text.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fmt/format.h>
#include <functional>
#include <limits>

namespace lacuna::app {
namespace {

/// SAs `top` shows unless told otherwise.
constexpr std::size_t kTop = 10;

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
    Status ask(const std::string& what, bool& shown) const;
    Status open();
    Status choose_run();
    Status summary(Format format, bool& shown) const;
    Status late(Format format, bool& shown) const;
    Status find_names(const wire::SaIdentity& name);
    Result<RowList> rows(Spanned& spanned, bool top = false) const;
    Status know_sa() const;
    Result<GapList> gaps() const;
    Result<report::Tunnels> tunnels(Spanned& spanned) const;
    Result<Spanned> each_sa(const std::function<void(const flow::SaSummary&)>& fn) const;
    Error no_such_sa() const;
    template <typename Each>
    Status each_of(Each each) const;
    Result<std::vector<flow::Event>> moves() const;

    std::unique_ptr<store::StoreReader> store_;
    std::vector<store::RunRecord> runs_;
    store::RunRecord chosen_;
    std::vector<wire::SaIdentity> only_; ///< what `id` stands for; empty: everything
    TimeSpan span_;
};

Status Query::check() const {
    if (common.json && common.csv)
        return Error{"--json and --csv contradict each other", "", "choose one", 2};
    look_at_stdout();
    if (limit < 0) return Error{"--top must not be negative", "", "", 2};
    if (db.empty() == from.url.empty())
        return Error{"a query asks one place", "", "--db names a store, --from a fleet's engine",
                     2};
    if (from.url.empty() && !probe.empty())
        return Error{"--probe without --from", probe, "a store is of one probe", 2};
    return {};
}

/// The same of a fleet's engine.
Status Query::ask(const std::string& what, bool& shown) const {
    if (what != "summary" && what != "flows" && what != "flow" && what != "top" && what != "gaps")
        return Error{"only a store (--db) tells this", what,
                     "--from goes with summary, flows, flow, top and gaps", 2};
    if (!since.empty() || !until.empty())
        return Error{"--since and --until go with --db", "", "the view 'series' has times", 2};
    FleetQuestion question;
    question.engine = from;
    question.probe = probe;
    if (run && (*run < 0 || *run > std::numeric_limits<store::RunId>::max()))
        return Error{fmt::format("no run {}", *run), from.url, "", 2};
    if (run) question.run = static_cast<store::RunId>(*run);
    question.what = what;
    question.id = id.value_or("");
    question.limit = what == "top" && limit == 0 ? kTop : static_cast<std::size_t>(limit);
    question.by = common.sorted_by();
    question.selected = &common.selected;
    question.format = common.json ? Format::json : common.csv ? Format::csv : Format::table;
    return ask_fleet(question, shown);
}

Status Query::open() {
    std::optional<wire::SaIdentity> name;
    if (id) {
        name = wire::sa_parse(*id);
        if (!name)
            return Error{"not the id of an SA", id->empty() ? "''" : *id,
                         "ids look like macsec-0200000000010001-0 or esp-0000c0de-192.0.2.1", 2};
    }
    if (!from.url.empty()) return {};
    auto store = store::StoreReader::open(db);
    if (!store) return store.error();
    store_ = std::move(*store);
    if (store_->log_damaged()) remark(fmt::format("{}: {}", db, store::kLogDamaged));
    auto runs = store_->runs();
    if (!runs) return runs.error();
    runs_ = std::move(*runs);
    if (Status s = choose_run(); !s) return s;
    auto span = time_span(since, until, chosen_);
    if (!span) return span.error();
    span_ = *span;
    return name ? find_names(*name) : Status();
}

/// Of the runs that are asked.
Status Query::find_names(const wire::SaIdentity& name) {
    for (const store::RunRecord& one : runs_) {
        if (one.id != chosen_.id && (run || !span_.bounded())) continue;
        const auto found = store_->named(one.id, name);
        if (!found) return found.error();
        for (const wire::SaIdentity& counter : *found)
            if (std::find(only_.begin(), only_.end(), counter) == only_.end())
                only_.push_back(counter);
    }
    return {};
}

Status Query::choose_run() {
    if (runs_.empty()) return Error{"the store holds no run", db, "", 2};
    chosen_ = runs_.back();
    if (!run) return {};
    const auto it = std::find_if(runs_.begin(), runs_.end(), [this](const store::RunRecord& r) {
        return static_cast<long long>(r.id) == *run;
    });
    if (it == runs_.end())
        return Error{fmt::format("no run {}", *run), db, "'lacuna query --db DIR runs' lists them",
                     2};
    chosen_ = *it;
    return {};
}

Error Query::no_such_sa() const {
    if (span_.bounded())
        return {"no packets of this SA in that time", *id, "'runs' lists what the store holds", 2};
    return {"no such SA in this run", *id,
            chosen_.state == store::RunState::open
                ? "the run has not ended: an SA is stored within seconds"
                : "'flows' lists them",
            2};
}

/// Calls `each` for what was asked for: with null for everything, else with each identity.
template <typename Each>
Status Query::each_of(Each each) const {
    if (only_.empty()) return each(nullptr);
    for (const wire::SaIdentity& one : only_)
        if (Status s = each(&one); !s) return s;
    return {};
}

/// What rows of the run tell of moves, by row.
Result<std::vector<flow::Event>> Query::moves() const {
    std::vector<flow::Event> list;
    const Status s =
        store_->each_notable(chosen_.id, std::numeric_limits<TimeNs>::min(),
                             std::numeric_limits<TimeNs>::max(), [&list](const flow::Event& e) {
                                 if (e.kind == flow::EventKind::moved) list.push_back(e);
                                 return true;
                             });
    if (!s) return s.error();
    return report::moves_by_row(std::move(list));
}

/// What an SA did: in the span, over all runs or the one that is named, or its rows in the run.
Result<Spanned> Query::each_sa(const std::function<void(const flow::SaSummary&)>& fn) const {
    if (span_.bounded()) {
        store::SpanQuestion question{span_.since, span_.until, {}};
        if (run) question.run = chosen_.id;
        auto answer = store_->each_in_span(question, only_, [&fn](const flow::SaSummary& row) {
            fn(row);
            return true;
        });
        if (!answer) return answer.error();
        return Spanned(std::move(*answer));
    }
    const Status s = each_of([&](const wire::SaIdentity* only) {
        return store_->each_summary(chosen_.id, only, [&fn](const flow::SaSummary& row) {
            fn(row);
            return true;
        });
    });
    if (!s) return s.error();
    return Spanned();
}

/// `top`: the first ten of them, unless told otherwise.
Result<RowList> Query::rows(Spanned& spanned, bool top) const {
    RowList list(top && limit == 0 ? kTop : static_cast<std::size_t>(limit), common.sorted_by());
    bool any = false;
    auto asked = each_sa([&](const flow::SaSummary& row) {
        any = true;
        if (common.selected.matches(row)) list.add(row);
    });
    if (!asked) return asked.error();
    spanned = std::move(*asked);
    if (!only_.empty() && !any) return no_such_sa();
    list.sort();
    return list;
}

/// Errors: the run holds no such SA.
Status Query::know_sa() const {
    for (const wire::SaIdentity& one : only_) {
        bool known = false;
        const Status s = store_->each_summary(
            chosen_.id, &one, [&known](const flow::SaSummary&) { return !(known = true); });
        if (!s || known) return s;
    }
    return no_such_sa();
}

Result<GapList> Query::gaps() const {
    GapList list(static_cast<std::size_t>(limit));
    std::uint64_t events = 0;
    const Status s = each_of([&](const wire::SaIdentity* only) -> Status {
        const auto walk = store_->each_gap(chosen_.id, only, [&](const flow::Gap& g) {
            if (span_.holds(g.time)) list.add(g);
            return true;
        });
        if (!walk) return walk.error();
        events += walk->events;
        list.complete = list.complete && walk->complete;
        return {};
    });
    if (!s) return s.error();
    // An SA without events may be known for its summary alone; one of an open run for its events.
    if (!only_.empty() && events == 0)
        if (Status known = know_sa(); !known) return known.error();
    list.sort();
    return list;
}

Result<report::Tunnels> Query::tunnels(Spanned& spanned) const {
    report::Tunnels list;
    auto asked = each_sa([&](const flow::SaSummary& row) {
        if (common.selected.matches(row)) list.add(row);
    });
    if (!asked) return asked.error();
    spanned = std::move(*asked);
    if (!tunnel_id.empty() && list.find(tunnel_id) == nullptr)
        return Error{span_.bounded() ? "no such tunnel in that time" : "no such tunnel in this run",
                     tunnel_id, "'tunnels' lists them", 2};
    return list;
}

/// Totals of the run, or of the span.
Status Query::summary(Format format, bool& shown) const {
    if (!span_.bounded()) {
        shown = show_summary(chosen_, format);
        return {};
    }
    const auto answer = each_sa([](const flow::SaSummary&) {});
    if (!answer) return answer.error();
    shown = show_span_summary(**answer, format);
    return {};
}

Status Query::late(Format format, bool& shown) const {
    if (!only_.empty())
        if (Status known = know_sa(); !known) return known;
    std::optional<std::uint64_t> all;
    if (!span_.bounded()) {
        all = 0;
        const Status s = each_of([&](const wire::SaIdentity* only) {
            return store_->each_summary(chosen_.id, only, [&all](const flow::SaSummary& row) {
                *all += row.late + row.too_old + row.duplicates;
                return true;
            });
        });
        if (!s) return s;
    }
    return show_late(*store_, chosen_.id, only_, span_, static_cast<std::size_t>(limit), all,
                     format, shown);
}

int Query::execute(const char* what) {
    if (Status s = check(); !s) return fail(s.error());
    if (Status s = common.check_filter(); !s) return fail(s.error());
    if (Status s = open(); !s) return fail(s.error());
    const Format format = common.json ? Format::json : common.csv ? Format::csv : Format::table;
    const std::string name = what;
    if (common.selected.selects() && name != "flows" && name != "flow" && name != "top"
        && name != "tunnels")
        return fail({"--filter chooses SAs, which this does not list", name,
                     "it goes with flows, flow, top and tunnels", 2});
    bool shown = true;
    errno = 0;
    if (!from.url.empty()) {
        if (Status s = ask(name, shown); !s) return fail(s.error());
    } else if (name == "runs") {
        shown = show_runs(runs_, format);
    } else if (name == "summary") {
        if (Status s = summary(format, shown); !s) return fail(s.error());
    } else if (name == "tunnels" || name == "tunnel") {
        Spanned spanned;
        const auto list = tunnels(spanned);
        if (!list) return fail(list.error());
        shown = show_tunnels(*list, tunnel_id, static_cast<std::size_t>(limit), spanned, format);
    } else if (name == "gaps") {
        const auto list = gaps();
        if (!list) return fail(list.error());
        shown = show_gaps(*list, format);
        if (!list->complete && format == Format::csv) remark(kIncompleteGaps);
    } else if (name == "late") {
        if (Status s = late(format, shown); !s) return fail(s.error());
    } else if (name == "timeline") {
        if (Status known = know_sa(); !known) return fail(known.error());
        const SeriesQuestion question{chosen_.id, only_.front(), *level_from(level), span_,
                                      static_cast<std::size_t>(limit)};
        if (Status s = show_timeline(*store_, question, format, shown); !s) return fail(s.error());
    } else if (name == "events") {
        if (Status s = show_events(*store_, chosen_.id, only_, span_,
                                   static_cast<std::size_t>(limit), format, shown);
            !s)
            return fail(s.error());
    } else if (name == "export") {
        if (Status s = export_run(*store_, chosen_.id, *export_from(kind), *level_from(level),
                                  span_, format, shown);
            !s)
            return fail(s.error());
    } else {
        Spanned spanned;
        const auto list = rows(spanned, name == "top");
        if (!list) return fail(list.error());
        const auto moved = moves();
        if (!moved) return fail(moved.error());
        report::ViewOptions view;
        view.moves = *moved;
        shown = only_.empty() ? show_flows(*list, format, view, spanned)
                              : show_flow(*list, format, view, spanned);
    }
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
    command->add_option("--top,--limit", query->limit, "at most N entries")->type_name("N");
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
