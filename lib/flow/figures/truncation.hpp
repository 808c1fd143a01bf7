// An input that was cut.
#pragma once

#include <cstdint>
#include <string>

namespace lacuna::flow {

/// An input that ended inside a record.
struct Truncation {
    std::string path;
    std::uint64_t offset; ///< of the record that is cut
    std::string reason;
};

} // namespace lacuna::flow
