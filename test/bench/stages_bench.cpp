// What each stage of the way costs by itself: walking a capture, decoding, tracking.
#include "capture/reader.hpp"
#include "flow/tracker.hpp"
#include "observations.hpp"
#include "support/capture_builder.hpp"
#include "support/frame_builder.hpp"
#include "support/nested_frames.hpp"

#include <benchmark/benchmark.h>

using namespace lacuna;
using namespace lacuna::test;

namespace {

Bytes frame_of(const std::string& kind) {
    if (kind == "macsec") return eth(0x88E5, sectag(SC | E | C, 1, octets(36)));
    if (kind == "macsec_no_sci") return eth(0x88E5, sectag(ES | E | C, 1, octets(44)));
    const Bytes packet = be(0x1000, 4) + be(1, 4) + octets(40);
    if (kind == "esp4") return eth(0x0800, ipv4(50, packet));
    if (kind == "esp6_vlan") return eth(0x8100, tag(0x86DD, ipv6(50, packet)));
    return eth(0x0806, octets(46)); // arp: other
}

/// A burst of frames of one kind, again and again: they lie in the first-level cache.
void decode_frame(benchmark::State& state, const Bytes& octets_of_frame) {
    std::vector<Bytes> storage(wire::kBurst, octets_of_frame);
    wire::Frame frames[wire::kBurst];
    for (std::size_t i = 0; i < wire::kBurst; ++i)
        frames[i] = {storage[i].data(),
                     static_cast<std::uint32_t>(storage[i].size()),
                     static_cast<std::uint32_t>(storage[i].size()),
                     static_cast<TimeNs>(i),
                     wire::LinkType::ethernet,
                     0,
                     0};
    const wire::HashKey key = wire::HashKey::fixed(1);
    const auto counts = std::make_unique<wire::FrameCounts>();
    const auto out = std::make_unique<wire::Observation[]>(wire::kMaxObservations);
    for (auto _ : state)
        benchmark::DoNotOptimize(wire::decode_burst(frames, wire::kBurst, key, out.get(), *counts));
    state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * wire::kBurst));
}
void decode(benchmark::State& state, const char* kind) {
    decode_frame(state, frame_of(kind));
}
BENCHMARK_CAPTURE(decode, macsec, "macsec");
BENCHMARK_CAPTURE(decode, macsec_no_sci, "macsec_no_sci");
BENCHMARK_CAPTURE(decode, esp_ipv4, "esp4");
BENCHMARK_CAPTURE(decode, esp_ipv6_vlan, "esp6_vlan");
BENCHMARK_CAPTURE(decode, other, "other");

/// Bursts are made beforehand in blocks, so that making them is not measured.
void track(benchmark::State& state, bool random) {
    constexpr std::size_t kBlock = 1024; // bursts; 4 MiB of observations
    const auto sas = static_cast<std::uint32_t>(state.range(0));
    bench::Traffic traffic(sas, random);
    flow::FlowBudget budget(sas);
    auto tracker = flow::Tracker::create({.max_flows = sas}, budget);
    const auto block = std::make_unique<wire::Observation[]>(kBlock * wire::kBurst);
    const auto fill = [&] {
        for (std::size_t i = 0; i < kBlock; ++i)
            traffic.burst(&block[i * wire::kBurst]);
    };
    for (std::size_t seen = 0; seen < sas; seen += kBlock * wire::kBurst) {
        fill();
        (*tracker)->track(block.get(), kBlock * wire::kBurst);
    }
    std::size_t at = kBlock;
    for (auto _ : state) {
        if (at == kBlock) {
            state.PauseTiming();
            fill();
            at = 0;
            state.ResumeTiming();
        }
        (*tracker)->track(&block[at++ * wire::kBurst], wire::kBurst);
    }
    const auto packets = static_cast<std::int64_t>(state.iterations() * wire::kBurst);
    state.SetItemsProcessed(packets);
    if ((*tracker)->totals().lost != 0) state.SkipWithError("lost packets that were not");
}
BENCHMARK_CAPTURE(track, in_turn, false)->RangeMultiplier(10)->Range(1000, 10'000'000);
BENCHMARK_CAPTURE(track, random, true)->RangeMultiplier(10)->Range(1000, 10'000'000);

/// Records of 64-octet frames, in the second-level cache.
void walk(benchmark::State& state) {
    constexpr std::size_t kFrames = 10'000;
    const Pcap format;
    const Bytes record = format.record(1, 2, octets(64));
    Bytes file = format.header();
    for (std::size_t i = 0; i < kFrames; ++i)
        file.insert(file.end(), record.begin(), record.end());
    wire::Frame frames[wire::kBurst];
    for (auto _ : state) {
        auto reader = capture::Reader::from_memory(file);
        while ((*reader)->next(frames, wire::kBurst) != 0)
            benchmark::DoNotOptimize(frames);
    }
    state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * kFrames));
}
BENCHMARK(walk);

} // namespace

int main(int argc, char** argv) {
    benchmark::Initialize(&argc, argv);
    // ESP in each encapsulation.
    for (const auto& [name, frame] : nested_frames(ipv4(50, esp(0x1000, 1, octets(40)))))
        benchmark::RegisterBenchmark(("decode/inside/" + name).c_str(),
                                     [octets_of_frame = frame](benchmark::State& state) {
                                         decode_frame(state, octets_of_frame);
                                     });
    benchmark::RunSpecifiedBenchmarks();
    return 0;
}
