// Two instructions of the processor that no library call names alike everywhere.
#pragma once

#include <cstdint>

namespace lacuna {

/// Tells the CPU that this loop waits: it saves power and leaves its other thread the units.
inline void cpu_pause() {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield" ::: "memory");
#endif
}

/// The time-stamp counter, in ticks of the rate DPDK calls rte_get_tsc_hz().
inline std::uint64_t cpu_ticks() {
#if defined(__x86_64__)
    return __builtin_ia32_rdtsc();
#elif defined(__aarch64__)
    std::uint64_t ticks;
    __asm__ volatile("mrs %0, cntvct_el0" : "=r"(ticks));
    return ticks;
#else
#error "which instruction reads the time-stamp counter here?"
#endif
}

} // namespace lacuna
