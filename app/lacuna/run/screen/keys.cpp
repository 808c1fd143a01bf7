#include "run/screen/keys.hpp"

#include <poll.h>
#include <unistd.h>

namespace lacuna::app {
namespace {

/// To another process in the foreground the keys are not ours.
bool in_foreground() {
    return tcgetpgrp(STDIN_FILENO) == getpgrp();
}

} // namespace

Keys::Keys() {
    if (isatty(STDIN_FILENO) == 0 || !in_foreground()) return;
    if (tcgetattr(STDIN_FILENO, &before_) != 0) return;
    termios now = before_;
    now.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
    now.c_cc[VMIN] = 0;
    now.c_cc[VTIME] = 0;
    taken_ = tcsetattr(STDIN_FILENO, TCSANOW, &now) == 0;
}

Keys::~Keys() {
    if (taken_ && in_foreground()) tcsetattr(STDIN_FILENO, TCSANOW, &before_);
}

std::string Keys::pressed() const {
    std::string out;
    pollfd there{STDIN_FILENO, POLLIN, 0};
    while (taken_ && in_foreground() && out.size() < 64 && poll(&there, 1, 0) == 1
           && (there.revents & POLLIN) != 0) {
        char text[16];
        const ssize_t n = read(STDIN_FILENO, text, sizeof text);
        if (n <= 0) break;
        out.append(text, static_cast<std::size_t>(n));
    }
    return out;
}

} // namespace lacuna::app
