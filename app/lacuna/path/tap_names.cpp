#include "path/tap_names.hpp"

#include "path/taps/tap.hpp"

#include <fmt/format.h>
#include <map>
#include <sys/stat.h>

namespace lacuna::app {
namespace {

/// A name holds the commas of its source, if there is a file of that name.
std::vector<std::string> split(const std::string& source) {
    struct stat st {};
    if (::stat(source.c_str(), &st) == 0) return {source};
    std::vector<std::string> paths;
    for (std::size_t begin = 0;;) {
        const std::size_t comma = source.find(',', begin);
        paths.push_back(source.substr(begin, comma - begin));
        if (comma == std::string::npos) return paths;
        begin = comma + 1;
    }
}

Result<NamedTap> parse(const std::string& argument) {
    const std::size_t equals = argument.find('=');
    if (equals == std::string::npos || equals == 0 || equals + 1 == argument.size())
        return Error{"a tap is NAME=SOURCE", argument.empty() ? "''" : argument,
                     "as in west=west.pcap", 2};
    NamedTap tap;
    tap.name = argument.substr(0, equals);
    tap.source = argument.substr(equals + 1);
    for (const char c : tap.name)
        if (static_cast<unsigned char>(c) < ' ' || c == 127 || c == '"' || c == '\\' || c == ',')
            return Error{"the name of a tap holds a character that is none of a name", argument,
                         "letters, digits, - and _ are", 2};
    tap.paths = split(tap.source);
    return tap;
}

} // namespace

Result<std::vector<NamedTap>> parse_taps(const std::vector<std::string>& arguments) {
    if (arguments.size() < 2 || arguments.size() > path::kMostTaps)
        return Error{
            fmt::format("a path has two to {} taps, not {}", path::kMostTaps, arguments.size()), "",
            "name them NAME=SOURCE, in order along the way", 2};
    std::vector<NamedTap> taps;
    std::map<std::string, bool> names;
    std::map<std::pair<dev_t, ino_t>, std::string> files; ///< and the tap each belongs to
    for (const std::string& argument : arguments) {
        auto tap = parse(argument);
        if (!tap) return tap.error();
        if (!names.emplace(tap->name, true).second)
            return Error{"two taps have the same name", tap->name, "each needs its own", 2};
        for (const std::string& path : tap->paths) {
            struct stat st {};
            const bool known = path == "-" ? ::fstat(0, &st) == 0 : ::stat(path.c_str(), &st) == 0;
            tap->twice = tap->twice && known && S_ISREG(st.st_mode) && path != "-";
            if (known && S_ISDIR(st.st_mode)) {
                if (tap->paths.size() > 1)
                    return Error{"a store and other sources for one tap", argument,
                                 "a tap is one store, or captures", 2};
                tap->store = true;
            }
            if (!known) continue; // what is wrong shows when it is opened
            const auto [other, added] = files.emplace(std::pair{st.st_dev, st.st_ino}, tap->name);
            if (!added)
                return Error{
                    other->second == tap->name
                        ? "given twice for " + tap->name
                        : fmt::format("the same source for {} and {}", other->second, tap->name),
                    path, "taps are compared, not a capture with itself", 2};
        }
        taps.push_back(std::move(*tap));
    }
    return taps;
}

} // namespace lacuna::app
