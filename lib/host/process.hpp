// What this process is allowed to do.
#pragma once

#include <cstdint>

namespace lacuna::host {

/// Whether capability `number` (CAP_...) is effective in this thread.
bool has_capability(int number);

/// Octets this process may lock into memory; UINT64_MAX where nothing bounds it (CAP_IPC_LOCK, or
/// no limit). Raises the soft limit to the hard one first.
std::uint64_t lockable_memory();

} // namespace lacuna::host
