#include "replay/options.hpp"

#include "port/eal.hpp"
#include "telemetry/live_view.hpp"

#include <cmath>
#include <fmt/format.h>

namespace lacuna::app {

void ReplayOptions::add_to(CLI::App& command) {
    command.add_option("FILE", files, "Ethernet captures, pcap or pcapng; several form one stream")
        ->required();
    add_file_order(command, as_given);
    command
        .add_option("--mode", mode,
                    "fast: as fast as it goes; original: as captured; fixed: --pps packets per "
                    "second; speed: --speed times as fast as captured")
        ->type_name("fast|original|fixed|speed")
        ->capture_default_str();
    pps_option_ =
        command.add_option("--pps", pps, "packets per second of --mode fixed")->type_name("N");
    speed_option_ = command.add_option("--speed", speed, "factor of --mode speed")->type_name("X");
    command
        .add_option("--layout", layout_text,
                    "how stages are spread over lcores: pipeline:rx=1,parse=P,work=W, rtc:N (run "
                    "to completion) or auto")
        ->type_name("LAYOUT")
        ->capture_default_str();
    command
        .add_option("--source", source,
                    "net_pcap: DPDK's driver; mapped: the same pipeline fed from the mapped file, "
                    "which keeps nanoseconds, lengths on the wire and other link types")
        ->type_name("net_pcap|mapped")
        ->capture_default_str();
    command
        .add_option("--metrics-flows", metrics_flows,
                    "secure associations metrics show one by one: those that lose most")
        ->type_name("N")
        ->check(CLI::Range(std::size_t{0}, telemetry::kMaxWorst))
        ->capture_default_str();
    common.add_to(command);
    http.add_to(command);
    command.footer("EAL arguments follow --, for example: lacuna replay f.pcap -- --lcores 0-3");
}

Status ReplayOptions::check() {
    if (Status s = common.check(); !s) return s;
    if (const auto where = http.check(); !where) return where.error();
    if (source != "net_pcap" && source != "mapped")
        return Error{fmt::format("--source {} is unknown", source), "", "use net_pcap or mapped",
                     2};
    mapped = source == "mapped";
    if (Status s = check_pace(); !s) return s;

    const auto cpus = static_cast<std::uint32_t>(port::usable_cpus().size());
    auto parsed = pipeline::parse_layout(
        layout_text, cpus, mapped ? pipeline::Feed::memory : pipeline::Feed::net_pcap);
    if (!parsed) return parsed.error();
    layout = std::move(*parsed);
    if (layout.kind == pipeline::Layout::Kind::rtc && layout.queues > 1)
        return Error{"a capture is one queue, so only one lcore can poll it",
                     "--layout " + layout.text(),
                     "use rtc:1, or pipeline:rx=1,parse=P,work=W to spread it", 2};
    return port::refuse_looping(eal);
}

Status ReplayOptions::check_pace() {
    constexpr double kMaxRate = 1e9;
    constexpr double kMaxSpeed = 1e6;
    constexpr double kMinSpeed = 1e-6;
    if (mode != "fast" && mode != "original" && mode != "fixed" && mode != "speed")
        return Error{fmt::format("--mode {} is unknown", mode), "",
                     "use fast, original, fixed or speed", 2};
    if (pps_option_->count() != 0 && mode != "fixed")
        return Error{fmt::format("--pps contradicts --mode {}", mode), "", "add --mode fixed", 2};
    if (speed_option_->count() != 0 && mode != "speed")
        return Error{fmt::format("--speed contradicts --mode {}", mode), "", "add --mode speed", 2};
    if (mode == "fixed") {
        if (!(pps > 0 && pps <= kMaxRate))
            return Error{"--mode fixed needs --pps N, N above 0 and up to 1000000000", "", "", 2};
        pace = {pipeline::Pace::Kind::fixed, pps};
    } else if (mode == "speed") {
        if (!(speed >= kMinSpeed && speed <= kMaxSpeed))
            return Error{"--mode speed needs --speed X, X from 0.000001 to 1000000", "", "", 2};
        pace = {pipeline::Pace::Kind::capture, speed};
    } else if (mode == "original") {
        pace = {pipeline::Pace::Kind::capture, 1.0};
    }
    return {};
}

} // namespace lacuna::app
