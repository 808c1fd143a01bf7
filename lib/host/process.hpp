// What this process is allowed to do.
#pragma once

#include "config/run_config.hpp"

#include <cstdint>
#include <string>

namespace lacuna::host {

/// Limits and privileges of a process.
struct Process {
    bool root = false;
    std::uint64_t capabilities = 0; ///< effective ones, a bit for each CAP_...
    std::uint64_t memlock = 0;      ///< octets it may lock, CAP_IPC_LOCK aside; UINT64_MAX: any

    bool has(int capability) const { return (capabilities >> capability & 1) != 0; }
};

/// This one. Raises the soft limit of locked memory to the hard one first.
Process this_process();

/// What of the capabilities an interface is listened to with `process` lacks, but for that to lock
/// memory, which a limit can replace: "cap_bpf,cap_perfmon"; empty: nothing.
std::string lacking(const Process& process, config::Driver driver);
/// The command that gives all of them to this program: those it has would go otherwise.
std::string grant_command(config::Driver driver);

/// Octets this process may lock into memory; UINT64_MAX where nothing bounds it (CAP_IPC_LOCK, or
/// no limit). Raises the soft limit to the hard one first.
std::uint64_t lockable_memory();

} // namespace lacuna::host
