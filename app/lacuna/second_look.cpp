#include "second_look.hpp"

#include "analyze/causes.hpp"
#include "analyze/gap_frames.hpp"
#include "cli/interrupt.hpp"
#include "report/rows.hpp"
#include "seq/judge.hpp"
#include "wire/text/sa_text.hpp"

#include <filesystem>
#include <fmt/format.h>

namespace lacuna::app {
namespace {

/// Gaps whose frames are written unless a number is given.
constexpr std::size_t kExtracted = 10;

} // namespace

void add_second_look_options(CLI::App& command, CommonOptions& common) {
    command
        .add_option("--extract", common.extract,
                    "write the frames around the first gaps (ten, or as many as --gaps says) as "
                    "pcapng into this folder")
        ->type_name("DIR")
        ->check(not_empty);
    command.add_flag("--causes", common.causes,
                     "tell late packets by priority (DSCP, PCP) and size of their frames");
}

bool wants_second_look(const CommonOptions& common) {
    return !common.extract.empty() || common.causes;
}

Status prepare_second_look(const CommonOptions& common, const analyze::Readers& readers) {
    if (!wants_second_look(common)) return {};
    for (const auto& reader : readers)
        if (reader->info().size == 0)
            return Error{"--extract and --causes read a capture twice", reader->info().path,
                         "write it to a file first", 2};
    if (common.extract.empty()) return {};
    std::error_code error;
    std::filesystem::create_directories(common.extract, error);
    return error ? Status(Error{error.message(), common.extract, "", 2}) : Status();
}

Status look_again(report::Report& report, const CommonOptions& common, analyze::Readers& readers) {
    std::optional<analyze::GapFrames> around;
    if (!common.extract.empty()) {
        const std::size_t most = common.view.gap_limit != 0 ? common.view.gap_limit : kExtracted;
        std::vector<flow::Gap> gaps = report::ordered_gaps(report, most);
        std::vector<std::string> ids;
        for (const flow::Gap& gap : gaps)
            ids.push_back(wire::sa_text(gap.id));
        around.emplace(std::move(gaps), std::move(ids), common.extract);
    }
    std::optional<analyze::CauseCounter> counter;
    std::vector<flow::Event> late =
        common.causes ? report.rows.late(0) : std::vector<flow::Event>();
    const bool cut = late.size() < report.rows.late_count() && !common.selected.selects();
    if (common.causes) {
        std::erase_if(late, [](const flow::Event& e) {
            return e.aux != static_cast<std::uint8_t>(seq::Verdict::late);
        });
        std::vector<wire::SaIdentity> only;
        if (common.selected.selects())
            report.rows.each([&](flow::HeldRow ref) { only.push_back(report.rows.identity(ref)); });
        counter.emplace(late, only);
    }
    // Gaps and late packets are told by the clock of their file: so are the frames.
    for (const auto& reader : readers)
        reader->set_clock_tolerance(common.tracker.clock_tolerance);
    const std::atomic<bool>& interrupted = watch_interrupts();
    analyze::look_again(readers, common.decoding,
                        [&](const wire::Frame& frame, std::span<const wire::Observation> tracked) {
                            if (counter) counter->look(frame, tracked);
                            const bool more = around && around->look(frame, tracked);
                            return (counter || more)
                                   && !interrupted.load(std::memory_order_relaxed);
                        });
    if (counter) {
        analyze::Causes causes = counter->causes();
        causes.cut = cut;
        report.causes = std::make_shared<const analyze::Causes>(std::move(causes));
    }
    if (!around) return {};
    const auto files = around->finish();
    if (!files) return files.error();
    report.figures.notes.push_back(fmt::format("the frames around {} {} are in {}", *files,
                                               *files == 1 ? "gap" : "gaps", common.extract));
    return {};
}

} // namespace lacuna::app
