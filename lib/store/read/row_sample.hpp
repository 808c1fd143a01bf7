// What a row's series begins with; inside lib/store only.
#pragma once

#include "store/read/reader_impl.hpp"

namespace lacuna::store {

/// Records looked at to find the sample of a row before another one. There is more than one row
/// between them only where an SA was held by several workers at a time.
inline constexpr int kMaxBack = 10'000;

} // namespace lacuna::store
