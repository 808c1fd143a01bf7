// What somebody presses while a live run is on the screen.
#pragma once

#include <string>
#include <termios.h>

namespace lacuna::app {

/// Takes keys from the terminal at standard input, each as it is pressed and without an echo, as
/// long as it lives; Ctrl-C and Ctrl-Z work as ever. Where standard input is no terminal, or this
/// process is not in its foreground, there are none. One owner.
class Keys {
public:
    Keys();
    ~Keys();
    Keys(const Keys&) = delete;
    Keys& operator=(const Keys&) = delete;

    /// What was pressed since the last call; does not wait.
    std::string pressed() const;
    bool taken() const { return taken_; }

private:
    bool taken_ = false;
    termios before_{};
};

} // namespace lacuna::app
