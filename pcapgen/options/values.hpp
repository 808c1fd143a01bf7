// Values of options, read without floating point so that they mean the same on every machine.
#pragma once

#include "base/result.hpp"
#include "pcapgen/truth/traffic.hpp"

#include <string>

namespace lacuna::pcapgen {

/// What 1 is in billionths.
inline constexpr std::uint64_t kBillion = 1'000'000'000;

/// Nine decimals of a non-negative number: "0.05" is 50,000,000. Also "5e-2" and "5%".
/// Errors name `option`.
Result<std::uint64_t> parse_billionths(const std::string& text, const std::string& option);
/// A number 0 - 1 as a chance.
Result<Chance> parse_chance(const std::string& text, const std::string& option);
/// "N" or "MIN-MAX", each within `allowed`.
Result<Range> parse_range(const std::string& text, const std::string& option, Range allowed);
/// "N", "MIN-MAX" or "imix".
Result<Sizes> parse_sizes(const std::string& text);
/// A whole number within [min, max], with k, M or G that many thousands.
Result<std::uint64_t> parse_whole(const std::string& text, const std::string& option,
                                  std::uint64_t min, std::uint64_t max);
/// "N,N,...", each at most `max`, at most 16 of them.
Result<std::vector<std::uint32_t>> parse_list(const std::string& text, const std::string& option,
                                              std::uint32_t max);

} // namespace lacuna::pcapgen
