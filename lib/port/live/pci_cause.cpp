#include "port/live/pci_cause.hpp"

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <unistd.h>

namespace lacuna::port {

namespace fs = std::filesystem;

Status judge_group(const std::string& address, const std::string& file, int code,
                   const std::string& holder) {
    switch (code) {
    case 0:
    case ENOENT: // a kernel that names it otherwise: EAL will tell
        return {};
    case EACCES:
    case EPERM:
        return Error{"no permission for " + file, address,
                     "chown $USER " + file + ", or run as root", 1};
    case EBUSY:
        return Error{file + " is in use by "
                         + (holder.empty() ? std::string("another process") : holder),
                     address, "one process can have a NIC: end that one first", 1};
    default:
        return Error{"cannot open " + file + ": " + std::strerror(code), address,
                     "lacuna doctor --pci " + address + " may know why", 1};
    }
}

Status check_group(const host::PciDevice& device) {
    if (device.iommu_group < 0 || !device.driver.starts_with("vfio")) return {};
    const std::string number = std::to_string(device.iommu_group);
    std::string file = "/dev/vfio/" + number;
    std::error_code ignored;
    if (!fs::exists(file, ignored)) file = "/dev/vfio/noiommu-" + number;
    const int fd = open(file.c_str(), O_RDWR | O_CLOEXEC);
    const int code = fd < 0 ? errno : 0;
    if (fd >= 0) close(fd);
    return judge_group(device.address, file, code, code == EBUSY ? holder_of(file) : "");
}

std::string holder_of(const std::string& file) {
    std::error_code error;
    for (const auto& process : fs::directory_iterator("/proc", error)) {
        const std::string id = process.path().filename().string();
        const bool number =
            std::all_of(id.begin(), id.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
        if (!number || id == std::to_string(getpid())) continue;
        std::error_code denied;
        for (const auto& fd : fs::directory_iterator(process.path() / "fd", denied)) {
            std::error_code gone;
            if (fs::read_symlink(fd.path(), gone) != file) continue;
            return host::Tree().line("proc/" + id + "/comm") + " (process " + id + ")";
        }
    }
    return {};
}

Error no_driver(const std::string& port, const std::string& said, bool hugepages) {
    std::string what = "no driver of DPDK took the device";
    if (!said.empty()) what += ": " + said;
    std::string hint =
        hugepages ? "" : "there are no free hugepages: scripts/hugepages set 512; or ";
    hint += "is its driver built into this DPDK? see: dpdk-devbind.py --status";
    return Error{std::move(what), port, std::move(hint), 1};
}

} // namespace lacuna::port
