#include "port/eal.hpp"

#include "host/machine.hpp"
#include "pipeline/dpdk_compat.hpp"
#include "port/eal_complaint.hpp"

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <initializer_list>
#include <sched.h>
#include <string_view>
#include <sys/mman.h>
#include <unistd.h>

namespace lacuna::port {

namespace {

/// True if one of `names` is among the user's arguments, as "--name", "--name=value", "-n" or
/// "-nvalue".
bool mentions(const std::vector<std::string>& args, std::initializer_list<std::string_view> names) {
    return std::any_of(args.begin(), args.end(), [&](const std::string& arg) {
        return std::any_of(names.begin(), names.end(), [&](std::string_view name) {
            if (!arg.starts_with(name)) return false;
            const bool is_long = name.starts_with("--");
            return arg.size() == name.size() || !is_long || arg[name.size()] == '=';
        });
    });
}

bool sets_memory(const std::vector<std::string>& user) {
    return mentions(user,
                    {"-m", "--no-huge", "--in-memory", "--socket-mem", "--legacy-mem", "--huge-dir",
                     "--huge-unlink", "--single-file-segments", "--socket-limit"});
}

std::string lcore_map(std::uint32_t lcores, const std::vector<unsigned>& cpus) {
    std::string all;
    for (const unsigned cpu : cpus)
        all.append(all.empty() ? "" : ",").append(std::to_string(cpu));
    // A single loop is better off where the scheduler finds room than on a CPU named blindly.
    if (lcores == 1 || lcores > cpus.size())
        return std::string("(0-") + std::to_string(lcores) + ")@(" + all + ")";
    std::string map = std::string("0@(") + all + ")";
    for (std::uint32_t i = 0; i < lcores; ++i)
        map.append(",").append(std::to_string(i + 1)).append("@").append(std::to_string(cpus[i]));
    return map;
}

/// Diverts stdout and stderr into memory while EAL starts: it prints usage and hints that would
/// bury the one line a person needs.
class Muffler {
public:
    explicit Muffler(bool on) {
        if (!on) return;
        sink_ = memfd_create("eal-log", MFD_CLOEXEC);
        if (sink_ < 0) return;
        std::fflush(nullptr);
        for (int fd : {1, 2}) {
            saved_[fd - 1] = dup(fd);
            dup2(sink_, fd);
        }
    }
    Muffler(const Muffler&) = delete;
    Muffler& operator=(const Muffler&) = delete;
    ~Muffler() { restore(); }

    /// Puts both streams back and returns what was said.
    std::string restore() {
        if (sink_ < 0) return {};
        std::fflush(nullptr);
        for (int fd : {1, 2}) {
            dup2(saved_[fd - 1], fd);
            close(saved_[fd - 1]);
        }
        std::string text(static_cast<std::size_t>(std::max<off_t>(0, lseek(sink_, 0, SEEK_END))),
                         '\0');
        const ssize_t n = pread(sink_, text.data(), text.size(), 0);
        text.resize(n < 0 ? 0 : static_cast<std::size_t>(n));
        close(sink_);
        sink_ = -1;
        return text;
    }

private:
    int sink_ = -1;
    int saved_[2] = {-1, -1};
};

std::string complaint;

constexpr const char* kTelemetrySocket = "dpdk_telemetry.v2";

/// The line of EAL's output that says most: its first FATAL one, else its first.
std::string reason_in(const std::string& log) {
    std::string first;
    for (std::size_t at = 0; at < log.size();) {
        const std::size_t end = std::min(log.find('\n', at), log.size());
        std::string line = log.substr(at, end - at);
        at = end + 1;
        for (const std::string_view prefix : {"lacuna: ", "EAL: ", "FATAL: "}) {
            if (!line.starts_with(prefix)) continue;
            line.erase(0, prefix.size());
            while (line.ends_with('.'))
                line.pop_back();
            if (prefix.starts_with("FATAL")) return line;
            if (first.empty() && !line.starts_with("FATAL")) first = line;
        }
        if (first.empty() && !line.empty()) first = line;
    }
    return first;
}

} // namespace

const std::string& eal_complaint() {
    return complaint;
}

std::string runtime_folder() {
    if (geteuid() == 0) return "/var/run/dpdk";
    const char* const of_user = std::getenv("XDG_RUNTIME_DIR");
    return std::string(of_user != nullptr ? of_user : "/tmp") + "/dpdk";
}

std::vector<unsigned> usable_cpus() {
    std::vector<unsigned> cpus;
    cpu_set_t set;
    CPU_ZERO(&set);
    if (sched_getaffinity(0, sizeof set, &set) != 0) return {0};
    for (unsigned i = 0; i < CPU_SETSIZE && i < RTE_MAX_LCORE; ++i)
        if (CPU_ISSET(i, &set)) cpus.push_back(i);
    return cpus;
}

std::vector<std::string> eal_arguments(const EalOptions& options, const std::vector<unsigned>& cpus,
                                       std::uint64_t free_huge_mb) {
    const std::vector<std::string>& user = options.user;
    std::vector<std::string> args{"lacuna"};
    if (!mentions(user, {"-l", "-c", "--lcores", "-s", "-S"})) {
        args.push_back("--lcores");
        args.push_back(lcore_map(options.lcores, cpus));
    }
    if (!sets_memory(user)) {
        if (free_huge_mb >= options.megabytes) {
            args.push_back("--in-memory");
        } else {
            args.insert(args.end(), {"--no-huge", "--no-shconf"});
            if (!mentions(user, {"-m"}))
                args.insert(args.end(), {"-m", std::to_string(options.megabytes)});
        }
    }
    if (!mentions(user, {"-a", "-b", "--allow", "--block", "--no-pci"})) args.push_back("--no-pci");
    if (!options.telemetry && !mentions(user, {"--telemetry", "--no-telemetry"}))
        args.push_back("--no-telemetry");
    if (!mentions(user, {"--log-level"})) args.push_back("--log-level=error");
    if (!mentions(user, {"--file-prefix"}))
        args.push_back("--file-prefix=lacuna-" + std::to_string(getpid()));
    args.insert(args.end(), user.begin(), user.end());
    return args;
}

Status refuse_looping(const std::vector<std::string>& arguments) {
    constexpr std::string_view kKey = "infinite_rx=";
    for (const std::string& argument : arguments) {
        for (std::size_t at = argument.find(kKey); at != argument.npos;
             at = argument.find(kKey, at)) {
            at += kKey.size();
            const std::string value = argument.substr(at, argument.find(',', at) - at);
            if (value.find_first_not_of('0') == value.npos) continue;
            return Error{
                "infinite_rx=" + value
                    + " would replay the same packets again and again: their numbers would "
                      "repeat, and it would measure the processor's caches",
                argument, "generate as many distinct packets as the run needs (pcapgen)", 2};
        }
    }
    return {};
}

Result<std::unique_ptr<Eal>> Eal::start(const EalOptions& options) {
    if (Status s = refuse_looping(options.user); !s) return s.error();
    const std::uint64_t free_mb = host::free_mib(host::read_hugepages(host::Tree()));
    std::vector<std::string> args = eal_arguments(options, usable_cpus(), free_mb);
    std::vector<char*> argv;
    for (std::string& a : args)
        argv.push_back(a.data());
    argv.push_back(nullptr);

    const bool quiet = !mentions(options.user, {"--log-level", "--help", "-h"});
    Muffler muffler(quiet);
    const int r = rte_eal_init(static_cast<int>(args.size()), argv.data());
    const int error = rte_errno;
    const std::string log = muffler.restore();
    std::unique_ptr<Eal> eal(new Eal());
    // EAL leaves the directory of its prefix behind, and ours is used by no one else.
    if (!mentions(options.user, {"--file-prefix"})) eal->directory_ = rte_eal_get_runtime_dir();
    if (r < 0) {
        std::string reason = reason_in(log);
        if (reason.empty()) reason = rte_strerror(error);
        return Error{"EAL did not start: " + reason, "",
                     options.user.empty() ? "" : "check the arguments after --", 1};
    }
    if (quiet) rte_log_set_global_level(RTE_LOG_CRIT);

    eal->started_ = true;
    complaint = reason_in(log);
    const std::filesystem::path run_dir = rte_eal_get_runtime_dir();
    if (std::filesystem::exists(run_dir / kTelemetrySocket))
        eal->telemetry_prefix_ = run_dir.filename();
    if (!sets_memory(options.user)) {
        eal->memory_note_ = free_mb >= options.megabytes
                                ? "using hugepages (" + std::to_string(free_mb) + " MiB free)"
                                : "no hugepages (" + std::to_string(free_mb) + " MiB free, "
                                      + std::to_string(options.megabytes)
                                      + " wanted): using ordinary memory";
    }
    return eal;
}

Eal::~Eal() {
    if (started_) rte_eal_cleanup();
    std::error_code ignored;
    if (!directory_.empty()) std::filesystem::remove_all(directory_, ignored);
}

} // namespace lacuna::port
