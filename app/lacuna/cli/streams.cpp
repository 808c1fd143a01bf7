#include "cli/streams.hpp"

#include "cli/common_options.hpp"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

namespace lacuna::app {

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
    if (good || errno == EPIPE) return 0;
    return fail(
        {std::strerror(errno), "standard output", std::string(what) + " could not be written", 1});
}

} // namespace lacuna::app
