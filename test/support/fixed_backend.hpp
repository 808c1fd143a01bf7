// A backend that always knows the same: one run with a few associations.
#pragma once

#include "api/backend/backend.hpp"
#include "support/store_samples.hpp"

#include <algorithm>

namespace lacuna::test {

class FixedBackend : public api::Backend {
public:
    const char* source() const override { return "store"; }

    api::Outcome<store::RunRecord> summary(Run run) override {
        if (run && *run != 1) return missing();
        store::RunRecord r;
        r.id = 1;
        r.state = store::RunState::ended;
        for (const api::FlowRow& row : rows())
            r.figures.totals.add(row.s);
        return r;
    }

    api::Outcome<api::Page<api::FlowRow>> flows(Run run, const api::FlowFilter& filter,
                                                const api::Range& range) override {
        if (run && *run != 1) return missing();
        api::Page<api::FlowRow> page;
        for (const api::FlowRow& row : rows()) {
            if (!filter.passes(row.s)) continue;
            if (page.count++ >= range.offset && page.entries.size() < range.limit)
                page.entries.push_back(row);
        }
        return page;
    }

    api::Outcome<std::vector<api::FlowRow>> flow(Run run, const wire::SaIdentity& id) override {
        if (run && *run != 1) return missing();
        for (const api::FlowRow& row : rows())
            if (row.s.id == id) return std::vector{row};
        return missing();
    }

    api::Outcome<api::Page<report::Gap>> gaps(Run run, const api::EventQuery& query,
                                              const api::Range& range) override {
        const wire::SaIdentity id = query.id.value_or(sample_ids()[0]);
        if (auto known = flow(run, id); !known) return known.error();
        api::Page<report::Gap> page;
        page.count = 3;
        for (std::uint64_t i = range.offset; i < page.count && i - range.offset < range.limit; ++i)
            page.entries.push_back({id, static_cast<Seq64>(10 * i),
                                    static_cast<Seq64>(10 * i + i + 1), 1'700'000'000'000'000'000,
                                    i == 1});
        return page;
    }

    api::Outcome<api::LatePage> late(Run run, const api::EventQuery& query,
                                     const api::Range& range) override {
        const wire::SaIdentity id = query.id.value_or(sample_ids()[0]);
        if (auto known = flow(run, id); !known) return known.error();
        flow::Event e = sample_event(id, 5, 9);
        e.kind = flow::EventKind::late;
        e.aux = 5;
        api::LatePage list;
        list.page.count = 1;
        if (range.offset == 0) list.page.entries.push_back(e);
        list.all = 2;
        return list;
    }

    api::Outcome<api::TunnelList> tunnels(Run run, const std::optional<store::SpanQuestion>& span,
                                          const flow::Filter& select) override {
        if (run && *run != 1) return missing();
        api::TunnelList list;
        for (const api::FlowRow& row : rows())
            if (select.matches(row.s)) list.tunnels.add(row.s);
        if (span) list.span = store::SpanAnswer{};
        return list;
    }

    api::Outcome<api::SpanPage> in_span(const store::SpanQuestion& question,
                                        const std::optional<wire::SaIdentity>& id,
                                        const api::FlowFilter& filter,
                                        const api::Range& range) override {
        if (question.run && *question.run != 1) return missing();
        api::SpanPage result;
        for (const api::FlowRow& row : rows()) {
            if ((id && !(row.s.id == *id)) || !filter.passes(row.s)) continue;
            if (result.page.count++ >= range.offset && result.page.entries.size() < range.limit)
                result.page.entries.push_back(row);
        }
        if (id && result.page.count == 0) return missing();
        result.span.since = question.since;
        result.span.until = question.until;
        result.span.runs = {1};
        return result;
    }

    /// One of each kind.
    api::Outcome<api::Page<flow::Event>> events(Run run, const api::EventQuery& query,
                                                const api::Range&) override {
        if (run && *run != 1) return missing();
        api::Page<flow::Event> page;
        for (unsigned kind = 1; kind <= 9; ++kind) {
            flow::Event e = sample_event(query.id.value_or(sample_ids()[kind]), 5, -1);
            e.kind = static_cast<flow::EventKind>(kind);
            page.entries.push_back(e);
        }
        page.count = page.entries.size();
        return page;
    }

    api::Outcome<api::Page<store::Point>> timeline(Run run, const api::TimelineQuery& query,
                                                   const api::Range&) override {
        if (query.id)
            if (auto known = flow(run, *query.id); !known) return known.error();
        api::Page<store::Point> page;
        page.entries.push_back({0, 10'000'000'000, 5, 500, -1, 0, 1, 2, 3, 0});
        page.count = 1;
        return page;
    }

    api::Outcome<telemetry::Snapshot> snapshot() override {
        return telemetry::take_snapshot(runs()->front(), {}, "1");
    }

    api::Outcome<std::vector<store::RunRecord>> runs() override {
        store::RunRecord run;
        run.id = 1;
        run.command = "replay";
        run.inputs = {"a \"quoted\" name.pcap", "not UTF-8: \xFF"};
        return std::vector{run};
    }

    /// An SA of each kind.
    static const std::vector<api::FlowRow>& rows() {
        static const std::vector<api::FlowRow> list = [] {
            std::vector<api::FlowRow> all;
            std::uint64_t n = 1;
            for (const wire::SaIdentity& id : sample_ids()) {
                api::FlowRow row{sample_summary(id, 5, n * 1000), {}};
                row.s.bytes = n * 100'000;
                if (n % 2 == 0) row.min_gap = n;
                all.push_back(row);
                ++n;
            }
            return all;
        }();
        return list;
    }

private:
    static api::Problem missing() { return {404, "there is no such thing", ""}; }
};

} // namespace lacuna::test
