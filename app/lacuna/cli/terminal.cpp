#include "cli/terminal.hpp"

#include "report/text/screen.hpp"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <optional>
#include <string>
#include <sys/ioctl.h>
#include <unistd.h>

namespace lacuna::app {
namespace {

/// Narrower than any table; wider than any line.
constexpr std::size_t kLeastColumns = 40;
constexpr std::size_t kMostColumns = 1000;

/// What the command line says; a process has one standard output.
struct {
    std::string color = "auto";
    bool utc = false;
    bool verbose = false;
} asked_for;

std::optional<std::size_t> wanted_columns() {
    const char* const text = std::getenv("COLUMNS");
    if (text == nullptr) return {};
    std::size_t columns = 0;
    const char* const end = text + std::strlen(text);
    const auto [at, error] = std::from_chars(text, end, columns);
    if (error != std::errc{} || at != end || columns == 0) return {};
    return columns;
}

} // namespace

void add_screen_options(CLI::App& command) {
    command
        .add_option(
            "--color", asked_for.color,
            "colours in text: auto (on a terminal, unless NO_COLOR is set), always or never")
        ->type_name("WHEN")
        ->check([](const std::string& text) {
            return text == "auto" || text == "always" || text == "never"
                       ? ""
                       : "auto, always and never are known";
        });
    command.add_flag("--utc", asked_for.utc, "times in UTC, not in the local zone");
}

void add_verbose_option(CLI::App& command) {
    command.add_flag("--verbose", asked_for.verbose,
                     "the table tells how fast lacuna itself was, too");
}

void look_at_stdout() {
    if (asked_for.utc) {
        setenv("TZ", "UTC0", 1);
        tzset();
    }
    report::Screen& screen = report::screen();
    const bool terminal = isatty(STDOUT_FILENO) != 0;
    winsize size{};
    if (const auto columns = wanted_columns())
        screen.columns = *columns;
    else if (terminal && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col != 0)
        screen.columns = size.ws_col;
    screen.columns = std::clamp(screen.columns, kLeastColumns, kMostColumns);
    const auto set = [](const char* name) {
        const char* const value = std::getenv(name);
        return value != nullptr && *value != '\0' ? value : nullptr;
    };
    const char* const kind = set("TERM");
    screen.colour = asked_for.color == "always"
                    || (asked_for.color == "auto" && terminal && set("NO_COLOR") == nullptr
                        && kind != nullptr && std::strcmp(kind, "dumb") != 0);
    screen.verbose = asked_for.verbose;
}

} // namespace lacuna::app
