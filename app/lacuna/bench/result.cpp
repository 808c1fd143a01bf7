#include "bench/result.hpp"

#include "base/output.hpp"
#include "cli/streams.hpp"
#include "report/text/number_text.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace lacuna::app {
namespace {

using Json = nlohmann::ordered_json;
using report::grouped;
using report::short_number;

double clock_seconds(clockid_t clock) {
    timespec now{};
    clock_gettime(clock, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

double per_second(double n, double seconds) {
    return seconds > 0 ? n / seconds : 0;
}

Json figures(const BenchResult& r, const BenchPass& pass) {
    const auto frames = static_cast<double>(r.frames());
    return {{"name", pass.name},
            {"seconds", pass.seconds},
            {"cpu_seconds", pass.cpu_seconds},
            {"ns_per_packet", frames > 0 ? pass.seconds * 1e9 / frames : 0},
            {"cpu_ns_per_packet", frames > 0 ? pass.cpu_seconds * 1e9 / frames : 0},
            {"packets_per_s", per_second(frames, pass.seconds)},
            {"mbit_per_s", per_second(static_cast<double>(r.bytes) * 8e-6, pass.seconds)}};
}

std::string json_text(const BenchResult& r) {
    Json j{{"schema", "lacuna.bench/1"}, {"benchmark", r.benchmark}, {"about", r.about}};
    if (!r.input.empty()) j["input"] = r.input;
    if (r.page_cache) j["page_cache"] = *r.page_cache;
    if (!r.layout.empty()) j["layout"] = r.layout;
    j["packets"] = r.frames();
    j["recognised"] = r.recognised;
    j["not_recognised"] = r.not_recognised;
    j["bytes"] = r.bytes;
    j["flows"] = r.flows;
    for (const BenchPass& pass : r.passes)
        j["passes"].push_back(figures(r, pass));
    j["result"] = figures(r, r.passes[r.best]);
    return j.dump(2) + "\n";
}

std::string table_text(const BenchResult& r) {
    std::string out = fmt::format("{}: {}\n", r.benchmark, r.about);
    if (!r.input.empty()) out += fmt::format("input           {}\n", r.input);
    if (r.page_cache)
        out +=
            fmt::format("in page cache   {:.0f} % before the first touch\n", *r.page_cache * 100);
    if (!r.layout.empty()) out += fmt::format("layout          {}\n", r.layout);
    out += fmt::format("recognised      {} frames of {} SAs\n", grouped(r.recognised),
                       grouped(r.flows));
    out += fmt::format("not recognised  {} frames\n\n", grouped(r.not_recognised));
    out += fmt::format("{:<24}{:>10}{:>12}{:>12}{:>12}{:>10}\n", "", "seconds", "ns/packet",
                       "CPU ns/p.", "packets/s", "Mbit/s");
    for (std::size_t i = 0; i < r.passes.size(); ++i) {
        const Json f = figures(r, r.passes[i]);
        out += fmt::format("{:<24}{:>10.4f}{:>12.2f}{:>12.2f}{:>12}{:>10.0f}{}\n", r.passes[i].name,
                           r.passes[i].seconds, f["ns_per_packet"].get<double>(),
                           f["cpu_ns_per_packet"].get<double>(),
                           short_number(f["packets_per_s"].get<double>()),
                           f["mbit_per_s"].get<double>(), i == r.best ? "  <" : "");
    }
    return out;
}

} // namespace

void BenchResult::count(const wire::FrameCounts& counts) {
    using wire::FrameClass;
    recognised =
        counts.of(FrameClass::macsec) + counts.of(FrameClass::esp) + counts.of(FrameClass::ah);
    not_recognised = counts.offered - recognised;
    bytes = counts.bytes;
}

void BenchResult::choose_median(std::size_t steps) {
    std::vector<std::size_t> order;
    for (std::size_t i = steps - 1; i < passes.size(); i += steps)
        order.push_back(i);
    std::sort(order.begin(), order.end(),
              [this](auto a, auto b) { return passes[a].seconds < passes[b].seconds; });
    best = order[order.size() / 2];
}

void BenchOptions::add_to(CLI::App& command) {
    constexpr std::size_t kMost = 1000;
    command.add_flag("--json", json, "one JSON document instead of a table");
    command.add_option("--rounds", rounds, "how often to measure")
        ->type_name("N")
        ->check(CLI::Range(std::size_t{1}, kMost))
        ->capture_default_str();
}

BenchPass measure(std::string name, const std::function<void()>& work) {
    const double wall = clock_seconds(CLOCK_MONOTONIC);
    const double cpu = clock_seconds(CLOCK_PROCESS_CPUTIME_ID);
    work();
    return {std::move(name), clock_seconds(CLOCK_MONOTONIC) - wall,
            clock_seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu};
}

int show(const BenchResult& result, const BenchOptions& options) {
    const std::string text = options.json ? json_text(result) : table_text(result);
    return written(print(text), "the figures");
}

} // namespace lacuna::app
