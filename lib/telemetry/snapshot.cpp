#include "telemetry/snapshot.hpp"

#include "base/wall_clock.hpp"
#include "pipeline/dpdk_compat.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <sys/resource.h>
#include <unistd.h>

namespace lacuna::telemetry {
namespace {

/// When the machine was started, in seconds since the epoch.
double boot_time() {
    std::ifstream stat("/proc/stat");
    std::string word;
    double seconds = 0;
    while (stat >> word)
        if (word == "btime" && stat >> seconds) break;
    return seconds;
}

} // namespace

ProcessFigures process_figures() {
    ProcessFigures p;
    std::ifstream file("/proc/self/stat");
    std::string text;
    std::getline(file, text);
    // Field 3 follows the name, which ends with the last bracket.
    std::istringstream fields(text.substr(std::min(text.rfind(')') + 1, text.size())));
    const double hz = static_cast<double>(sysconf(_SC_CLK_TCK));
    std::string field;
    for (int number = 3; number <= 24 && fields >> field; ++number) {
        const double value = std::strtod(field.c_str(), nullptr);
        if (number == 14 || number == 15) p.cpu_s += value / hz;
        if (number == 20) p.threads = static_cast<std::uint64_t>(value);
        if (number == 22) p.started_s = boot_time() + value / hz;
        if (number == 23) p.virtual_bytes = static_cast<std::uint64_t>(value);
        if (number == 24)
            p.resident_bytes =
                static_cast<std::uint64_t>(value) * static_cast<std::uint64_t>(getpagesize());
    }
    std::error_code error;
    for (std::filesystem::directory_iterator at("/proc/self/fd", error), end; !error && at != end;
         at.increment(error))
        ++p.open_fds;
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) p.max_fds = limit.rlim_cur;
    return p;
}

Snapshot take_snapshot(const LiveView& live, std::string version) {
    Snapshot s;
    s.version = std::move(version);
    s.dpdk = rte_version();
    s.layout = live.layout().text();
    const auto now = live.figures();
    s.run = now ? *now : live.last_figures();
    if (s.run)
        s.age_s = static_cast<double>(std::max<TimeNs>(0, wall_clock() - s.run->taken)) / 1e9;
    s.lost = live.lost();
    s.max_flows = live.max_flows();
    s.lcores = live.lcores();
    s.rings = live.rings();
    s.ports = live.ports();
    s.store = live.store();
    s.process = process_figures();
    return s;
}

Snapshot take_snapshot(const store::RunRecord& run, std::optional<store::StoreFigures> store,
                       std::string version) {
    Snapshot s;
    s.version = std::move(version);
    s.run = std::make_shared<const flow::RunFigures>(run.figures);
    s.store = std::move(store);
    if (run.figures.causes_known) s.lost = run.figures.probe;
    if (s.store) s.store->not_stored = run.figures.probe.not_stored;
    s.process = process_figures();
    return s;
}

} // namespace lacuna::telemetry
