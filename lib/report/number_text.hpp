// Numbers for people.
#pragma once

#include <cstdint>
#include <string>

namespace lacuna::report {

/// 1234567 -> "1,234,567".
std::string grouped(std::uint64_t n);

/// 1234567 -> "1.23 M"; below 10,000 as it is.
std::string short_number(double n);

} // namespace lacuna::report
