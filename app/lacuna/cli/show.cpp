// How a command ends: a report, a page, or one line about what went wrong.
#include "cli/common_options.hpp"
#include "cli/interrupt.hpp"
#include "cli/streams.hpp"
#include "report/html/html_page.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <fstream>
#include <sstream>
#include <unistd.h>

namespace lacuna::app {

int fail(const Error& error) {
    std::string line = error.text();
    // One line, whatever names it quotes.
    std::replace_if(
        line.begin(), line.end(), [](char c) { return c >= 0 && (c < ' ' || c == 127); }, '?');
    std::fprintf(stderr, "lacuna: %s\n", line.c_str());
    return error.exit_code;
}

int show(const report::Report& report, const CommonOptions& options) {
    finish_calls();
    errno = 0;
    const bool good = options.json  ? report::write_json(stdout, report, options.view)
                      : options.csv ? report::write_csv(stdout, report, options.view)
                                    : report::write_table(stdout, report, options.view);
    return written(good, "the report");
}

Status write_page(const report::Report& report, const CommonOptions& options) {
    if (options.html.empty()) return {};
    const std::string part = options.html + ".part";
    errno = 0;
    std::FILE* const file = std::fopen(part.c_str(), "we");
    bool good = file != nullptr && report::write_html(file, report, options.view);
    if (file != nullptr) good = std::fclose(file) == 0 && good;
    if (good && std::rename(part.c_str(), options.html.c_str()) == 0) return {};
    const Error error{std::strerror(errno), options.html, "the page could not be written", 1};
    if (file != nullptr) std::remove(part.c_str());
    return error;
}

double process_age_s() {
    // Field 22 of /proc/self/stat: start time in clock ticks since boot; the name before it may
    // hold spaces, but ends with the last parenthesis.
    std::ifstream file("/proc/self/stat");
    std::string line;
    std::getline(file, line);
    const std::size_t name_end = line.rfind(')');
    if (name_end == std::string::npos) return 0;
    std::istringstream fields(line.substr(name_end + 1));
    std::string skipped;
    for (int i = 3; i < 22; ++i)
        fields >> skipped;
    double ticks = 0;
    fields >> ticks;
    timespec now{};
    clock_gettime(CLOCK_BOOTTIME, &now);
    const double uptime = static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
    return std::max(0.0, uptime - ticks / static_cast<double>(sysconf(_SC_CLK_TCK)));
}

} // namespace lacuna::app
