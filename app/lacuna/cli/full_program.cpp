#include "cli/full_program.hpp"

#include "cli/common_options.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <string_view>
#include <sys/stat.h>
#include <unistd.h>

namespace lacuna::app {
namespace {

constexpr const char* kName = "lacuna-full";

int failed(const std::filesystem::path& program, const std::string& what) {
    return fail(Error{what, program.string(),
                      "install lacuna whole; alone it can only analyze captures, without --db", 1});
}

/// Whether root or the owner of this program put it there: in a folder where anybody may write,
/// others could.
bool is_ours(int program) {
    struct stat self {
    }, other{};
    return stat("/proc/self/exe", &self) == 0 && fstat(program, &other) == 0
           && (other.st_uid == self.st_uid || other.st_uid == 0);
}

} // namespace

bool is_plain_analysis(int argc, char** argv) {
    return argc > 1 && std::strcmp(argv[1], "analyze") == 0
           && std::none_of(argv + 2, argv + argc,
                           [](std::string_view argument) { return argument.starts_with("--db"); });
}

int become_full_program(char** argv) {
    namespace fs = std::filesystem;
    std::error_code unknown; // without /proc: then only what is installed counts
    const fs::path self = fs::read_symlink("/proc/self/exe", unknown);
    if (self.is_absolute()) {
        const fs::path beside = self.parent_path() / kName;
        const int program = open(beside.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC);
        if (program >= 0) {
            if (!is_ours(program))
                return failed(beside, "belongs neither to root nor to the owner of lacuna");
            execveat(program, "", argv, environ, AT_EMPTY_PATH);
        }
        if (errno != ENOENT) return failed(beside, std::strerror(errno));
    }
    const fs::path installed = fs::path(LACUNA_LIBEXEC) / kName;
    execv(installed.c_str(), argv);
    return failed(installed, std::strerror(errno));
}

} // namespace lacuna::app
