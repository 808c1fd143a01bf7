// lacuna compare: two captures, runs or spans of time: what got better, what got worse.
#include "capture/windows/guard.hpp"
#include "cli/common_options.hpp"
#include "cli/interrupt.hpp"
#include "cli/names_option.hpp"
#include "cli/streams.hpp"
#include "cli/terminal.hpp"
#include "commands.hpp"
#include "compare/views.hpp"

#include <cerrno>

namespace lacuna::app {
namespace {

struct Compare {
    CommonOptions common;
    std::string a;
    std::string b;

    int run();
};

int Compare::run() {
    if (Status s = common.check(); !s) return fail(s.error());
    capture::guard_mapped_files();
    Comparison comparison;
    for (const auto& [source, side] : {std::pair(&a, &comparison.a), {&b, &comparison.b}}) {
        auto read = read_side(*source, common);
        if (!read) return fail(read.error());
        *side = std::move(*read);
    }
    comparison.pairs = match(comparison.a, comparison.b);
    finish_calls();
    errno = 0;
    const bool good = common.json  ? show_comparison_json(comparison, common.view.top)
                      : common.csv ? show_comparison_csv(comparison, common.view.top)
                                   : show_comparison_text(comparison, common.view.top);
    return written(good, "the comparison");
}

} // namespace

void register_compare(CLI::App& app, int& status) {
    auto compare = std::make_shared<Compare>();
    CLI::App* command = app.add_subcommand(
        "compare", "two captures, runs or spans of time: what got better, what got worse");
    constexpr const char* kSource = "captures with commas between them, the directory of a store "
                                    "(its latest run), DIR@RUN, or DIR@SINCE..UNTIL";
    command->add_option("A", compare->a, std::string("before: ") + kSource)->required();
    command->add_option("B", compare->b, "after: the same")->required();
    add_output_options(*command, compare->common);
    add_screen_options(*command);
    add_names_option(*command, compare->common.names_file);
    add_output_file_option(*command, compare->common.output);
    add_filter_option(*command, compare->common);
    command->add_option("--top", compare->common.top, "show only the first N SAs")
        ->type_name("N")
        ->transform(counted_out, "");
    command->callback([compare, &status] { status = compare->run(); });
}

} // namespace lacuna::app
