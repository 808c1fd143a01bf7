// Why a PCI device cannot be had, in words that name what to do.
#pragma once

#include "base/result.hpp"
#include "host/machine.hpp"

#include <string>

namespace lacuna::port {

/// What opening the file of a device's vfio group says. `code`: errno, 0: it opened; `holder`: who
/// has it open, empty: unknown. Errors (exit 1): no permission, or another process has it.
Status judge_group(const std::string& address, const std::string& file, int code,
                   const std::string& holder);

/// Opens the file of the device's vfio group, and closes it again. Before EAL, which opens it
/// itself. Errors as above.
Status check_group(const host::PciDevice& device);

/// "lacuna-full (process 4711)": who else has `file` open, as far as this process may see; empty:
/// nobody it sees.
std::string holder_of(const std::string& file);

/// Why EAL found no driver for a device that is bound as it should be. `complaint`: the first thing
/// DPDK complained of, may be empty.
Error no_driver(const std::string& port, const std::string& complaint, bool hugepages);

} // namespace lacuna::port
