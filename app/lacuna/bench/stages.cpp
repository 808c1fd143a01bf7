// lacuna bench stages: what each step of `analyze` adds, on the frames of a capture.
#include "bench/bench.hpp"
#include "bench/capture.hpp"
#include "capture/reader.hpp"
#include "cli/common_options.hpp"
#include "flow/tracker.hpp"
#include "wire/decode.hpp"

#include <fmt/format.h>

namespace lacuna::app {
namespace {

enum class Upto : std::uint8_t { walk, decode, track };

struct BenchStages {
    BenchOptions options;
    std::string file;

    int run() {
        auto capture = BenchCapture::open(file);
        if (!capture) return fail(capture.error());
        BenchResult result;
        result.benchmark = "stages";
        result.about = "the steps of analyze on a mapped capture, each with those before it";
        if (Status s = (*capture)->survey(result); !s) return fail(s.error());
        for (std::size_t i = 1; i <= options.rounds; ++i) {
            for (const auto& [name, upto] : {std::pair{"walk", Upto::walk},
                                             {"walk, decode", Upto::decode},
                                             {"walk, decode, track", Upto::track}}) {
                auto pass = run_once((*capture)->octets(), name, upto, result.flows);
                if (!pass) return fail(pass.error());
                result.passes.push_back(std::move(*pass));
            }
        }
        result.choose_median(3);
        return show(result, options);
    }

private:
    /// A pass with a tracker of its own: its first packets find an empty table, as in `analyze`.
    Result<BenchPass> run_once(std::span<const std::uint8_t> octets, const char* name, Upto upto,
                               std::uint64_t flows) const {
        auto reader = capture::Reader::from_memory(octets, file);
        if (!reader) return reader.error();
        flow::TrackerConfig config;
        config.max_flows = std::max(config.max_flows, flows);
        flow::FlowBudget budget(config.max_flows);
        auto tracker = flow::Tracker::create(config, budget);
        if (!tracker) return tracker.error();
        const wire::HashKey key = wire::HashKey::random();
        const auto counts = std::make_unique<wire::FrameCounts>();
        const auto observations = std::make_unique<wire::Observation[]>(wire::kMaxObservations);
        return measure(name, [&] {
            wire::Frame frames[wire::kBurst];
            while (const std::size_t n = (*reader)->next(frames, wire::kBurst)) {
                if (upto == Upto::walk) continue;
                const std::size_t made =
                    wire::decode_burst(frames, n, key, observations.get(), *counts);
                if (upto == Upto::track) (*tracker)->track(observations.get(), made);
            }
        });
    }
};

} // namespace

void register_bench_stages(CLI::App& bench, int& status) {
    auto stages = std::make_shared<BenchStages>();
    CLI::App* command =
        bench.add_subcommand("stages", "what walking, decoding and tracking a capture cost");
    command->add_option("FILE", stages->file, "a capture")->required();
    stages->options.add_to(*command);
    command->callback([stages, &status] { status = stages->run(); });
}

} // namespace lacuna::app
