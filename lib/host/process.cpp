#include "host/process.hpp"

#include <filesystem>
#include <linux/capability.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <vector>

namespace lacuna::host {

namespace {

struct Privilege {
    int number;
    const char* name;
};
constexpr Privilege kRaw{CAP_NET_RAW, "cap_net_raw"};
constexpr Privilege kAdmin{CAP_NET_ADMIN, "cap_net_admin"};
constexpr Privilege kBpf{CAP_BPF, "cap_bpf"};
constexpr Privilege kPerfmon{CAP_PERFMON, "cap_perfmon"};

std::vector<Privilege> needed(config::Driver driver) {
    switch (driver) {
    case config::Driver::af_xdp:
        return {kRaw, kAdmin, kBpf, kPerfmon};
    case config::Driver::af_packet:
        return {kRaw, kAdmin};
    case config::Driver::tap:
        break;
    }
    return {kAdmin};
}

std::uint64_t effective_capabilities() {
    __user_cap_header_struct header{};
    header.version = _LINUX_CAPABILITY_VERSION_3;
    __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3]{};
    if (syscall(SYS_capget, &header, data) != 0) return 0;
    return data[0].effective | static_cast<std::uint64_t>(data[1].effective) << 32;
}

std::uint64_t raised_memlock() {
    rlimit limit{};
    if (getrlimit(RLIMIT_MEMLOCK, &limit) != 0) return UINT64_MAX;
    if (limit.rlim_cur < limit.rlim_max) {
        const rlimit raised{limit.rlim_max, limit.rlim_max};
        if (setrlimit(RLIMIT_MEMLOCK, &raised) == 0) limit = raised;
    }
    return limit.rlim_cur == RLIM_INFINITY ? UINT64_MAX : limit.rlim_cur;
}

} // namespace

std::string lacking(const Process& process, config::Driver driver) {
    std::string out;
    for (const Privilege& p : needed(driver)) {
        // The older one contains these two.
        const bool contained =
            (p.number == CAP_BPF || p.number == CAP_PERFMON) && process.has(CAP_SYS_ADMIN);
        if (!contained && !process.has(p.number))
            out += (out.empty() ? "" : ",") + std::string(p.name);
    }
    return out;
}

std::string grant_command(config::Driver driver) {
    std::string all;
    for (const Privilege& p : needed(driver))
        all += std::string(p.name) + ",";
    std::error_code unknown;
    std::string program = std::filesystem::read_symlink("/proc/self/exe", unknown).string();
    if (program.empty()) program = "lacuna-full";
    return "setcap " + all + "cap_ipc_lock+ep " + program + ", or run it as root";
}

Process this_process() {
    return {geteuid() == 0, effective_capabilities(), raised_memlock()};
}

std::uint64_t lockable_memory() {
    const Process p = this_process();
    return p.has(CAP_IPC_LOCK) ? UINT64_MAX : p.memlock;
}

} // namespace lacuna::host
