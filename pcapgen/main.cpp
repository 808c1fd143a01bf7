// pcapgen: a capture with known impairments, and the truth about them.
#include "pcapgen/generator.hpp"
#include "pcapgen/options/options.hpp"
#include "pcapgen/truth/summary.hpp"
#include "pcapgen/truth/truth.hpp"

#include <chrono>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <system_error>

using namespace lacuna;
using namespace lacuna::pcapgen;

namespace {

int fail(const Error& error) {
    std::fprintf(stderr, "pcapgen: %s\n", error.text().c_str());
    return error.exit_code;
}

int generate(const Options& options) {
    std::error_code ignored;
    const auto start = std::chrono::steady_clock::now();
    auto generator = Generator::create(options.traffic);
    if (!generator) return fail(generator.error());
    auto writer = PcapWriter::create(options.output, options.nanoseconds);
    if (!writer) return fail(writer.error());

    // The truth of an earlier run must not stay beside a capture that did not get finished.
    if (std::filesystem::is_regular_file(options.truth, ignored))
        std::filesystem::remove(options.truth, ignored);
    std::unique_ptr<Way> way;
    if (!options.taps.names.empty()) {
        auto made = Way::create(options.taps, options.output, options.nanoseconds,
                                options.traffic.seed, options.traffic.first_seq);
        if (!made) return fail(made.error());
        way = std::move(*made);
        std::filesystem::remove(path_truth_file(options.output), ignored);
    }
    (*generator)->run(*writer, way.get());
    if (auto status = writer->close(); !status) return fail(status.error());
    if (way != nullptr) {
        if (auto status = way->close(); !status) return fail(status.error());
        const std::string truth = path_truth_file(options.output);
        if (auto status = write_path_truth(*way, **generator, truth); !status)
            return fail(status.error());
    }
    if (auto status = write_truth(**generator, options); !status) return fail(status.error());

    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    const std::string text = summary_text(**generator, options, took.count());
    if (!options.quiet) std::fputs(text.c_str(), options.output == "-" ? stderr : stdout);
    return 0;
}

} // namespace

int main(int argc, char** argv) {
    // A reader that leaves or a limit that is met is a failed write, and said.
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN);
    auto invocation = parse_command_line({argv + 1, argv + argc});
    if (!invocation) return fail(invocation.error());
    if (!invocation->run) {
        std::fputs(invocation->text.c_str(), stdout);
        return 0;
    }
    return generate(*invocation->run);
}
