#include "flow/figures/gather.hpp"

#include "base/wall_clock.hpp"

#include <algorithm>

namespace lacuna::flow {
namespace {

using Clock = std::chrono::steady_clock;

void add(RunFigures& sum, const TableSums::Exhausting& e) {
    sum.exhausting += e.rows;
    if (e.first_s != TableSums::kNever)
        sum.exhausted_in_s = std::min(sum.exhausted_in_s.value_or(e.first_s), e.first_s);
}

void add(RunFigures& sum, const TableSums& t, const GatherOptions& options) {
    if (!options.xpn) add(sum, t.macsec);
    if (!options.esn) add(sum, t.ipsec);
    sum.totals += t.sums.links;
    for (std::size_t i = 0; i < wire::kCounters; ++i)
        sum.counters[i] += t.sums.counters[i];
    sum.final += t.final;
    sum.lossy_rows += t.lossy_rows;
    sum.silent_rows += t.silent_rows;
    if (t.table.created != 0) {
        const bool first = sum.table.created == 0;
        sum.earliest = first ? t.earliest : std::min(sum.earliest, t.earliest);
        sum.latest = first ? t.latest : std::max(sum.latest, t.latest);
    }
    sum.table += t.table;
}

void keep_worst(std::vector<SaSummary>& rows, std::size_t most) {
    std::erase_if(rows, [](const SaSummary& s) { return s.lost == 0; });
    std::stable_sort(rows.begin(), rows.end(),
                     [](const auto& a, const auto& b) { return a.lost > b.lost; });
    if (rows.size() > most) rows.resize(most);
}

void add(FrameFigures& sum, const LcoreCounters& lcore) {
    for (std::size_t i = 0; i < sum.classes.size(); ++i) {
        const std::uint64_t n = lcore.classes[i].get();
        sum.classes[i] += n;
        sum.decoded += n;
    }
    sum.bytes += lcore.bytes.get();
}

} // namespace

Result<RunFigures> gather(const Workers& workers, const GatherOptions& options) {
    const auto until = Clock::now() + options.timeout;
    RunFigures figures;
    for (RequestSlot* slot : workers.request_slots) {
        const auto left =
            std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now());
        Request question;
        question.quiet = options.quiet;
        const auto reply = slot->ask(question, std::max(left, std::chrono::milliseconds(1)));
        if (!reply) return reply.error();
        add(figures, reply->table_sums, options);
        figures.worst.insert(figures.worst.end(), reply->rows.begin(), reply->rows.end());
    }
    // Frames after what came of them: every observation summed is of a frame that is counted.
    for (const LcoreCounters* lcore : workers.lcores)
        add(figures.frames, *lcore);
    figures.frames.believe(figures.table);
    keep_worst(figures.worst, std::min(options.worst, kWorstRows));
    figures.set_lost({});
    figures.taken = wall_clock();
    return figures;
}

} // namespace lacuna::flow
