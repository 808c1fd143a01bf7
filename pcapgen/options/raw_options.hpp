// Options as text, between the command line and their check.
#pragma once

#include "pcapgen/options/options.hpp"

#include <map>

namespace lacuna::pcapgen {

/// Empty text: not given.
struct RawOptions {
    std::string packets, flows, protocol = "mixed", seed = "1", output, truth, scenario;
    std::map<std::string, std::string> ratios; ///< by family
    std::string size = "64-1500", vlan = "none", vlan_ratio = "1";
    std::string ipv6_ratio, natt_ratio, ah_ratio, implicit_sci_ratio = "0.05";
    std::string pps = "1000000", first_seq = "1", popularity = "uniform", window = "1024";
    std::string gap_rate = "0", gap_size = "2-20";
    std::string reorder_rate = "0", reorder_extent = "1-8";
    std::string duplicate_rate = "0", duplicate_distance = "0-3";
    std::string outlier_rate = "0";
    std::string burst_enter = "0", burst_leave = "0.1", burst_loss = "1";
    std::string skew;
    std::string replay_rate = "0", replay_length = "50-200", replay_back = "300-3000";
    std::string restart_rate = "0", restart_at = "1";
    std::string rekey_every = "0", rekey_stragglers = "0-4";
    std::string flood_ratio = "0";
    RawTaps taps;
    std::string inside, counters;
    bool no_truth_flows = false, nanoseconds = false, verbose = false, quiet = false;
};

/// Turns text into what it means. Errors: unusable or contradictory (exit 2).
Result<Options> check_options(const RawOptions& raw);

} // namespace lacuna::pcapgen
