// Random traffic through the tracker and the naive model: they must agree on every figure.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace sequence_body {

/// One packet: of SA 0-2 (ANs of one MACsec channel) or 3 (ESP).
struct Step {
    unsigned sa;
    std::uint32_t wire;
    std::int64_t time;
};

struct Case {
    std::uint32_t window;
    std::vector<Step> steps;
};

/// Any bytes make a case: loss, bursts, late packets within and beyond the memory, duplicates,
/// wraps, restarts, replayed beginnings, forged numbers, confirmed jumps, rekeys.
Case make_case(std::span<const std::uint8_t> bytes);

/// What differs between tracker and model; empty if nothing. `burst_seed` varies the bursts.
std::string compare(const Case& c, std::uint32_t burst_seed);

/// The shortest case found that still differs, as a numbered list.
std::string shrink(Case c, std::uint32_t burst_seed);

} // namespace sequence_body
