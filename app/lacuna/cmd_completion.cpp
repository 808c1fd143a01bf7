// lacuna completion: a script that lets a shell complete commands and options.
#include "base/output.hpp"
#include "cli/streams.hpp"
#include "commands.hpp"

#include <algorithm>
#include <cerrno>
#include <fmt/format.h>
#include <iterator>

namespace lacuna::app {
namespace {

/// A command, with what may stand behind it.
struct Command {
    std::string path; ///< "query flows"; empty: lacuna itself
    std::string help;
    std::vector<std::pair<std::string, std::string>> options; ///< "--json" and its help
    std::vector<std::pair<std::string, std::string>> commands;
};

/// The first of several lines, without what a shell would take for its own.
std::string plain(const std::string& text) {
    std::string out = text.substr(0, text.find('\n'));
    std::replace_if(
        out.begin(), out.end(),
        [](char c) {
            return c == '\'' || c == '"' || c == '`' || c == '\\' || c == '$' || c == '['
                   || c == ']' || c == ':';
        },
        ' ');
    return out;
}

void gather(std::vector<Command>& out, const CLI::App& app, const std::string& path) {
    Command c{path, plain(app.get_description()), {}, {}};
    // Options of the commands around it go with it as well.
    for (const CLI::App* a = &app; a != nullptr; a = a->get_parent())
        for (const CLI::Option* o : a->get_options())
            for (const std::string& name : o->get_lnames())
                if (a == &app || (a->get_parent() != nullptr && name != "help"))
                    c.options.emplace_back("--" + name, plain(o->get_description()));
    const auto subs = app.get_subcommands([](const CLI::App*) { return true; });
    for (const CLI::App* sub : subs)
        c.commands.emplace_back(sub->get_name(), plain(sub->get_description()));
    out.push_back(std::move(c));
    for (const CLI::App* sub : subs)
        gather(out, *sub, path + (path.empty() ? "" : " ") + sub->get_name());
}

std::string words(const Command& c) {
    std::string text;
    for (const auto* list : {&c.commands, &c.options})
        for (const auto& [name, help] : *list)
            text += (text.empty() ? "" : " ") + name;
    return text;
}

/// Finds the command that the words before the cursor name, then offers its words, or files.
std::string bash_script(const std::vector<Command>& commands) {
    std::string out = "# bash completion of lacuna: eval \"$(lacuna completion bash)\"\n"
                      "_lacuna() {\n"
                      "    local at=\"\" word known i\n"
                      "    local -A words=(\n";
    for (const Command& c : commands)
        fmt::format_to(std::back_inserter(out), "        [\"lacuna{}\"]=\"{}\"\n",
                       c.path.empty() ? "" : " " + c.path, words(c));
    out += "    )\n"
           "    at=lacuna\n"
           "    for ((i = 1; i < COMP_CWORD; ++i)); do\n"
           "        word=${COMP_WORDS[i]}\n"
           "        [[ -n ${words[\"$at $word\"]+known} ]] && at=\"$at $word\"\n"
           "    done\n"
           "    COMPREPLY=($(compgen -W \"${words[$at]}\" -- \"${COMP_WORDS[COMP_CWORD]}\"))\n"
           "    [[ ${#COMPREPLY[@]} -eq 0 ]] && compopt -o default\n"
           "}\n"
           "complete -F _lacuna lacuna\n";
    return out;
}

std::string zsh_script(const std::vector<Command>& commands) {
    std::string out = "#compdef lacuna\n"
                      "# zsh completion of lacuna: a file _lacuna on $fpath, or\n"
                      "# eval \"$(lacuna completion zsh)\"\n"
                      "_lacuna() {\n"
                      "    local at=lacuna word i\n"
                      "    local -a known\n"
                      "    local -A paths=(";
    for (const Command& c : commands)
        if (!c.path.empty()) out += fmt::format(" 'lacuna {}' 1", c.path);
    out += " )\n"
           "    for ((i = 2; i < CURRENT; ++i)); do\n"
           "        word=$words[i]\n"
           "        [[ -n $paths[\"$at $word\"] ]] && at=\"$at $word\"\n"
           "    done\n"
           "    case $at in\n";
    for (const Command& c : commands) {
        fmt::format_to(std::back_inserter(out), "    'lacuna{}') known=(\n",
                       c.path.empty() ? "" : " " + c.path);
        for (const auto* list : {&c.commands, &c.options})
            for (const auto& [name, help] : *list)
                fmt::format_to(std::back_inserter(out), "        '{}:{}'\n", name, help);
        out += "        ) ;;\n";
    }
    out += "    esac\n"
           "    _describe 'lacuna' known || _files\n"
           "    [[ $words[CURRENT] == -* ]] || _files\n"
           "}\n"
           "compdef _lacuna lacuna\n";
    return out;
}

std::string fish_script(const std::vector<Command>& commands) {
    std::string out = "# fish completion of lacuna: lacuna completion fish | source\n";
    for (const Command& c : commands) {
        // All words of its path were written, and no command behind them yet.
        std::string when;
        for (std::size_t from = 0; from < c.path.size();) {
            const std::size_t end = std::min(c.path.find(' ', from), c.path.size());
            when += (when.empty() ? "" : "; and ") + std::string("__fish_seen_subcommand_from ")
                    + c.path.substr(from, end - from);
            from = end + 1;
        }
        if (!c.commands.empty()) {
            std::string names;
            for (const auto& [name, help] : c.commands)
                names += " " + name;
            when += (when.empty() ? "not __fish_seen_subcommand_from"
                                  : "; and not __fish_seen_subcommand_from")
                    + names;
        }
        for (const auto& [name, help] : c.commands)
            fmt::format_to(std::back_inserter(out), "complete -c lacuna -n '{}' -a {} -d '{}'\n",
                           when, name, help);
        for (const auto& [name, help] : c.options)
            fmt::format_to(std::back_inserter(out), "complete -c lacuna -n '{}' -l {} -d '{}'\n",
                           when, name.substr(2), help);
    }
    return out;
}

} // namespace

void register_completion(CLI::App& app, int& status) {
    struct Options {
        std::string shell;
    };
    auto options = std::make_shared<Options>();
    CLI::App* command = app.add_subcommand(
        "completion", "a script that lets a shell complete commands and options");
    command->add_option("SHELL", options->shell, "bash, zsh or fish")
        ->required()
        ->check([](const std::string& text) {
            return text == "bash" || text == "zsh" || text == "fish"
                       ? ""
                       : "bash, zsh and fish are known";
        });
    command->callback([options, &app, &status] {
        std::vector<Command> commands;
        gather(commands, app, "");
        errno = 0;
        const bool good = print(options->shell == "bash"  ? bash_script(commands)
                                : options->shell == "zsh" ? zsh_script(commands)
                                                          : fish_script(commands));
        status = written(good, "the script");
    });
}

} // namespace lacuna::app
