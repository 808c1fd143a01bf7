// All a store holds, as rows.
#pragma once

#include "fleet/ship/inserts.hpp"

namespace lacuna::fleet {

/// Adds all rows of a run, its own last: what it sums up is there by then. Beside a writer it is
/// the run as it was when the reader was opened. Errors: of the store, or of the engine.
Status add_run(const store::StoreReader& reader, const Origin& origin, const store::RunRecord& run,
               Inserts& inserts);

/// An event as a row of the table it belongs to; none where no table wants it.
Status add_event(const Origin& origin, store::RunId run, const store::NumberedEvent& event,
                 Inserts& inserts);

} // namespace lacuna::fleet
