#include "cli/streams.hpp"

#include "cli/common_options.hpp"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace lacuna::app {
namespace {

/// Where standard output goes; both empty: where it always went. One owner: the main thread.
struct OutputFile {
    std::string path;
    std::string part; ///< what it is called until it is whole; empty: it is written to directly
} output_file;

void drop_part() {
    if (!output_file.part.empty()) unlink(output_file.part.c_str());
}

} // namespace

Status send_output_to(const std::string& path) {
    if (path.empty()) return {};
    struct stat s {};
    const bool special = stat(path.c_str(), &s) == 0 && !S_ISREG(s.st_mode);
    const std::string target = special ? path : path + ".part";
    const int fd = open(target.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd < 0 || dup2(fd, STDOUT_FILENO) < 0)
        return Error{std::strerror(errno), path, "--output names a file that can be made", 2};
    close(fd);
    output_file.path = path;
    if (special) return {};
    output_file.part = target;
    std::atexit(drop_part);
    return {};
}

void hold_streams() {
    for (int fd = 0; fd <= 2; ++fd) {
        if (fcntl(fd, F_GETFD) >= 0) continue;
        // The lowest number that is free: this one. Reading from it or writing to it is an error.
        if (open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY) < 0) return;
    }
}

bool can_draw() {
    const char* const kind = std::getenv("TERM");
    return kind != nullptr && *kind != 0 && std::strcmp(kind, "dumb") != 0
           && isatty(STDERR_FILENO) != 0;
}

void remark(const std::string& line) {
    std::fprintf(stderr, "lacuna: %s\n", line.c_str());
}

int written(bool good, const char* what) {
    if (good && !output_file.part.empty()) {
        good = std::fflush(stdout) == 0
               && std::rename(output_file.part.c_str(), output_file.path.c_str()) == 0;
        if (good) output_file.part.clear();
    }
    if (good || errno == EPIPE) return 0;
    return fail({std::strerror(errno),
                 output_file.path.empty() ? "standard output" : output_file.path,
                 std::string(what) + " could not be written", 1});
}

} // namespace lacuna::app
