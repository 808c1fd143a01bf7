// Shares for people.
#pragma once

#include <string>

namespace lacuna::report {

/// A share from 0 to 1 in hundredths: "0", "0.00012", "2.57", "10.6"; never 0 for what is more.
std::string percent_number(double share);
/// "2.57 %".
std::string percent_text(double share);

} // namespace lacuna::report
