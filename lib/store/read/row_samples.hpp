// Samples of one row; inside lib/store only.
#pragma once

#include "store/read/reader_impl.hpp"
#include "store/read/rows.hpp"

namespace lacuna::store {

/// The last sample of a row of an SA that begins before a time.
Result<std::optional<flow::Sample>> sample_before(const ReaderImpl& store, RunId run, Level level,
                                                  const wire::SaIdentity& id, TimeNs row,
                                                  TimeNs time);

} // namespace lacuna::store
