// Which SAs of a run have a fault.
#pragma once

#include "report/report.hpp"

namespace lacuna::report {

/// Whether anything went wrong with an SA: a number lost, late, repeated, too old, far ahead,
/// begun again, or near the end of all numbers.
bool has_fault(const flow::SaSummary& s, const ViewOptions& options);

/// The rows of a run, told apart by whether they have a fault.
struct Faults {
    std::vector<flow::HeldRow> worst; ///< the first of those that have one, in the order of rows
    std::uint64_t faulty = 0;         ///< all that have one
    std::uint64_t lossy =
        0; ///< encrypted links with numbers lost on the way (flow::lost_on_the_way)
    std::uint64_t links = 0; ///< encrypted links among all rows
    std::uint64_t clean = 0; ///< rows without a fault, and what they received
    std::uint64_t clean_received = 0;
};
Faults faults_of(const flow::HeldRows& rows, std::size_t limit, const ViewOptions& options);

} // namespace lacuna::report
