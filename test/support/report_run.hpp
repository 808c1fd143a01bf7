// A finished run in memory: observations through real trackers, and what the views make of it.
#pragma once

#include "flow/figures/gather.hpp"
#include "flow/tracker.hpp"
#include "report/views.hpp"
#include "wire/shard.hpp"
#include "wire/text/sa_text.hpp"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

namespace lacuna::test {

/// 2024-01-01T00:00:00Z
inline constexpr TimeNs kNewYear = 1'704'067'200'000'000'000;

/// A numbered packet of the SA with the text id `sa`; `at` counts from kNewYear.
struct Numbered {
    const char* sa;
    std::uint32_t number;
    TimeNs at;
    std::uint32_t bytes = 100;
};

/// The packets `from`..`to` of one SA, a microsecond apart from `at` on.
inline void append_run(std::vector<Numbered>& out, const char* sa, std::uint32_t from,
                       std::uint32_t to, TimeNs at) {
    for (std::uint32_t n = from; n <= to; ++n)
        out.push_back({sa, n, at + (n - from) * 1000});
}

/// Trackers that have seen some packets, and the report on them. SAs are spread over `shards` the
/// way a pipeline spreads them: by the part of the hash that shards.
class Run {
public:
    explicit Run(const std::vector<Numbered>& packets, std::size_t shards = 1,
                 flow::TrackerConfig config = {})
        : budget_(config.max_flows) {
        config.events = true;
        for (std::size_t i = 0; i < shards; ++i)
            trackers_.push_back(std::move(*flow::Tracker::create(config, budget_)));
        for (const Numbered& p : packets)
            track(p);
        finish();
    }

    report::Report report;
    /// What a decoder would have counted; part of what is shown.
    std::unique_ptr<wire::FrameCounts> frames = std::make_unique<wire::FrameCounts>();

    std::string json(const report::ViewOptions& options = {}) const {
        return shown(report::write_json, options);
    }
    std::string csv(const report::ViewOptions& options = {}) const {
        return shown(report::write_csv, options);
    }
    std::string table(const report::ViewOptions& options = {}) const {
        return shown(report::write_table, options);
    }

private:
    void track(const Numbered& p) {
        wire::Observation o;
        std::memset(static_cast<void*>(&o), 0, sizeof o);
        o.id = wire::sa_parse(p.sa).value();
        o.time = kNewYear + p.at;
        o.seq = p.number;
        o.bytes = p.bytes & wire::kMaxFrameBytes;
        o.hash = wire::identity_hash(o.id, wire::HashKey::fixed(1));
        flow::Tracker& t =
            *trackers_[wire::shard_of(o.hash, static_cast<std::uint32_t>(trackers_.size()))];
        t.track(&o, 1);
        take(t);
        ++frames->offered;
        frames->bytes += p.bytes;
        ++frames->cls[static_cast<std::size_t>(o.id.key.protocol)];
    }
    void take(flow::Tracker& t) {
        report.events.insert(report.events.end(), t.events().begin(), t.events().end());
        t.clear_events();
        t.clear_evicted();
    }
    void finish() {
        TimeNs end = trackers_.front()->latest();
        for (const auto& t : trackers_)
            end = std::max(end, t->latest());
        for (const auto& t : trackers_) {
            t->finish(end);
            take(*t);
        }
        std::vector<const flow::Tracker*> shards;
        for (const auto& t : trackers_) {
            shards.push_back(t.get());
            slots_.push_back(std::make_unique<flow::RequestSlot>(*t));
            slots_.back()->close();
        }
        report.rows = flow::HeldRows(shards);
        report.figures = gathered({});
        report.figures.end(*frames);
    }
    flow::RunFigures gathered(const report::ViewOptions& options) const {
        flow::Workers workers;
        for (const auto& slot : slots_)
            workers.request_slots.push_back(slot.get());
        flow::GatherOptions gather;
        gather.esn = options.esn;
        gather.xpn = options.xpn;
        return flow::gather(workers, gather).value();
    }
    template <typename Write>
    std::string shown(Write write, const report::ViewOptions& options) const {
        report::Report r = report;
        r.figures.end(*frames);
        const flow::RunFigures now = gathered(options);
        r.figures.exhausting = now.exhausting;
        r.figures.exhausted_in_s = now.exhausted_in_s;
        char* text = nullptr;
        std::size_t size = 0;
        std::FILE* const file = ::open_memstream(&text, &size);
        const bool written = write(file, r, options);
        std::fclose(file);
        std::string out = written ? std::string(text, size) : "not written";
        std::free(text);
        return out;
    }

    flow::FlowBudget budget_;
    std::vector<std::unique_ptr<flow::Tracker>> trackers_;
    std::vector<std::unique_ptr<flow::RequestSlot>> slots_;
};

/// Parses strictly: a name that appears twice in one object is an error, which nlohmann lets pass.
inline nlohmann::json parse_strictly(const std::string& text) {
    using Json = nlohmann::json;
    std::vector<std::set<std::string>> open;
    std::string twice;
    const Json::parser_callback_t watch = [&](int, Json::parse_event_t event, Json& parsed) {
        if (event == Json::parse_event_t::object_start) open.emplace_back();
        if (event == Json::parse_event_t::object_end) open.pop_back();
        if (event == Json::parse_event_t::key && !open.back().insert(parsed).second)
            twice = parsed.get<std::string>();
        return true;
    };
    Json document = Json::parse(text, watch, false);
    return twice.empty() ? document : Json("the name '" + twice + "' appears twice");
}

} // namespace lacuna::test
