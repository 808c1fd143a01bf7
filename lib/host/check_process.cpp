// What the process may do, and where it may write.
#include "host/checkup.hpp"

#include <fmt/format.h>
#include <linux/capability.h>
#include <optional>

namespace lacuna::host {

namespace {

/// The driver of the ports that needs most; NICs DPDK shares with the kernel need what af_packet
/// does.
std::optional<config::Driver> neediest(const HostDescription& description) {
    using config::Driver;
    if (description.uses(Driver::af_xdp) || description.config == nullptr) return Driver::af_xdp;
    if (description.uses(Driver::af_packet) || description.shares_nics()) return Driver::af_packet;
    if (description.uses(Driver::tap)) return Driver::tap;
    return std::nullopt;
}

constexpr std::uint64_t kMiB = 1 << 20;
/// Memory the packet rings of af_packet lock, and the buffers of AF_XDP, for a port.
constexpr std::uint64_t kPacketRing = 16 * kMiB;
constexpr std::uint64_t kXdpBuffers = 128 * kMiB;

void check_memlock(const HostDescription& description, Findings& out) {
    std::uint64_t wanted = 0;
    for (const config::PortConfig* p : description.ports()) {
        if (!p->interface.empty() && p->driver == config::Driver::af_xdp) wanted += kXdpBuffers;
        if (!p->interface.empty() && p->driver == config::Driver::af_packet) wanted += kPacketRing;
    }
    const Process& process = description.process;
    if (process.has(CAP_IPC_LOCK) || process.memlock == UINT64_MAX)
        out.push_back({Level::ok, "memlock", "no limit", ""});
    else if (process.memlock >= wanted && wanted != 0)
        out.push_back({Level::ok, "memlock",
                       fmt::format("{} MiB may be locked, {} MiB are needed",
                                   process.memlock / kMiB, wanted / kMiB),
                       ""});
    else
        out.push_back(
            {wanted != 0 ? Level::problem : Level::warning, "memlock",
             fmt::format("{} MiB of memory may be locked{}", process.memlock / kMiB,
                         wanted == 0 ? "" : fmt::format(", {} MiB are needed", wanted / kMiB)),
             grant_command(neediest(description).value_or(config::Driver::af_packet))
                 + "; ulimit -l unlimited, or LimitMEMLOCK=infinity in the unit, do too"});
}

/// Runtime files of EAL whose process is gone.
void check_leftovers(const HostDescription& description, Findings& out) {
    const std::string folder = "/" + description.runtime;
    std::string stale;
    std::size_t count = 0;
    for (const std::string& name : description.tree.names(description.runtime)) {
        constexpr std::string_view kOurs = "lacuna-";
        if (!name.starts_with(kOurs)) continue;
        const std::string pid = name.substr(kOurs.size());
        if (pid.empty() || pid.find_first_not_of("0123456789") != pid.npos) continue;
        if (description.tree.exists("proc/" + pid)) continue;
        stale += " " + folder + "/" + name;
        ++count;
    }
    constexpr std::size_t kListed = 4;
    if (count > kListed)
        out.push_back({Level::warning, "telemetry",
                       fmt::format("{} killed runs left files in {}", count, folder),
                       fmt::format("find {} -maxdepth 1 -regex '.*/lacuna-[0-9]+' | while read d; "
                                   "do [ -d /proc/${{d##*-}} ] || rm -r $d; done",
                                   folder)});
    else if (count != 0)
        out.push_back({Level::warning, "telemetry", "killed runs left files behind:" + stale,
                       "rm -r" + stale});
}

/// The nearest folder above `path` that is there.
std::string existing_above(const Tree& tree, std::string path) {
    while (!path.empty() && !tree.exists(path)) {
        const auto slash = path.rfind('/');
        path.resize(slash == path.npos ? 0 : slash);
    }
    return path;
}

} // namespace

void check_privileges(const HostDescription& description, Findings& out) {
    const auto driver = neediest(description);
    const std::string lacks = driver ? lacking(description.process, *driver) : "";
    if (lacks.empty())
        out.push_back({Level::ok, "privileges",
                       description.process.root ? "root" : "all that is needed", ""});
    else
        out.push_back({description.config != nullptr ? Level::problem : Level::warning,
                       "privileges", "lacks " + lacks, grant_command(*driver)});
    check_memlock(description, out);
}

void check_folders(const HostDescription& description, Findings& out) {
    const std::string runtime = existing_above(description.tree, description.runtime);
    if (description.tree.writable(runtime))
        out.push_back({Level::ok, "telemetry", "files go to /" + description.runtime, ""});
    else
        out.push_back({Level::problem, "telemetry",
                       "/" + description.runtime + " cannot be written",
                       "set XDG_RUNTIME_DIR to a folder of this user, or run as root"});
    check_leftovers(description, out);

    if (description.config == nullptr || description.config->store.db.empty()) return;
    const std::string& db = description.config->store.db;
    if (!db.starts_with('/')) return; // relative to wherever the run will start
    const std::string above = existing_above(description.tree, db.substr(1));
    if (description.config->run.user.empty() && !description.tree.writable(above))
        out.push_back({Level::problem, "store", "/" + above + " cannot be written",
                       fmt::format("install -d -o $USER {}", db)});
    else
        out.push_back({Level::ok, "store", db, ""});
}

} // namespace lacuna::host
