#include "full_program.hpp"

#include "common_options.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <linux/capability.h>
#include <string_view>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace lacuna::app {
namespace {

constexpr const char* kName = "lacuna-full";

/// Whether nobody but the owner of this program, or root, can put anything in its place.
bool as_safe_as_this(const struct stat& s) {
    struct stat self {};
    if (stat("/proc/self/exe", &self) != 0) return false;
    return (s.st_uid == 0 || s.st_uid == self.st_uid) && (s.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

/// Capabilities a user's process got with this program (setcap) end with it, unless they are made
/// ambient. Whoever copies or links it elsewhere must not get another program to have them.
void hand_on_capabilities(int directory) {
    struct stat folder {
    }, program{};
    if (geteuid() == 0 || fstat(directory, &folder) != 0
        || fstatat(directory, kName, &program, 0) != 0 || !as_safe_as_this(folder)
        || !as_safe_as_this(program))
        return;
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3]{};
    if (syscall(SYS_capget, &header, sets) != 0) return;
    for (auto& set : sets)
        set.inheritable |= set.permitted;
    if (syscall(SYS_capset, &header, sets) != 0) return;
    for (unsigned cap = 0; cap < 32 * _LINUX_CAPABILITY_U32S_3; ++cap)
        if ((sets[cap / 32].permitted >> (cap % 32) & 1) != 0)
            prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, cap, 0, 0);
}

/// Returns only if that fails; errno says why.
void become(const std::filesystem::path& folder, char** argv) {
    const int directory = open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0) return;
    hand_on_capabilities(directory);
    execveat(directory, kName, argv, environ, 0);
    const int error = errno;
    close(directory);
    errno = error;
}

} // namespace

bool is_plain_analysis(int argc, char** argv) {
    return argc > 1 && std::strcmp(argv[1], "analyze") == 0
           && std::none_of(argv + 2, argv + argc,
                           [](std::string_view argument) { return argument.starts_with("--db"); });
}

int become_full_program(char** argv) {
    namespace fs = std::filesystem;
    std::error_code unknown;
    const fs::path here = fs::read_symlink("/proc/self/exe", unknown).parent_path();
    // Installed files may have been moved together, as into the root of a package.
    const fs::path installed =
        (here / fs::path(LACUNA_LIBEXEC).lexically_relative(LACUNA_BIN)).lexically_normal();
    become(here, argv);
    become(installed, argv);
    return fail(Error{std::strerror(errno), (installed / kName).string(),
                      "install lacuna whole; alone it can only analyze captures, without --db", 1});
}

} // namespace lacuna::app
