#include "cli/full_program.hpp"

#include "cli/common_options.hpp"
#include "cli/help_texts.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <string>
#include <string_view>
#include <sys/stat.h>
#include <unistd.h>

namespace lacuna::app {
namespace {

namespace fs = std::filesystem;

constexpr const char* kName = "lacuna-full";
/// What was installed keeps its inner distances when it is moved.
const fs::path kFromBindir = fs::path(LACUNA_LIBEXEC).lexically_relative(LACUNA_BINDIR);

int failed(const fs::path& program, const std::string& what) {
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

/// Becomes `candidate`. Returns 0 if there is none, else the exit status.
int become(const fs::path& candidate, char** argv) {
    const int program = open(candidate.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC);
    if (program >= 0) {
        if (!is_ours(program))
            return failed(candidate, "belongs neither to root nor to the owner of lacuna");
        execveat(program, "", argv, environ, AT_EMPTY_PATH);
    }
    return errno == ENOENT ? 0 : failed(candidate, std::strerror(errno));
}

} // namespace

bool is_plain_analysis(int argc, char** argv) {
    return argc > 1 && std::strcmp(argv[1], "analyze") == 0
           && std::none_of(argv + 2, argv + argc, [](std::string_view argument) {
                  return argument.starts_with("--db") || argument.starts_with("--bpf");
              });
}

std::string_view help_text(int argc, char** argv) {
    if (argc < 2
        || (std::strcmp(argv[argc - 1], "--help") != 0 && std::strcmp(argv[argc - 1], "-h") != 0))
        return {};
    std::string command;
    for (int i = 1; i < argc - 1; ++i)
        command.append(command.empty() ? "" : " ").append(argv[i]);
    for (const HelpText& help : kHelpTexts)
        if (help.command == command) return help.text;
    return {};
}

int become_full_program(char** argv) {
    std::error_code unknown; // without /proc: then only what is installed counts
    const fs::path self = fs::read_symlink("/proc/self/exe", unknown);
    if (self.is_absolute()) {
        const fs::path folder = self.parent_path();
        // Beside lacuna in a build; on the way from bindir to libexecdir wherever the tree was
        // moved to.
        for (const fs::path& place : {folder, (folder / kFromBindir).lexically_normal()})
            if (const int status = become(place / kName, argv)) return status;
    }
    const fs::path installed = fs::path(LACUNA_LIBEXEC) / kName;
    execv(installed.c_str(), argv);
    return failed(installed, std::strerror(errno));
}

} // namespace lacuna::app
