// Everything a finished run can say about itself, gathered once and shown by table, JSON or CSV.
#pragma once

#include "flow/event.hpp"
#include "flow/tracker.hpp"
#include "wire/frame_counts.hpp"

#include <memory>
#include <string>
#include <vector>

namespace lacuna::report {

/// An input that ended inside a record.
struct Truncation {
    std::string path;
    std::uint64_t offset; ///< of the record that is cut
    std::string reason;
};

/// What the probe itself lost; all zero in a run that kept up.
struct Probe {
    std::uint64_t rx_missed = 0;   ///< dropped by the NIC or the kernel before lacuna saw them
    std::uint64_t rx_nombuf = 0;   ///< no packet buffer
    std::uint64_t ring_full = 0;   ///< frames dropped between stages
    std::uint64_t table_full = 0;  ///< observations of SAs that found no room in the flow table
    std::uint64_t events_lost = 0; ///< events that could not be stored
};

/// A port of a live run.
struct PortFigures {
    std::string name;
    std::string driver;
    std::uint64_t received = 0;
    std::uint64_t missed = 0;         ///< lost by NIC, kernel or socket
    std::uint64_t nombuf = 0;         ///< lost for want of a packet buffer
    bool link = true;                 ///< up
    std::vector<std::string> granted; ///< what hardware and driver gave of what was asked for
    /// What the XDP program did with the frames that came, by verdict; empty: there is none.
    std::vector<std::pair<std::string, std::uint64_t>> steering;
};

struct Timing {
    double wall_s = 0;    ///< the whole process, up to the report
    double process_s = 0; ///< from opening the source to the last verdict
};

/// How the views shall look; from the command line.
struct ViewOptions {
    std::size_t top = 0;       ///< 0: all rows in JSON and CSV, the 10 worst in the table
    bool gaps = false;         ///< list gap runs
    std::size_t gap_limit = 0; ///< 0: all
    bool esn = false;          ///< IPsec numbers are 64 bit (RFC 4303 2.2.1)
    bool xpn = false;          ///< MACsec packet numbers are 64 bit (IEEE 802.1AEbw)
};

/// Filled by `analyze`, `replay` and `run` alike. Owns nothing but small things; the trackers must
/// outlive it and their threads have stopped.
struct Report {
    std::vector<std::string> input;
    std::vector<Truncation> truncated;
    std::unique_ptr<wire::FrameCounts> frames; ///< summed over all decoders; never null
    std::uint64_t dropped = 0;                 ///< frames the probe itself lost
    flow::Totals totals;                       ///< rekeys included
    Timing timing;
    Probe probe;
    std::vector<PortFigures> ports;           ///< of a live run
    std::vector<const flow::Tracker*> shards; ///< rows are read from these
    std::vector<flow::Event> events; ///< gathered only where gaps or rekeys are to be listed
    bool events_cut = false;         ///< the bound on `events` was reached
    std::string layout;              ///< of the pipeline, as --layout takes it; empty: none
    std::string layout_reason;       ///< why `auto` chose it; empty where the user did
    std::vector<std::string> notes;  ///< what lacuna cannot know of this source, one line each
};

} // namespace lacuna::report
