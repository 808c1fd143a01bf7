#include "host/process.hpp"

#include <linux/capability.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace lacuna::host {

namespace {

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

Process this_process() {
    return {geteuid() == 0, effective_capabilities(), raised_memlock()};
}

std::uint64_t lockable_memory() {
    const Process p = this_process();
    return p.has(CAP_IPC_LOCK) ? UINT64_MAX : p.memlock;
}

} // namespace lacuna::host
