// lacuna bench pipeline: generated traffic through a layout, without any file or driver.
#include "pipeline/pipeline.hpp"
#include "bench/bench.hpp"
#include "bench/result.hpp"
#include "cli/common_options.hpp"
#include "cli/interrupt.hpp"
#include "pipeline/source/generated_source.hpp"
#include "port/eal.hpp"
#include "port/pool.hpp"

#include <charconv>
#include <fmt/format.h>

namespace lacuna::app {
namespace {

using pipeline::GeneratedTraffic;

struct BenchPipeline {
    BenchOptions options;
    std::string layout_text = "auto";
    std::string protocol = "macsec";
    std::string size = "64";
    std::string feed = "frames";
    bool in_turn = false;
    GeneratedTraffic traffic{.packets = 10'000'000, .flows = 10'000};
    std::vector<std::string> eal;

    int run();

private:
    Status check();
    Status run_once(BenchResult& result);
    Status move(pipeline::PipelineConfig config, pipeline::Input input, BenchResult& result);
    Status check_outcome(const flow::Totals& totals, const BenchResult& result) const;

    pipeline::Layout layout_;
};

Status BenchPipeline::check() {
    constexpr std::uint64_t kMostPackets = 1'000'000'000'000;
    if (traffic.packets < 1 || traffic.packets > kMostPackets)
        return Error{"--packets is not from 1 to 1000000000000", "", "", 2};
    if (traffic.flows < 1 || traffic.flows > GeneratedTraffic::kMostFlows)
        return Error{fmt::format("--flows is not from 1 to {}", GeneratedTraffic::kMostFlows), "",
                     "", 2};
    if (protocol != "macsec" && protocol != "esp" && protocol != "mixed")
        return Error{fmt::format("--protocol {} is unknown", protocol), "",
                     "use macsec, esp or mixed", 2};
    traffic.mix = protocol == "macsec" ? GeneratedTraffic::Mix::macsec
                  : protocol == "esp"  ? GeneratedTraffic::Mix::esp
                                       : GeneratedTraffic::Mix::mixed;
    const auto parsed = std::from_chars(size.data(), size.data() + size.size(), traffic.size);
    if (size == "imix")
        traffic.size = GeneratedTraffic::kImix;
    else if (parsed.ec != std::errc() || parsed.ptr != size.data() + size.size()
             || traffic.size < GeneratedTraffic::kSmallest
             || traffic.size > GeneratedTraffic::kLargest)
        return Error{fmt::format("--size {} is neither imix nor from 64 to 1518", size), "", "", 2};
    if (feed != "frames" && feed != "buffers")
        return Error{fmt::format("--feed {} is unknown", feed), "", "use frames or buffers", 2};
    traffic.shuffled = !in_turn;

    const auto cpus = static_cast<std::uint32_t>(port::usable_cpus().size());
    auto layout = pipeline::parse_layout(layout_text, cpus, pipeline::Feed::memory);
    if (!layout) return layout.error();
    layout_ = std::move(*layout);
    if (layout_.kind == pipeline::Layout::Kind::rtc && layout_.queues > 1)
        return Error{"generated traffic is one queue, so only one lcore can poll it",
                     "--layout " + layout_.text(), "use rtc:1, or pipeline:rx=1,parse=P,work=W", 2};
    return port::refuse_looping(eal);
}

int BenchPipeline::run() {
    if (Status s = check(); !s) return fail(s.error());
    port::EalOptions eal_options;
    eal_options.user = eal;
    eal_options.lcores = layout_.lcores();
    const auto running = port::Eal::start(eal_options);
    if (!running) return fail(running.error());
    if (Status s = pipeline::check_lcores(layout_); !s) return fail(s.error());

    BenchResult result;
    result.benchmark = "pipeline";
    result.about = fmt::format("generated {} frames of {} octets, {}, as {}", protocol, size,
                               in_turn ? "SAs in turn" : "SAs in random order",
                               feed == "frames" ? "frames" : "packet buffers");
    result.layout = layout_.text();
    for (std::size_t i = 0; i < options.rounds; ++i)
        if (Status s = run_once(result); !s) return fail(s.error());
    result.choose_median();
    return show(result, options);
}

Status BenchPipeline::run_once(BenchResult& result) {
    pipeline::PipelineConfig config;
    config.layout = layout_;
    config.tracker.max_flows = std::max(config.tracker.max_flows, traffic.flows);
    if (feed == "frames") {
        pipeline::GeneratedFrames source(traffic);
        if (!source.ready()) return Error{"no memory for the frames", "", "", 1};
        return move(std::move(config), pipeline::FrameInput{&source}, result);
    }
    auto pool = port::make_pool(config);
    if (!pool) return pool.error();
    pipeline::GeneratedBuffers source(traffic, pool->pool.get(), pool->limit);
    if (!source.ready()) return Error{"packet buffers have no room for a time stamp", "", "", 1};
    return move(std::move(config), pipeline::MbufInput{&source, source.format()}, result);
}

Status BenchPipeline::move(pipeline::PipelineConfig config, pipeline::Input input,
                           BenchResult& result) {
    const std::atomic<bool>& interrupted = watch_interrupts();
    flow::FlowBudget budget(config.tracker.max_flows, config.layout.trackers());
    auto pipe =
        pipeline::Pipeline::create(std::move(config), std::move(input), budget, interrupted);
    if (!pipe) return pipe.error();
    Status launched;
    const auto round = fmt::format("round {}", result.passes.size() + 1);
    result.passes.push_back(measure(round, [&] {
        launched = (*pipe)->launch();
        if (!launched) return;
        while (!(*pipe)->wait(std::chrono::milliseconds(100))) {
        }
        (*pipe)->finish();
    }));
    if (!launched) return launched;
    if (interrupted.load()) return Error{"interrupted", "", "", 1};
    flow::Totals totals;
    for (const flow::Tracker* t : (*pipe)->trackers())
        totals += t->totals();
    result.count(*(*pipe)->frame_counts());
    result.flows = totals.flows;
    return check_outcome(totals, result);
}

/// A fast pipeline that is wrong is no pipeline.
Status BenchPipeline::check_outcome(const flow::Totals& totals, const BenchResult& result) const {
    const std::uint64_t flows = std::min(traffic.flows, traffic.packets);
    if (result.recognised == traffic.packets && totals.received == traffic.packets
        && totals.flows == flows && totals.lost + totals.late + totals.duplicates == 0)
        return {};
    return Error{fmt::format("of {} frames of {} SAs without loss {} were recognised, of {} SAs, "
                             "{} numbers lost",
                             traffic.packets, flows, result.recognised, totals.flows, totals.lost),
                 "the pipeline is wrong", "", 1};
}

} // namespace

void register_bench_pipeline(CLI::App& bench, int& status, std::vector<std::string> eal_arguments) {
    auto pipe = std::make_shared<BenchPipeline>();
    pipe->eal = std::move(eal_arguments);
    CLI::App* command =
        bench.add_subcommand("pipeline", "generated traffic through a layout: no file, no driver");
    command->add_option("--packets", pipe->traffic.packets, "frames, all of them distinct")
        ->type_name("N")
        ->capture_default_str();
    command->add_option("--flows", pipe->traffic.flows, "SAs, each sent to once a round")
        ->type_name("N")
        ->capture_default_str();
    command->add_option("--protocol", pipe->protocol, "what the frames carry")
        ->type_name("macsec|esp|mixed")
        ->capture_default_str();
    command->add_option("--size", pipe->size, "octets without FCS, 64 to 1518, or imix")
        ->type_name("N|imix")
        ->capture_default_str();
    command->add_option("--feed", pipe->feed, "frames by value, or packet buffers as of a driver")
        ->type_name("frames|buffers")
        ->capture_default_str();
    command->add_option("--layout", pipe->layout_text, "how stages are spread over lcores")
        ->type_name("LAYOUT")
        ->capture_default_str();
    command->add_flag("--in-turn", pipe->in_turn,
                      "SAs always in the same order, not in random order");
    pipe->options.add_to(*command);
    command->callback([pipe, &status] { status = pipe->run(); });
}

} // namespace lacuna::app
