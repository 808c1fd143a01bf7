// Numbers for people.
#pragma once

#include <cstdint>
#include <string>

namespace lacuna::report {

/// 1234567 -> "1,234,567".
std::string grouped(std::uint64_t n);

/// 1234567 -> "1.23 M"; below 10,000 as it is.
std::string short_number(double n);

/// "1 gap", "1,200 gaps".
std::string counted(std::uint64_t n, const char* what);

/// "0.250 s", "3 min 20 s", "13 h 33 min", "4 d 2 h"; cut, not rounded, from a minute on.
/// `seconds` from 0 to 10^18.
std::string duration_text(double seconds);

} // namespace lacuna::report
