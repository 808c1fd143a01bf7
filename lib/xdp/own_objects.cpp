#include "xdp/own_objects.hpp"

#include "xdp/verdicts.h"

#include <algorithm>
#include <array>
#include <bpf/bpf.h>
#include <charconv>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace lacuna::xdp {

namespace {

#define LACUNA_QUOTED(x) #x
#define LACUNA_NAME(x) LACUNA_QUOTED(x)
constexpr std::string_view kProgram = LACUNA_NAME(STEER_PROGRAM);

/// Descriptors of this process that name kernel objects of one kind, "bpf-prog" or "bpf-map".
std::vector<int> descriptors(std::string_view kind) {
    std::vector<int> out;
    std::error_code error;
    const std::string wanted = "anon_inode:" + std::string(kind);
    for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd", error)) {
        const std::string target = std::filesystem::read_symlink(entry.path(), error).string();
        if (error || target != wanted) continue;
        const std::string name = entry.path().filename().string();
        int fd = -1;
        std::from_chars(name.data(), name.data() + name.size(), fd);
        if (fd >= 0) out.push_back(fd);
    }
    return out;
}

int duplicate(int fd) {
    return fcntl(fd, F_DUPFD_CLOEXEC, 0);
}

} // namespace

int own_program(std::uint32_t id) {
    for (const int fd : descriptors("bpf-prog")) {
        bpf_prog_info info{};
        __u32 size = sizeof info;
        if (bpf_obj_get_info_by_fd(fd, &info, &size) == 0 && info.id == id) return duplicate(fd);
    }
    return -1;
}

int own_map(int program, const char* name) {
    std::array<__u32, 16> ids{};
    bpf_prog_info info{};
    info.nr_map_ids = ids.size();
    info.map_ids = reinterpret_cast<std::uintptr_t>(ids.data());
    __u32 size = sizeof info;
    if (bpf_obj_get_info_by_fd(program, &info, &size) != 0) return -1;
    const auto end = ids.begin() + std::min<std::ptrdiff_t>(ids.size(), info.nr_map_ids);
    for (const int fd : descriptors("bpf-map")) {
        bpf_map_info map{};
        size = sizeof map;
        if (bpf_obj_get_info_by_fd(fd, &map, &size) != 0) continue;
        if (std::strcmp(map.name, name) == 0 && std::find(ids.begin(), end, map.id) != end)
            return duplicate(fd);
    }
    return -1;
}

bool is_steering(int descriptor) {
    bpf_prog_info info{};
    __u32 size = sizeof info;
    return bpf_obj_get_info_by_fd(descriptor, &info, &size) == 0
           && std::string_view(info.name) == kProgram;
}

} // namespace lacuna::xdp
