// The first line of a report for people: what is wrong, in one sentence.
#pragma once

#include "report/faults.hpp"
#include "report/text/screen.hpp"

namespace lacuna::report {

struct Verdict {
    std::string text; ///< a sentence, not wrapped
    Tone tone;        ///< good, warning or bad
};

/// `faults`: of the rows of that report.
Verdict verdict(const Report& report, const Faults& faults);

} // namespace lacuna::report
