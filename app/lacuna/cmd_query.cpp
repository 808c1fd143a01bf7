// lacuna query: what a store knows, also while it is being written.
#include "base/time_text.hpp"
#include "commands.hpp"
#include "common_options.hpp"
#include "query_views.hpp"
#include "store/store.hpp"
#include "wire/sa_text.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace lacuna::app {
namespace {

struct Query {
    CommonOptions common;
    std::string db;
    std::string id;
    long long run = 0;
    long long limit = 0;

    int execute(const char* what);

private:
    Status open();
    Result<std::vector<flow::SaSummary>> rows() const;
    Result<std::vector<report::Gap>> gaps() const;

    std::unique_ptr<store::StoreReader> store_;
    std::vector<store::RunRecord> runs_;
    store::RunRecord chosen_;
    std::optional<wire::SaIdentity> only_;
};

Status Query::open() {
    if (common.json && common.csv)
        return Error{"--json and --csv contradict each other", "", "choose one", 2};
    if (limit < 0) return Error{"--top must not be negative", "", "", 2};
    if (!id.empty()) {
        only_ = wire::sa_parse(id);
        if (!only_)
            return Error{"not the id of an SA", id,
                         "ids look like macsec-0200000000010001-0 or esp-0000c0de-192.0.2.1", 2};
    }
    auto store = store::StoreReader::open(db);
    if (!store) return store.error();
    store_ = std::move(*store);
    auto runs = store_->runs();
    if (!runs) return runs.error();
    runs_ = std::move(*runs);
    if (runs_.empty()) return Error{"the store holds no run", db, "", 2};
    chosen_ = runs_.back();
    if (run == 0) return {};
    const auto it = std::find_if(runs_.begin(), runs_.end(), [this](const store::RunRecord& r) {
        return static_cast<long long>(r.id) == run;
    });
    if (it == runs_.end())
        return Error{fmt::format("no run {}", run), db, "'lacuna query --db DIR runs' lists them",
                     2};
    chosen_ = *it;
    return {};
}

Result<std::vector<flow::SaSummary>> Query::rows() const {
    std::vector<flow::SaSummary> list;
    const Status s = store_->each_summary(chosen_.id, only_ ? &*only_ : nullptr,
                                          [&list](const flow::SaSummary& row) {
                                              list.push_back(row);
                                              return true;
                                          });
    if (!s) return s.error();
    if (only_ && list.empty()) return Error{"no such SA in this run", id, "'flows' lists them", 2};
    std::stable_sort(list.begin(), list.end(),
                     [](const flow::SaSummary& a, const flow::SaSummary& b) {
                         const auto disorder = [](const flow::SaSummary& x) {
                             return x.duplicates + x.late + x.too_old;
                         };
                         if (a.lost != b.lost) return a.lost > b.lost;
                         if (disorder(a) != disorder(b)) return disorder(a) > disorder(b);
                         return a.received > b.received;
                     });
    if (limit > 0 && list.size() > static_cast<std::size_t>(limit))
        list.resize(static_cast<std::size_t>(limit));
    return list;
}

Result<std::vector<report::Gap>> Query::gaps() const {
    if (only_)
        if (auto known = rows(); !known) return known.error();
    report::Report events;
    const Status s =
        store_->each_event(chosen_.id, only_ ? &*only_ : nullptr, [&events](const flow::Event& e) {
            events.events.push_back(e);
            return true;
        });
    if (!s) return s.error();
    return report::ordered_gaps(events, static_cast<std::size_t>(limit));
}

int Query::execute(const char* what) {
    if (Status s = open(); !s) return fail(s.error());
    const Format format = common.json ? Format::json : common.csv ? Format::csv : Format::table;
    const std::string name = what;
    std::string text;
    if (name == "runs") {
        text = show_runs(runs_, format);
    } else if (name == "summary") {
        text = show_summary(chosen_, format);
    } else if (name == "gaps") {
        auto list = gaps();
        if (!list) return fail(list.error());
        text = show_gaps(*list, format);
    } else {
        auto list = rows();
        if (!list) return fail(list.error());
        text = only_ ? show_flow(*list, format) : show_flows(*list, format);
    }
    if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0)
        return fail({"could not be written", "standard output", "", 1});
    return 0;
}

} // namespace

void register_query(CLI::App& app, int& status) {
    auto query = std::make_shared<Query>();
    CLI::App* command = app.add_subcommand("query", "ask a store (--db) what earlier runs found");
    command->add_option("--db", query->db, "directory of the store")->required()->type_name("DIR");
    command->add_option("--run", query->run, "number of the run; the latest unless given")
        ->type_name("N");
    command->add_option("--top,--limit", query->limit, "at most N entries")->type_name("N");
    add_output_options(*command, query->common);
    command->require_subcommand(1);
    command->fallthrough();
    const auto add = [&](const char* name, const char* help, const char* id_help, bool id_needed) {
        CLI::App* sub = command->add_subcommand(name, help);
        sub->fallthrough();
        if (id_help != nullptr) sub->add_option("ID", query->id, id_help)->required(id_needed);
        sub->callback([query, name, &status] { status = query->execute(name); });
    };
    add("summary", "totals of a run", nullptr, false);
    add("flows", "its secure associations, the worst first", nullptr, false);
    add("flow", "one secure association", "id of the SA", true);
    add("gaps", "the gaps, of all SAs or of one", "id of an SA", false);
    add("runs", "the runs in the store", nullptr, false);
}

} // namespace lacuna::app
