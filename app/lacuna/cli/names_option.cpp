#include "cli/names_option.hpp"

#include "cli/common_options.hpp"
#include "names/given.hpp"

namespace lacuna::app {

void add_names_option(CLI::App& command, std::string& file) {
    command
        .add_option("--names", file,
                    "names of end points, SCIs, SPIs and tunnels (TOML), shown beside the ids")
        ->type_name("FILE")
        ->check(not_empty);
}

Status read_names(const std::string& file) {
    if (file.empty()) return {};
    auto names = names::Names::load(file);
    if (!names) return names.error();
    names::give(std::move(*names));
    return {};
}

} // namespace lacuna::app
