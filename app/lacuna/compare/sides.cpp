#include "compare/sides.hpp"

#include "analyze/team.hpp"
#include "base/split.hpp"
#include "capture/stream.hpp"
#include "cli/interrupt.hpp"
#include "flow/figures/held_rows.hpp"
#include "query/stored.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>

namespace lacuna::app {
namespace {

void add_row(Side& side, const flow::SaSummary& row, const CommonOptions& common) {
    if (!common.selected.matches(row)) return;
    side.rows.push_back(row);
    if (wire::is_link(row.id.key.protocol)) side.totals.add(row);
    const bool first = side.earliest == 0 && side.latest == 0;
    side.earliest = first ? row.first_time : std::min(side.earliest, row.first_time);
    side.latest = first ? row.last_time : std::max(side.latest, row.last_time);
}

Status read_captures(Side& side, const CommonOptions& common) {
    auto stream = capture::arrange(split(side.source, ','), capture::Order::first_packets,
                                   capture::Survey::losses);
    if (!stream) return stream.error();
    std::vector<analyze::Readers> readers(1);
    for (const capture::StreamFile& file : stream->files) {
        auto reader = file.open(capture::Access::stream, readers.front().size());
        if (!reader) return reader.error();
        readers.front().push_back(std::move(*reader));
    }
    flow::FlowBudget budget(common.tracker.max_flows);
    auto team = analyze::Team::create({common.tracker, common.decoding}, budget, readers, {});
    if (!team) return team.error();
    const std::atomic<bool>& interrupted = watch_interrupts();
    (*team)->run([&interrupted](std::uint64_t, std::uint64_t) { return !interrupted.load(); });
    if (interrupted) return Error{"interrupted", side.source, "", 1};
    const flow::HeldRows rows((*team)->shards());
    flow::SaSummary row;
    rows.each([&](flow::HeldRow ref) {
        rows.read(ref, row);
        add_row(side, row, common);
    });
    return {};
}

/// What stands behind the store's folder: a run, or a span of time.
Status parse_choice(const std::string& text, Question& question) {
    const std::size_t dots = text.find("..");
    if (dots != std::string::npos) {
        question.since = text.substr(0, dots);
        question.until = text.substr(dots + 2);
        return {};
    }
    long long run = 0;
    const char* const end = text.data() + text.size();
    const auto [at, error] = std::from_chars(text.data(), end, run);
    if (error != std::errc{} || at != end)
        return Error{"neither a run nor a time", "@" + text,
                     "like DIR@3, or DIR@12:00..13:00 (either may be left out)", 2};
    question.run = run;
    return {};
}

Status read_stored(Side& side, const std::string& folder, const std::string& choice,
                   const CommonOptions& common) {
    Question question;
    question.db = folder;
    question.selected = &common.selected;
    if (!choice.empty())
        if (Status s = parse_choice(choice, question); !s) return s;
    const auto stored = Stored::open(question);
    if (!stored) return stored.error();
    Spanned spanned;
    const auto rows = stored->rows(spanned, false);
    if (!rows) return rows.error();
    for (std::size_t i = 0; i < rows->size(); ++i)
        add_row(side, rows->at(i), common);
    return {};
}

} // namespace

Result<Side> read_side(const std::string& source, const CommonOptions& common) {
    Side side;
    side.source = source;
    std::error_code unknown;
    const std::size_t at = source.rfind('@');
    const std::string folder = source.substr(0, at);
    Status s;
    if (std::filesystem::is_directory(source, unknown))
        s = read_stored(side, source, "", common);
    else if (at != std::string::npos && std::filesystem::is_directory(folder, unknown))
        s = read_stored(side, folder, source.substr(at + 1), common);
    else
        s = read_captures(side, common);
    if (!s) return s.error();
    return side;
}

} // namespace lacuna::app
