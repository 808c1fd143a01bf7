// A finished run, as table, JSON and CSV show it.
#pragma once

#include "flow/event.hpp"
#include "flow/fields/field.hpp"
#include "flow/figures/held_rows.hpp"
#include "flow/figures/run_figures.hpp"

#include <memory>
#include <span>
#include <string>
#include <vector>

namespace lacuna::analyze {
struct Causes;
}

namespace lacuna::report {

/// How the views shall look; from the command line.
struct ViewOptions {
    std::size_t top = 0;               ///< 0: all rows in JSON and CSV, the first 10 in the table
    const flow::Field* sort = nullptr; ///< rows with most of it first; null: the worst first
    bool gaps = false;                 ///< list gap runs
    std::size_t gap_limit = 0;         ///< 0: all
    bool late = false;                 ///< list late packets, too old ones and duplicates
    std::size_t late_limit = 0;        ///< 0: all that were kept
    bool tunnels = false;              ///< list tunnels as well
    bool esn = false;                  ///< IPsec numbers are 64 bit (RFC 4303 2.2.1)
    /// EventKind::moved, by identity, row and time; owned by whoever writes the view.
    std::span<const flow::Event> moves = {};
    bool xpn = false; ///< MACsec packet numbers are 64 bit (IEEE 802.1AEbw)
};

/// Filled by `analyze`, `replay` and `run` alike. What `rows` reads outlives it.
struct Report {
    std::vector<std::string> input;
    flow::RunFigures figures;
    flow::HeldRows rows;
    std::vector<flow::Event> events;               ///< gathered only where gaps are to be listed
    bool events_cut = false;                       ///< the bound on `events` was reached
    std::shared_ptr<const analyze::Causes> causes; ///< null: nobody asked
    std::string selection;     ///< the filter `rows` and totals were narrowed by; empty: none
    std::string layout;        ///< of the pipeline, as --layout takes it; empty: none
    std::string layout_reason; ///< why `auto` chose it; empty where the user did

    /// Says of the rows which are silent now that the input has ended, if anybody can know.
    void judge_silence(const flow::Quiet& end, TimeNs after) {
        if (!end.known()) return;
        figures.silent_rows = rows.judge_silence(end, after, figures.mka.get());
    }
};

} // namespace lacuna::report
