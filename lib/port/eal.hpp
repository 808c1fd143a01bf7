// Life cycle of DPDK's environment (EAL), with defaults for a machine nobody has prepared.
#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace lacuna::port {

/// How much memory a replay needs from EAL at most; below this many free hugepages it does without.
inline constexpr std::uint64_t kEalMegabytes = 512;

/// What a run wants of EAL.
struct EalOptions {
    /// The user's own arguments, those after `--`. Defaults fill in only what they leave open.
    std::vector<std::string> user;
    /// lcores on the data path, the main one not counted.
    std::uint32_t lcores = 1;
    /// Whether DPDK's telemetry socket is opened.
    bool telemetry = false;
    /// MiB of memory; hugepages where so many are free.
    std::uint64_t megabytes = kEalMegabytes;
};

/// The folder of EAL's runtime files of this user, telemetry sockets among them.
std::string runtime_folder();

/// CPUs this process may run on, ascending.
std::vector<unsigned> usable_cpus();

/// The arguments for rte_eal_init(), program name first: the user's, and defaults for each topic
/// they do not touch:
/// - lcores: one CPU each where there are enough, else all of them floating over all CPUs; the main
///   lcore, which only waits, floats;
/// - memory: `--in-memory` with `free_huge_mb` of free hugepages >= options.megabytes, else
/// `--no-huge`
///   without shared files (22.11 does not take both);
/// - no PCI devices, no telemetry unless asked for, only critical log lines, a file prefix of its
/// own.
std::vector<std::string> eal_arguments(const EalOptions& options, const std::vector<unsigned>& cpus,
                                       std::uint64_t free_huge_mb);

/// Refuses (exit 2) device arguments that make the net_pcap driver read a file again and again
/// (infinite_rx): the numbers would repeat, so every figure about loss would be wrong, and the few
/// packets would stay in the processor's caches, so every figure about speed would be as well.
Status refuse_looping(const std::vector<std::string>& arguments);

/// EAL, from start() to destruction. One per process, and once: EAL cannot be started again.
class Eal {
public:
    /// Starts it; what EAL prints meanwhile is swallowed unless the user set a log level.
    /// Errors (exit 1): EAL refused; the line carries its own reason. Those of refuse_looping().
    static Result<std::unique_ptr<Eal>> start(const EalOptions& options);
    ~Eal();
    Eal(const Eal&) = delete;
    Eal& operator=(const Eal&) = delete;

    /// One line about the memory in use, empty if the user chose it.
    const std::string& memory_note() const { return memory_note_; }
    /// The prefix dpdk-telemetry.py takes (-f) to find the telemetry socket; empty: it is not open.
    const std::string& telemetry_prefix() const { return telemetry_prefix_; }

private:
    Eal() = default;
    std::string memory_note_;
    std::string telemetry_prefix_;
    std::string directory_; ///< to remove at the end
    bool started_ = false;
};

} // namespace lacuna::port
