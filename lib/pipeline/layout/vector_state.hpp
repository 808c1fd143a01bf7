// Clean vector registers at the border to code compiled for older processors.
#pragma once

namespace lacuna::pipeline {

/// Compilers do not always clear the upper halves of vector registers on leaving AVX code. Dirty
/// ones make each SSE instruction of a library built for the baseline (libpcap, DPDK) wait for the
/// one before it: with -march=native net_pcap delivered half as fast. One instruction per burst
/// prevents that.
inline void clean_vector_state() {
#if defined(__AVX__)
    asm volatile("vzeroupper" ::: "memory");
#endif
}

} // namespace lacuna::pipeline
