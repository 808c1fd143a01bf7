#include "pcapgen/truth/summary.hpp"

#include <fmt/format.h>

namespace lacuna::pcapgen {
namespace {

std::string kinds_text(const Generator& generator) {
    std::string out;
    for (std::size_t k = 0; k < generator.counts().size(); ++k) {
        const KindCount& c = generator.counts()[k];
        if (c.frames == 0) continue;
        out += fmt::format("    {:<20} {:>12} frames {:>14} octets", generator.kind(k).name,
                           c.frames, c.bytes);
        if (c.raised != 0) out += fmt::format(", {} larger than asked", c.raised);
        out += '\n';
    }
    return out;
}

} // namespace

std::string summary_text(const Generator& generator, const Options& options, double seconds) {
    const TruthFrames f = truth_frames(generator);
    const TruthTotals t = truth_totals(generator);
    std::string out = fmt::format("wrote {} frames, {} octets: macsec {}, esp {}, ah {}, other {}",
                                  f.offered, f.bytes, f.cls[0], f.cls[1], f.cls[2], f.cls[3]);
    for (std::size_t c = static_cast<std::size_t>(Class::other) + 1; c < kClasses; ++c)
        if (f.cls[c] != 0)
            out += fmt::format(", {} {}", class_name(static_cast<Class>(c)), f.cls[c]);
    out += '\n';
    if (options.verbose) out += kinds_text(generator);
    if (f.raised != 0)
        out += fmt::format("  {} frames are larger than asked: their protocol cannot be smaller\n",
                           f.raised);
    out += fmt::format("  {} SAs: lost {} in {} gaps (longest {}), late {} (by at most {}), "
                       "duplicates {}\n",
                       t.flows, t.lost, t.gaps, t.max_gap, t.late, t.max_late_extent, t.duplicates);
    if (t.too_old + t.outliers + t.restarts + t.rekeys != 0 || options.verbose)
        out += fmt::format("  too old {}, outliers {}, restarts {}, rekeys {}\n", t.too_old,
                           t.outliers, t.restarts, t.rekeys);
    if (options.verbose)
        out +=
            fmt::format("  seed {}, {:.3f} s, {:.2f} M frames/s\n", options.traffic.seed, seconds,
                        seconds > 0 ? static_cast<double>(f.offered) / seconds / 1e6 : 0.0);
    out += fmt::format("  capture {}\n  truth   {}\n",
                       options.output == "-" ? "standard output" : options.output, options.truth);
    for (const std::string& tap : options.taps.names)
        out += fmt::format("  tap     {}\n", tap_file(options.output, tap));
    if (!options.taps.names.empty())
        out += fmt::format("  truth   {}\n", path_truth_file(options.output));
    return out;
}

} // namespace lacuna::pcapgen
