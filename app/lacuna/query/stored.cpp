#include "query/stored.hpp"

#include "cli/streams.hpp"
#include "query/resolve.hpp"
#include "query/series.hpp"
#include "report/json/flow_json.hpp"
#include "store/records/damage.hpp"
#include "wire/text/sa_text.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <limits>

namespace lacuna::app {

Result<wire::SaIdentity> parse_id(const std::string& id) {
    auto name = wire::sa_parse(id);
    if (name) return *name;
    return Error{"not the id of an SA", id.empty() ? "''" : id,
                 "ids look like macsec-0200000000010001-0 or esp-0000c0de-192.0.2.1", 2};
}

Result<Stored> Stored::open(const Question& question) {
    Stored s(question);
    auto store = store::StoreReader::open(question.db);
    if (!store) return store.error();
    s.store_ = std::move(*store);
    if (s.store_->log_damaged()) remark(fmt::format("{}: {}", question.db, store::kLogDamaged));
    auto runs = s.store_->runs();
    if (!runs) return runs.error();
    s.runs_ = std::move(*runs);
    if (Status chosen = s.choose_run(); !chosen) return chosen.error();
    auto span = time_span(question.since, question.until, s.chosen_);
    if (!span) return span.error();
    s.span_ = *span;
    if (question.id)
        if (Status found = s.find_names(*question.id); !found) return found.error();
    return s;
}

/// Of the runs that are asked.
Status Stored::find_names(const std::string& id) {
    std::vector<store::RunId> runs;
    for (const store::RunRecord& one : runs_)
        if (one.id == chosen_.id || (!asked_.run && span_.bounded())) runs.push_back(one.id);
    const auto name = resolve_sa(*store_, runs, id);
    if (!name) return name.error();
    only_.emplace();
    for (const store::RunId run : runs) {
        const auto found = store_->named(run, *name);
        if (!found) return found.error();
        for (const wire::SaIdentity& counter : *found)
            if (std::find(only_->begin(), only_->end(), counter) == only_->end())
                only_->push_back(counter);
    }
    return {};
}

Status Stored::choose_run() {
    if (runs_.empty()) return Error{"the store holds no run", asked_.db, "", 2};
    chosen_ = runs_.back();
    if (!asked_.run) return {};
    const auto it = std::find_if(runs_.begin(), runs_.end(), [this](const store::RunRecord& r) {
        return static_cast<long long>(r.id) == *asked_.run;
    });
    if (it == runs_.end())
        return Error{fmt::format("no run {}", *asked_.run), asked_.db,
                     "'lacuna query --db DIR runs' lists them", 2};
    chosen_ = *it;
    return {};
}

Error Stored::no_such_sa() const {
    if (span_.bounded())
        return {"no packets of this SA in that time", *asked_.id,
                "'runs' lists what the store holds", 2};
    return {"no such SA in this run", *asked_.id,
            chosen_.state == store::RunState::open
                ? "the run has not ended: an SA is stored within seconds"
                : "'flows' lists them",
            2};
}

/// Calls `each` for what was asked for: with null for everything, else with each identity.
template <typename Each>
Status Stored::each_of(Each each) const {
    if (!only_) return each(nullptr);
    for (const wire::SaIdentity& one : *only_)
        if (Status s = each(&one); !s) return s;
    return {};
}

Result<std::vector<flow::Event>> Stored::moves() const {
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
Result<Spanned> Stored::each_sa(const std::function<void(const flow::SaSummary&)>& fn) const {
    if (span_.bounded()) {
        store::SpanQuestion question{span_.since, span_.until, {}};
        if (asked_.run) question.run = chosen_.id;
        auto answer =
            store_->each_in_span(question, only_.value_or(std::vector<wire::SaIdentity>()),
                                 [&fn](const flow::SaSummary& row) {
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

Result<RowList> Stored::rows(Spanned& spanned, bool top) const {
    RowList list(top && asked_.limit == 0 ? kTop : asked_.limit, asked_.by);
    bool any = false;
    auto asked = each_sa([&](const flow::SaSummary& row) {
        any = true;
        if (asked_.selected->matches(row)) list.add(row);
    });
    if (!asked) return asked.error();
    spanned = std::move(*asked);
    if (asked_.id && !any) return no_such_sa();
    list.sort();
    return list;
}

Status Stored::know_sa() const {
    for (const wire::SaIdentity& one : *only_) {
        bool known = false;
        const Status s = store_->each_summary(
            chosen_.id, &one, [&known](const flow::SaSummary&) { return !(known = true); });
        if (!s || known) return s;
    }
    return no_such_sa();
}

Result<GapList> Stored::gaps() const {
    GapList list(asked_.limit);
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
    if (asked_.id && events == 0 && !asked_.selected->selects())
        if (Status known = know_sa(); !known) return known.error();
    list.sort();
    return list;
}

Result<report::Tunnels> Stored::tunnels(Spanned& spanned) const {
    report::Tunnels list(chosen_.mka ? report::LinkNames(chosen_.mka->participants)
                                     : report::LinkNames());
    auto asked = each_sa([&](const flow::SaSummary& row) {
        if (asked_.selected->matches(row)) list.add(row);
    });
    if (!asked) return asked.error();
    spanned = std::move(*asked);
    if (!asked_.tunnel_id.empty() && list.find(asked_.tunnel_id) == nullptr)
        return Error{span_.bounded()
                         ? "no tunnel of that time has this id or name, or more than one"
                         : "no tunnel of this run has this id or name, or more than one",
                     asked_.tunnel_id, "'tunnels' lists them", 2};
    return list;
}

Status Stored::mka(Format format, bool& shown) const {
    const store::MkaRecord none;
    const store::MkaRecord& all = chosen_.mka ? *chosen_.mka : none;
    std::vector<wire::MkaEvent> events;
    for (const wire::MkaEvent& e : all.events)
        if (span_.holds(e.time)) events.push_back(e);
    shown = show_mka({all.participants, events, all.beyond}, chosen_, format);
    return {};
}

Status Stored::summary(Format format, bool& shown) const {
    flow::Sums sums;
    const bool selects = asked_.selected->selects();
    if (!span_.bounded() && !selects) {
        shown = show_summary(chosen_, format);
        return {};
    }
    const auto answer = each_sa([&](const flow::SaSummary& row) {
        if (selects && asked_.selected->matches(row)) sums.of(row.id.key.protocol).add(row);
    });
    if (!answer) return answer.error();
    if (*answer) {
        store::SpanAnswer span = **answer;
        if (selects) span.totals = sums.links;
        shown = show_span_summary(span, format);
    } else {
        store::RunRecord run = chosen_;
        run.figures.totals = sums.links;
        shown = show_summary(run, format);
    }
    return {};
}

Status Stored::narrow() {
    if (!asked_.selected->selects()) return {};
    std::vector<wire::SaIdentity> matching;
    const Status s = each_of([&](const wire::SaIdentity* one) {
        return store_->each_summary(chosen_.id, one, [&](const flow::SaSummary& row) {
            // Lives of an SA follow each other.
            const bool again = !matching.empty() && matching.back() == row.id;
            if (!again && asked_.selected->matches(row)) matching.push_back(row.id);
            return true;
        });
    });
    only_ = std::move(matching);
    return s;
}

Status Stored::late(Format format, bool& shown) const {
    if (asked_.id && !asked_.selected->selects())
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
    return show_late(*store_, chosen_.id, only(), span_, asked_.limit, all, format, shown);
}

} // namespace lacuna::app
