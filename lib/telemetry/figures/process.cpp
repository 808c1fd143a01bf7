// The store, this process, and what it was built from.
#include "telemetry/figures/registry.hpp"

namespace lacuna::telemetry {
namespace {

constexpr Group kStore{"store", "The store", {}};
constexpr Group kProcess{"process", "The process", {}};
constexpr Group kBuild{"build", "The program", {"version", "dpdk"}};
constexpr Group kLayout{"layout", "Its layout", {"layout", nullptr}};

template <auto Field>
void store(const Snapshot& s, Samples& to) {
    if (s.store) to.add((*s.store).*Field);
}

template <auto Field>
void writing(const Snapshot& s, Samples& to) {
    if (s.store && s.store->written) to.add((*s.store).*Field);
}

template <auto Field>
void process(const Snapshot& s, Samples& to) {
    if (s.process) to.add((*s.process).*Field);
}

using F = ProcessFigures;
using S = store::StoreFigures;

constexpr Figure kProcessFigures[] = {
    {&kStore, "bytes", "lacuna_store_size_bytes", Kind::gauge, "bytes", nullptr,
     "Size of the store on disk.", store<&S::bytes>},
    {&kStore, "stored", "lacuna_store_records_total", Kind::counter, "records", nullptr,
     "Events and summaries this run stored.", writing<&S::stored>},
    {&kStore, "not_stored", "lacuna_store_refused_records_total", Kind::counter, "records", nullptr,
     "Events and summaries lost on the way to the store, or refused by it.", store<&S::not_stored>},
    {&kStore, "lag_s", "lacuna_store_lag_seconds", Kind::gauge, "seconds", nullptr,
     "How long the oldest thing not yet stored has waited.", writing<&S::lag_s>},
    {&kStore, "failing", "lacuna_store_failing", Kind::gauge, "", nullptr,
     "1: the last attempt to store something failed.",
     [](const Snapshot& s, Samples& to) {
         if (s.store && s.store->written) to.add(std::uint64_t{s.store->failing});
     }},

    {&kProcess, "cpu_s", "process_cpu_seconds_total", Kind::counter, "seconds", nullptr,
     "User and system time of all threads.", process<&F::cpu_s>},
    {&kProcess, "resident_bytes", "process_resident_memory_bytes", Kind::gauge, "bytes", nullptr,
     "Memory in use; reserved memory nobody has touched is not part of it.",
     process<&F::resident_bytes>},
    {&kProcess, "virtual_bytes", "process_virtual_memory_bytes", Kind::gauge, "bytes", nullptr,
     "Memory reserved.", process<&F::virtual_bytes>},
    {&kProcess, "open_fds", "process_open_fds", Kind::gauge, "", nullptr, "Open files.",
     process<&F::open_fds>},
    {&kProcess, "max_fds", "process_max_fds", Kind::gauge, "", nullptr, "Most open files allowed.",
     process<&F::max_fds>},
    {&kProcess, "threads", "process_threads", Kind::gauge, "threads", nullptr, "Threads.",
     process<&F::threads>},
    {&kProcess, "started_s", "process_start_time_seconds", Kind::gauge, "seconds", nullptr,
     "When the process began, since the Unix epoch.", process<&F::started_s>},

    {&kBuild, "build", "lacuna_build_info", Kind::info, "", nullptr,
     "Version of lacuna, and of DPDK where it is at work.",
     [](const Snapshot& s, Samples& to) {
         to.of({s.version, s.dpdk});
         to.add(std::uint64_t{1});
     }},
    {&kLayout, "layout", "lacuna_layout_info", Kind::info, "", nullptr,
     "How stages are spread over lcores.",
     [](const Snapshot& s, Samples& to) {
         if (s.layout.empty()) return;
         to.of({s.layout});
         to.add(std::uint64_t{1});
     }},
};

} // namespace

std::span<const Figure> process_figures_table() {
    return kProcessFigures;
}

} // namespace lacuna::telemetry
