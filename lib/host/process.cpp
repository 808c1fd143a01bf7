#include "host/process.hpp"

#include <linux/capability.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace lacuna::host {

bool has_capability(int number) {
    __user_cap_header_struct header{};
    header.version = _LINUX_CAPABILITY_VERSION_3;
    __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3]{};
    if (syscall(SYS_capget, &header, data) != 0) return false;
    return (data[CAP_TO_INDEX(number)].effective & CAP_TO_MASK(number)) != 0;
}

std::uint64_t lockable_memory() {
    if (has_capability(CAP_IPC_LOCK)) return UINT64_MAX;
    rlimit limit{};
    if (getrlimit(RLIMIT_MEMLOCK, &limit) != 0) return UINT64_MAX;
    if (limit.rlim_cur < limit.rlim_max) {
        const rlimit raised{limit.rlim_max, limit.rlim_max};
        if (setrlimit(RLIMIT_MEMLOCK, &raised) == 0) limit = raised;
    }
    return limit.rlim_cur == RLIM_INFINITY ? UINT64_MAX : limit.rlim_cur;
}

} // namespace lacuna::host
