// What a run says about itself, said once: report, store, REST, telemetry and metrics are views of
// it.
#pragma once

#include "flow/figures/truncation.hpp"
#include "flow/table/table_counters.hpp"
#include "flow/totals.hpp"
#include "seq/record.hpp"
#include "wire/frame_counts.hpp"

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace lacuna::flow {

/// The frames offered to a run, each counted once.
struct FrameFigures {
    std::uint64_t decoded = 0; ///< frames the decoders were given
    /// By wire::FrameClass; they sum to `decoded`.
    std::array<std::uint64_t, wire::kFrameClasses> classes = {};
    std::uint64_t dropped = 0;     ///< frames the probe itself lost before they were decoded
    std::uint64_t bytes = 0;       ///< on the wire without FCS, of the decoded frames
    std::uint64_t nesting_cut = 0; ///< secured layers deeper than kMaxSasPerFrame; once it ended
    /// Further counters shown even where none was seen.
    wire::ProtocolSet asked = 0;
    /// The frames of class `other` by name, sorted by name; once the run has ended.
    std::vector<std::pair<std::string, std::uint64_t>> other_kinds;

    std::uint64_t offered() const { return decoded + dropped; }
    std::uint64_t of(wire::FrameClass c) const { return classes[static_cast<std::size_t>(c)]; }
    /// The keys of `packets` behind `offered`: the basic classes, `dropped`, then the classes that
    /// were asked for or seen.
    std::vector<std::pair<const char*, std::uint64_t>> by_class() const;
    /// Moves frames of streams that were believed after a trial from `other` to their own class.
    void believe(const TableCounters& table);
    /// Whether every frame offered has a name; if not, lacuna has a fault.
    bool accounted() const;
};

/// What the probe itself lost, by cause; all zero in a run that kept up.
struct ProbeLoss {
    std::uint64_t rx_missed = 0;  ///< frames missed by NIC, kernel or socket
    std::uint64_t rx_nombuf = 0;  ///< frames without a packet buffer
    std::uint64_t ring_full = 0;  ///< frames dropped between stages
    std::uint64_t table_full = 0; ///< packets of SAs without room in the flow table
    std::uint64_t not_stored = 0; ///< events, samples and summaries lost before they were stored
    /// Frames lost by whoever wrote the captures, as these tell themselves; not offered to lacuna.
    std::uint64_t capture_dropped = 0;

    std::uint64_t frames() const { return rx_missed + rx_nombuf + ring_full; }
    bool operator==(const ProbeLoss&) const = default;
};

/// A port had no link: from its last packet before, or the beginning, to its first after.
struct Outage {
    TimeNs from;
    TimeNs to;
};

/// A port of a live run.
struct PortFigures {
    std::string name;
    std::string driver;
    std::uint64_t received = 0;
    std::uint64_t missed = 0;           ///< lost by NIC, kernel or socket
    std::uint64_t nombuf = 0;           ///< lost for want of a packet buffer
    bool link = true;                   ///< up
    TimeNs link_since = 0;              ///< packet time; 0: since the run began, or it is down
    std::uint64_t odd_times = 0;        ///< stamps of the NIC that were not believed
    std::uint64_t outages = 0;          ///< times it had no link, and packets came again
    std::vector<Outage> latest_outages; ///< kOutages of them at most, the latest last
    std::vector<std::string> granted;   ///< what hardware and driver gave of what was asked for
    /// What the XDP program did with the frames that came, by verdict; empty: there is none.
    std::vector<std::pair<std::string, std::uint64_t>> steering;
};

/// Outages of a port remembered one by one.
inline constexpr std::size_t kOutages = 64;

struct Timing {
    double wall_s = 0;    ///< the whole process, up to the report
    double process_s = 0; ///< from opening the source to the last verdict
};

/// Gathered by flow::gather() while the run lives and at its end. What only grows in a row only
/// grows from one gathering to the next; totals.lost, .lost_blind, .gaps and .max_gap may fall.
/// Plain values: copies are independent.
struct RunFigures {
    TimeNs taken = 0; ///< wall clock; 0: read from a store, or not gathered yet
    FrameFigures frames;
    Totals totals; ///< of the encrypted links
    /// Of each further counter, in the order of wire::kCounterList.
    std::array<Totals, wire::kCounters> counters = {};
    seq::LossParts final; ///< what of totals.lost is final, and what came although it was
    TimeNs earliest = 0;  ///< packet time of the first packet of an SA; 0: none yet
    TimeNs latest = 0;    ///< latest packet time; 0: none yet
    ProbeLoss probe;
    /// Packets whose stamps no clock could believe; their times are those of their port's clock.
    std::uint64_t odd_times = 0;
    bool causes_known = false; ///< false: of `probe` only not_stored is known

    TableCounters table;
    std::uint64_t lossy_rows = 0;  ///< SAs held that miss numbers
    std::uint64_t silent_rows = 0; ///< SAs held that fell silent
    /// Pairs of end points with an SA held at the end, of the encrypted links; empty: not counted.
    std::optional<std::uint64_t> tunnels;
    std::uint64_t exhausting = 0;         ///< SAs held that near the end of their numbers
    std::optional<double> exhausted_in_s; ///< until the first of them does
    std::vector<SaSummary> worst;         ///< SAs with most lost, in that order; bounded
    /// What MKA and IKE said in clear; once the run has ended, empty where nothing was seen.
    std::shared_ptr<const wire::KeyAgreement> mka;
    std::shared_ptr<const wire::Negotiations> ike;

    std::vector<PortFigures> ports;    ///< of a live run
    std::vector<Truncation> truncated; ///< inputs that were cut
    std::vector<std::string> notes;    ///< what lacuna cannot know of this run, one line each
    Timing timing;                     ///< once the run has ended

    /// The further counters that were asked for or seen.
    std::vector<Protocol> counters_shown() const;
    /// Whether `earliest` and `latest` tell of a packet.
    bool timed() const { return totals.flows != 0; }
    /// What the probe lost, `lost.table_full` apart: the table tells that itself.
    void set_lost(ProbeLoss lost);
    /// The run has ended: `counts` is the sum over its decoders, and nothing late can come.
    void end(const wire::FrameCounts& counts);
};

} // namespace lacuna::flow
