// Questions to a pipeline at work, in every layout: whole answers, never backwards, and in the end
// what the trackers themselves hold.
#include "catch.hpp"
#include "sources.hpp"
#include "summaries.hpp"
#include "telemetry/commands.hpp"
#include "telemetry/live_view.hpp"

#include <cstring>
#include <thread>

using namespace lacuna;
using namespace std::chrono_literals;

namespace {

/// A pipeline over synthetic traffic, paced so that there is time to ask.
struct Running {
    Running(const std::string& layout, double pps, std::size_t packets, std::uint32_t flows,
            telemetry::LiveOptions options = {})
        : traffic(test::ordered_traffic(packets, flows, 5)), feed(traffic, 5) {
        pipeline::PipelineConfig config;
        config.layout = *pipeline::parse_layout(layout, 2);
        config.tracker.recent_events = 1 << 16;
        if (pps > 0) config.pace = {pipeline::Pace::Kind::fixed, pps};
        pipe = std::move(*pipeline::Pipeline::create(std::move(config), pipeline::FrameInput{&feed},
                                                     budget, stop));
        live = std::make_unique<telemetry::LiveView>(*pipe, telemetry::Providers{}, options);
    }
    void end() {
        REQUIRE(pipe->wait(120s));
        pipe->finish();
    }

    std::vector<test::Packet> traffic;
    test::FrameFeed feed;
    flow::FlowBudget budget{1 << 16};
    std::atomic<bool> stop{false};
    std::unique_ptr<pipeline::Pipeline> pipe;
    std::unique_ptr<telemetry::LiveView> live;
};

std::map<std::string, test::Figures> all_by_cursor(const telemetry::LiveView& live,
                                                   std::uint32_t limit) {
    std::map<std::string, test::Figures> rows;
    std::uint64_t cursor = 0;
    for (bool more = true; more;) {
        const auto page = live.flows(cursor, limit);
        REQUIRE(page);
        REQUIRE(page->flows.size() <= limit);
        for (const flow::SaSummary& s : page->flows)
            CHECK(rows.emplace(wire::sa_text(s.id), test::figures(s)).second);
        cursor = page->next;
        more = page->more;
    }
    return rows;
}

} // namespace

TEST_CASE("a view of a pipeline answers while packets flow, and ends up exact", "[pmd][live]") {
    for (const char* layout : {"rtc:1", "pipeline:parse=2,work=3"}) {
        DYNAMIC_SECTION(layout) {
            telemetry::LiveOptions options;
            options.timeout = 60s;
            options.figures_for = 1ms;
            Running run(layout, 100'000, 60'000, 700, options);
            REQUIRE(run.pipe->launch());

            std::atomic<bool> ended{false};
            std::atomic<std::uint64_t> answers{0};
            std::atomic<std::uint64_t> faults{0};
            std::vector<std::thread> askers;
            for (int a = 0; a < 4; ++a) {
                askers.emplace_back([&] {
                    std::uint64_t offered = 0;
                    std::uint64_t received = 0;
                    std::uint64_t final_lost = 0;
                    do {
                        const auto sums = run.live->figures();
                        const auto page = run.live->flows(0, 100);
                        if (!sums || !page) {
                            ++faults;
                            break;
                        }
                        const flow::RunFigures& s = **sums;
                        if (s.frames.offered() < offered || s.totals.received < received
                            || s.final.sum() < final_lost
                            || s.final.sum() > s.totals.lost + s.totals.recovered)
                            ++faults;
                        offered = s.frames.offered();
                        received = s.totals.received;
                        final_lost = s.final.sum();
                        if (!page->flows.empty()) {
                            const std::string id = wire::sa_text(page->flows.back().id);
                            const auto one = run.live->flow(id);
                            const auto holes = run.live->holes(id);
                            if (!one || !*one || (*one)->received < page->flows.back().received
                                || !holes || !*holes)
                                ++faults;
                        }
                        if (run.live->lcores().size() != run.live->layout().lcores()) ++faults;
                        ++answers;
                    } while (!ended);
                });
            }
            run.end();
            ended = true;
            for (std::thread& t : askers)
                t.join();
            CHECK(faults == 0);
            CHECK(answers >= 4);

            std::this_thread::sleep_for(5ms);
            const auto sums = run.live->figures();
            REQUIRE(sums);
            flow::Totals totals;
            for (const flow::Tracker* t : run.pipe->trackers())
                totals += t->totals();
            const flow::RunFigures& s = **sums;
            CHECK(s.frames.offered() == run.traffic.size());
            CHECK(s.frames.bytes == run.pipe->frame_counts()->bytes);
            CHECK(s.frames.of(wire::FrameClass::macsec)
                  == run.pipe->frame_counts()->of(wire::FrameClass::macsec));
            CHECK(s.totals.received == totals.received);
            CHECK(s.totals.lost == totals.lost);
            CHECK(s.totals.gaps == totals.gaps);
            CHECK(s.totals.flows == totals.flows);
            CHECK(s.totals.lost > 0);
            REQUIRE(s.worst.size() == 20);
            for (std::size_t i = 1; i < s.worst.size(); ++i)
                CHECK(s.worst[i - 1].lost >= s.worst[i].lost);
            std::uint64_t frames = 0;
            for (const telemetry::LcoreFigures& l : run.live->lcores()) {
                if (l.stage == flow::Stage::rx || l.stage == flow::Stage::rtc) frames += l.frames;
                CHECK(l.busy_s > 0);
                CHECK(l.busy_ratio >= 0);
                CHECK(l.busy_ratio <= 1);
            }
            CHECK(frames == run.traffic.size());
            CHECK(run.live->rings().size()
                  == (run.live->layout().kind == pipeline::Layout::Kind::rtc ? 0 : 2 + 2 * 3));
            CHECK(run.live->lost().rx_missed == 0);

            // Every way to list the flows shows each of them once.
            const auto want = test::rows_of(run.pipe->trackers());
            CHECK(all_by_cursor(*run.live, 37) == want);
            CHECK(all_by_cursor(*run.live, 100) == want);
            const auto pages = run.live->pages();
            REQUIRE(pages);
            std::map<std::string, test::Figures> paged;
            for (std::uint64_t p = 0; p < *pages; ++p) {
                const auto page = run.live->page(p);
                REQUIRE(page);
                CHECK(page->total == want.size());
                for (const flow::SaSummary& r : page->flows)
                    CHECK(paged.emplace(wire::sa_text(r.id), test::figures(r)).second);
            }
            CHECK(paged == want);
            std::size_t seen = 0;
            for (std::uint64_t offset = 0; offset < want.size() + 100; offset += 100) {
                const auto page = run.live->flows_at(offset, 100);
                REQUIRE(page);
                CHECK(page->flows.size()
                      == std::min<std::size_t>(
                          100, want.size() - std::min<std::size_t>(offset, want.size())));
                seen += page->flows.size();
            }
            CHECK(seen == want.size());

            // One flow, and what is missing of it.
            std::uint64_t missing = 0;
            for (const auto& [id, figures] : want) {
                const auto one = run.live->flow(id);
                REQUIRE(one);
                REQUIRE(*one);
                CHECK(test::figures(**one) == figures);
                const auto holes = run.live->holes(id);
                REQUIRE(holes);
                REQUIRE(*holes);
                for (const flow::GapRun& g : (*holes)->latest)
                    missing += g.size();
            }
            CHECK(missing == totals.lost);
        }
    }
}

TEST_CASE("questions that make no sense are refused", "[pmd][live]") {
    Running run("pipeline:parse=1,work=2", 0, 2000, 50);
    REQUIRE(run.pipe->launch());
    run.end();
    for (const std::string id : {"", "esp", "esp-00001000", "macsec-0200000000010000-4", "../../x",
                                 "esp-00001000-10.0.0.2-", "esp-00001000-10.0.0.2\n"}) {
        CAPTURE(id);
        const auto one = run.live->flow(id);
        REQUIRE_FALSE(one);
        CHECK(one.error().exit_code == 2);
        CHECK_FALSE(run.live->holes(id));
    }
    CHECK_FALSE(run.live->flow(std::string(100'000, 'x')));
    CHECK(run.live->flow(std::string(100'000, 'x')).error().where.size() == 100);
    const auto unknown = run.live->flow("esp-ffffffff-192.0.2.1");
    REQUIRE(unknown);
    CHECK_FALSE(*unknown);
    REQUIRE(run.live->holes("esp-ffffffff-192.0.2.1"));
    CHECK_FALSE(*run.live->holes("esp-ffffffff-192.0.2.1"));
    for (const std::uint64_t far : {UINT64_MAX, UINT64_MAX - 1, std::uint64_t{1} << 40}) {
        CAPTURE(far);
        const auto page = run.live->page(far);
        REQUIRE(page);
        CHECK(page->flows.empty());
        const auto beyond = run.live->flows(far, 100);
        REQUIRE(beyond);
        CHECK(beyond->flows.empty());
        CHECK_FALSE(beyond->more);
    }
    CHECK(run.live->flows(0, UINT32_MAX)->flows.size() == 100);
    CHECK(run.live->flows(0, 0)->flows.size() == 1);
}

TEST_CASE("an asker of a worker that stands still is sent away in time", "[pmd][live]") {
    telemetry::LiveOptions options;
    options.timeout = 20ms;
    Running run("rtc:1", 0, 10, 5, options); // never launched
    const auto begun = std::chrono::steady_clock::now();
    std::vector<std::thread> askers;
    std::atomic<int> late{0};
    for (int i = 0; i < 8; ++i)
        askers.emplace_back([&] {
            const auto sums = run.live->figures();
            late += !sums && sums.error().exit_code == 1 ? 1 : 0;
        });
    for (std::thread& t : askers)
        t.join();
    CHECK(late == 8);
    CHECK(std::chrono::steady_clock::now() - begun < 60s);
    CHECK(run.live->last_figures() == nullptr);
    CHECK_FALSE(run.live->flows(0, 10));
    CHECK(run.live->lcores().size() == 1);
    CHECK(run.live->lost().rx_missed == 0);
    REQUIRE(run.pipe->launch());
    run.end();
    CHECK(run.live->figures());
}

TEST_CASE("answers of the telemetry socket fit its reply, whatever the figures", "[pmd][live]") {
    Running run("pipeline:parse=1,work=3", 0, 20'000, 4000);
    REQUIRE(run.pipe->launch());
    run.end();
    std::size_t answered = 0;
    for (const telemetry::Command& c : telemetry::commands()) {
        CAPTURE(c.name);
        CHECK(std::string_view(c.name).starts_with("/lacuna/"));
        CHECK(std::string_view(c.name).size() < 56);
        CHECK(std::string_view(c.help).size() < 128);
        for (const std::string parameters : {"", "0", "7", "-1", "x", "18446744073709551616",
                                             "esp-00002000-10.0.0.2", "\xff\"\\"}) {
            CAPTURE(parameters);
            const telemetry::Json reply = c.answer(*run.live, parameters);
            REQUIRE(reply.is_object());
            const std::string text = reply.dump();
            CHECK(text.size() <= telemetry::kMaxReply);
            if (!reply.contains("error")) ++answered;
        }
    }
    CHECK(answered == 9); // seven without parameters, two more pages
    const telemetry::Json error = telemetry::error_reply(std::string(10'000, '"'));
    CHECK(error.dump().size() < 300);
}

TEST_CASE("a full page of the widest rows fits a reply", "[pmd][live]") {
    flow::SaSummary s;
    std::memset(static_cast<void*>(&s), 0xFF, sizeof s);
    s.id = {};
    s.id.key.protocol = Protocol::esp;
    s.id.key.family = wire::Family::ipv6;
    s.id.key.multicast = 1;
    wire::one_of_several(s.id, wire::kMostCounters);
    std::memset(s.id.key.addr, 0xFF, sizeof s.id.key.addr);
    std::memset(s.id.src, 0xEE, sizeof s.id.src);
    s.source = s.id;
    telemetry::Json page;
    for (std::uint32_t i = 0; i < telemetry::kFlowsPerPage; ++i)
        page["flows"][std::to_string(i)] = telemetry::flow_row(s);
    page["total"] = page["page"] = page["pages"] = page["next"] = UINT64_MAX;
    CHECK(page.dump().size() < telemetry::kMaxReply);
    CHECK(page.dump().size() > telemetry::kMaxReply / 2); // nor is room wasted
}
