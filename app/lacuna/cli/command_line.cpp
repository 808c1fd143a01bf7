#include "cli/command_line.hpp"

#include "cli/common_options.hpp"
#include "cli/streams.hpp"
#include "config/nearest.hpp"
#include "version.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <csignal>
#include <cstring>
#include <sys/stat.h>

namespace lacuna::app {
namespace {

/// Where the EAL arguments of a replay, live run or benchmark begin: at the first `--`, or at the
/// end. CLI11 would take them for files.
char** find_eal_arguments(char** begin, char** end) {
    const bool takes_them =
        end - begin > 1
        && (std::strcmp(begin[1], "replay") == 0 || std::strcmp(begin[1], "run") == 0
            || std::strcmp(begin[1], "bench") == 0);
    return takes_them
               ? std::find_if(begin, end, [](const char* a) { return !std::strcmp(a, "--"); })
               : end;
}

/// Also with a unit, as "10k".
bool is_number(std::string text) {
    if (text.size() > 1 && std::string_view("kMG").find(text.back()) != std::string_view::npos)
        text.pop_back();
    return !text.empty() && text.find_first_not_of("0123456789", text[0] == '-') == text.npos;
}

/// The command line for CLI11, which takes arguments from the back. A bare --gaps or --late would
/// swallow the file behind it, so that it gets its value here.
std::vector<std::string> reversed_arguments(char** begin, char** end) {
    std::vector<std::string> arguments(begin, end);
    for (std::size_t i = 0; i < arguments.size() && arguments[i] != "--"; ++i) {
        if (arguments[i] != "--gaps" && arguments[i] != "--late") continue;
        const bool limited = i + 1 < arguments.size() && is_number(arguments[i + 1]);
        arguments[i] += "=" + (limited ? arguments[i + 1] : "0");
        if (limited) arguments.erase(arguments.begin() + static_cast<std::ptrdiff_t>(i) + 1);
    }
    std::reverse(arguments.begin(), arguments.end());
    return arguments;
}

/// The names of what a command knows: its commands, or its options and those of what is around it.
std::vector<std::string> known_words(const CLI::App& command, bool options) {
    std::vector<std::string> words;
    if (!options)
        for (const CLI::App* sub : command.get_subcommands([](const CLI::App*) { return true; }))
            words.push_back(sub->get_name());
    for (const CLI::App* app = &command; options && app != nullptr; app = app->get_parent())
        for (const CLI::Option* option : app->get_options())
            for (const std::string& name : option->get_lnames())
                words.push_back("--" + name);
    return words;
}

bool looks_like_capture(const std::string& word) {
    constexpr std::array kEnds{".pcap", ".pcapng", ".cap", ".erf", ".gz", ".zst", ".lz4"};
    struct stat s {};
    return std::any_of(kEnds.begin(), kEnds.end(),
                       [&word](const char* end) { return word.ends_with(end); })
           || (stat(word.c_str(), &s) == 0 && S_ISREG(s.st_mode));
}

/// What was meant by a word that `command` does not know; empty: nothing comes to mind.
std::string meant(const std::string& word, const CLI::App& command, bool outermost) {
    const bool option = word.starts_with("-");
    const std::string name = word.substr(0, option ? word.find('=') : word.npos);
    const std::vector<std::string> known = known_words(command, option);
    if (const auto near = config::nearest(name, {known.begin(), known.end()}); !near.empty())
        return "did you mean " + std::string(near) + "?";
    if (outermost && looks_like_capture(word)) return "did you mean 'lacuna analyze " + word + "'?";
    return "";
}

/// One line about what is wrong with the command line.
Error explain(const CLI::ParseError& e, const CLI::App& app) {
    std::string command = "lacuna";
    const CLI::App* innermost = &app;
    for (auto chosen = app.get_subcommands(); !chosen.empty();
         chosen = chosen.front()->get_subcommands()) {
        innermost = chosen.front();
        command += " " + innermost->get_name();
    }
    const auto line = [&command](const std::string& what) {
        return Error{what, "", "try '" + command + " --help'", 2};
    };
    const std::string what = e.what();
    const std::string option = what.substr(0, what.find(':'));
    if (e.get_name() == "RequiredError" && what == CLI::RequiredError::Subcommand(1).what()) {
        const auto unknown = app.remaining(true);
        if (unknown.empty()) return line("a command is missing");
        const std::string& word = unknown.front();
        const std::string hint = meant(word, *innermost, innermost == &app);
        Error error = line((word[0] == '-' ? "unknown option " : "unknown command ") + word);
        if (!hint.empty()) error.hint = hint;
        return error;
    }
    // Its name is that of the command: only the text tells what it is.
    constexpr std::string_view kExtra = " not expected: ";
    if (const auto extra = what.find(kExtra); extra != what.npos) {
        const std::size_t begin = extra + kExtra.size();
        const std::string word = what.substr(begin, what.find(' ', begin) - begin);
        if (const std::string hint = meant(word, *innermost, false); !hint.empty())
            return Error{"unknown option " + word, "", hint, 2};
    }
    if (e.get_name() == "ArgumentMismatch")
        return line(option + (what.ends_with("missing") ? " needs a value" : " is given twice"));
    if (const auto equals = what.find(" = ");
        e.get_name() == "ConversionError" && equals != what.npos)
        return line(what.substr(option.size() + 2, equals - option.size() - 2) + " cannot be "
                    + what.substr(equals + 3));
    return line(what);
}

} // namespace

int run_command_line(int argc, char** argv, const RegisterCommands& register_commands) {
    std::signal(SIGPIPE, SIG_IGN); // a reader that goes away is an error of the write
    hold_streams();

    int status = 0;
    CLI::App app{"lacuna listens to MACsec and IPsec and says exactly which packets were lost,\n"
                 "reordered, duplicated or replayed. No keys needed."};
    app.name("lacuna");
    app.set_version_flag("--version", "lacuna " LACUNA_VERSION);
    app.require_subcommand(1);
    app.footer("'lacuna COMMAND --help' explains a command; 'man lacuna' explains all.");

    char** const end = argv + argc;
    char** const eal = find_eal_arguments(argv, end);
    register_commands(app, status,
                      eal == end ? std::vector<std::string>()
                                 : std::vector<std::string>(eal + 1, end));
    try {
        app.parse(reversed_arguments(argv + 1, eal));
    } catch (const CLI::ParseError& e) {
        if (e.get_exit_code() == 0) return app.exit(e); // --help, --version
        return fail(explain(e, app));
    }
    return status;
}

} // namespace lacuna::app
