// A way with taps, as the command line asks for it.
#pragma once

#include "base/result.hpp"
#include "base/types.hpp"
#include "pcapgen/prng.hpp"

#include <string>
#include <vector>

namespace lacuna::pcapgen {

inline constexpr std::size_t kMostTaps = 8;

/// How long something takes: any time in between, at random.
struct Delay {
    TimeNs min = 0;
    TimeNs max = 0;
};

/// Taps in order; between each two a segment with loss and delay.
struct TapPlan {
    std::vector<std::string> names; ///< none: no taps
    std::vector<Chance> loss;       ///< of each segment
    std::vector<Delay> delay;       ///< of each segment
    std::vector<Chance> miss;       ///< what each tap itself does not see
    Chance reverse = 0;             ///< share of SAs that go against the order of the taps
};

/// The same as text, lists with commas; the last element stands for those that are not given.
struct RawTaps {
    std::string names, loss = "0", delay = "0ms", miss = "0", reverse = "0.5";
};

/// Errors: unusable (exit 2).
Result<TapPlan> check_taps(const RawTaps& raw);

/// OUTPUT with the name of a tap before its suffix: "t.pcap" is "t.west.pcap".
std::string tap_file(const std::string& output, const std::string& tap);
/// Where the truth about all taps stands.
std::string path_truth_file(const std::string& output);

} // namespace lacuna::pcapgen
