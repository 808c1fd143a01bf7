#include "pcapgen/options/scenario.hpp"

#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstring>
#include <fmt/format.h>
#include <fstream>
#include <sstream>

namespace lacuna::pcapgen {
namespace {

Error unknown(const std::string& name) {
    std::string names;
    for (const Scenario& s : builtin_scenarios()) {
        if (!names.empty()) names += ", ";
        names += s.name;
    }
    return Error{fmt::format("no scenario \"{}\"", name), "--scenario",
                 fmt::format("give one of {}, or a path that ends in .toml", names)};
}

Result<std::string> load(const std::string& name) {
    if (!name.ends_with(".toml")) {
        for (const Scenario& s : builtin_scenarios())
            if (s.name == name) return std::string(s.text);
        return unknown(name);
    }
    std::ifstream in(name);
    std::stringstream text;
    if (!in || !(text << in.rdbuf()))
        return Error{fmt::format("cannot be read: {}", std::strerror(errno)), name,
                     "give a scenario file or the name of a built-in scenario"};
    return text.str();
}

} // namespace

Result<std::vector<std::string>> scenario_arguments(const std::string& name) {
    auto text = load(name);
    if (!text) return text.error();
    std::vector<std::string> arguments;
    try {
        std::istringstream in(*text);
        for (const CLI::ConfigItem& item : CLI::ConfigTOML().from_config(in)) {
            if (!item.parents.empty() || item.inputs.size() != 1 || item.name == "scenario")
                return Error{fmt::format("\"{}\" is not an option with one value", item.fullname()),
                             name, "a scenario holds lines like gap-rate = 0.01"};
            if (item.inputs.front() == "true")
                arguments.push_back("--" + item.name);
            else
                arguments.push_back(fmt::format("--{}={}", item.name, item.inputs.front()));
        }
    } catch (const CLI::Error& e) {
        return Error{e.what(), name, "a scenario holds lines like gap-rate = 0.01"};
    }
    return arguments;
}

std::string list_scenarios() {
    std::string out;
    for (const Scenario& s : builtin_scenarios()) {
        const std::string_view line = s.text.substr(0, s.text.find('\n'));
        out += fmt::format("{:<12} {}\n", s.name, line.substr(line.find_first_not_of("# ")));
    }
    return out;
}

} // namespace lacuna::pcapgen
