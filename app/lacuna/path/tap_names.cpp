#include "path/tap_names.hpp"

#include "base/split.hpp"
#include "path/taps/tap.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <sys/stat.h>

namespace lacuna::app {
namespace {

/// A name holds the commas of its source, if there is a file of that name.
std::vector<std::string> files_of(const std::string& source) {
    struct stat st {};
    if (::stat(source.c_str(), &st) == 0) return {source};
    return split(source, ',');
}

/// A way: its name and its source.
struct Way {
    std::string name;
    std::string source;
};

/// NAME=SOURCE, NAME=SOURCE|NAME=SOURCE or NAME|NAME=SOURCE|SOURCE. None: nothing of the kind.
std::vector<Way> parse_ways(const std::string& argument) {
    const auto parse = [](const std::string& text) {
        const std::size_t equals = text.find('=');
        return equals == std::string::npos ? Way{}
                                           : Way{text.substr(0, equals), text.substr(equals + 1)};
    };
    const auto good = [](const Way& w) { return !w.name.empty() && !w.source.empty(); };
    std::vector<Way> ways;
    for (const std::string& part : split(argument, '|'))
        ways.push_back(parse(part));
    if (std::all_of(ways.begin(), ways.end(), good)) return ways;
    const Way whole = parse(argument);
    if (!good(whole)) return {};
    const std::vector<std::string> names = split(whole.name, '|');
    const std::vector<std::string> sources = split(whole.source, '|');
    if (names.size() == 1) return {whole}; // a file may have such a name
    if (names.size() != sources.size()) return {};
    ways.clear();
    for (std::size_t i = 0; i < names.size(); ++i)
        ways.push_back({names[i], sources[i]});
    return std::all_of(ways.begin(), ways.end(), good) ? ways : std::vector<Way>{};
}

Result<NamedTap> parse(const std::string& argument) {
    const std::vector<Way> ways = parse_ways(argument);
    if (ways.empty())
        return Error{"a tap is NAME=SOURCE", argument.empty() ? "''" : argument,
                     "as in west=west.pcap; parallel ways as in a=a.pcap|b=b.pcap", 2};
    NamedTap tap;
    for (const Way& way : ways) {
        tap.name += (tap.name.empty() ? "" : "|") + way.name;
        tap.source += (tap.source.empty() ? "" : "|") + way.source;
        tap.ways.push_back(files_of(way.source));
    }
    for (const char c : tap.name)
        if (static_cast<unsigned char>(c) < ' ' || c == 127 || c == '"' || c == '\\' || c == ',')
            return Error{"the name of a tap holds a character that is none of a name", argument,
                         "letters, digits, - and _ are", 2};
    return tap;
}

/// Files and stores, and the tap each belongs to.
using Files = std::map<std::pair<dev_t, ino_t>, std::string>;

/// What a path is. `beside`: the tap has others.
Status look_at(const std::string& path, bool beside, const std::string& argument, NamedTap& tap,
               Files& files) {
    struct stat st {};
    const bool known = path == "-" ? ::fstat(0, &st) == 0 : ::stat(path.c_str(), &st) == 0;
    tap.twice = tap.twice && known && S_ISREG(st.st_mode) && path != "-";
    if (!known) return {}; // what is wrong shows when it is opened
    if (S_ISDIR(st.st_mode)) {
        if (beside)
            return Error{"a store and other sources for one tap", argument,
                         "a tap is one store, or captures", 2};
        tap.store = true;
    }
    const auto [other, added] = files.emplace(std::pair{st.st_dev, st.st_ino}, tap.name);
    if (added) return {};
    return Error{other->second == tap.name
                     ? "given twice for " + tap.name
                     : fmt::format("the same source for {} and {}", other->second, tap.name),
                 path, "taps are compared, not a capture with itself", 2};
}

} // namespace

Result<std::vector<NamedTap>> parse_taps(const std::vector<std::string>& arguments) {
    if (arguments.size() < 2 || arguments.size() > path::kMostTaps)
        return Error{
            fmt::format("a path has two to {} taps, not {}", path::kMostTaps, arguments.size()), "",
            "name them NAME=SOURCE, in order along the way", 2};
    std::vector<NamedTap> taps;
    std::map<std::string, bool> names;
    Files files;
    for (const std::string& argument : arguments) {
        auto tap = parse(argument);
        if (!tap) return tap.error();
        for (const std::string& name : split(tap->name, '|'))
            if (!names.emplace(name, true).second)
                return Error{"two taps have the same name", name, "each needs its own", 2};
        for (const std::vector<std::string>& way : tap->ways)
            for (const std::string& path : way)
                if (Status s =
                        look_at(path, way.size() * tap->ways.size() > 1, argument, *tap, files);
                    !s)
                    return s.error();
        taps.push_back(std::move(*tap));
    }
    return taps;
}

} // namespace lacuna::app
