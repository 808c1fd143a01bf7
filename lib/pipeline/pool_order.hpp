// The order a packet pool keeps, made known to the thread sanitizer. Nothing in any other build.
#pragma once

#include "pipeline/dpdk_compat.hpp"

#include <cstddef>

#if defined(__SANITIZE_THREAD__)
#define LACUNA_THREAD_SANITIZER
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define LACUNA_THREAD_SANITIZER
#endif
#endif

#ifdef LACUNA_THREAD_SANITIZER
extern "C" {
void __tsan_acquire(void* at);
void __tsan_release(void* at);
}
#endif

namespace lacuna::pipeline {

/// What a thread did with a buffer before it gave it back comes before what the next owner does.
/// The pool sees to that inside DPDK's libraries, which are not compiled with the sanitizer; told
/// here, buffer by buffer, so that nothing else is taken for ordered.
struct PoolOrder {
#ifdef LACUNA_THREAD_SANITIZER
    /// Call before buffers (chains of segments) go back.
    static void given_back(rte_mbuf* const* m, std::size_t n) {
        tell(m, n, __tsan_release);
    }
    /// Call as soon as buffers have come out of a pool or a port.
    static void taken(rte_mbuf* const* m, std::size_t n) {
        tell(m, n, __tsan_acquire);
    }

private:
    static void tell(rte_mbuf* const* m, std::size_t n, void (*what)(void*)) {
        for (std::size_t i = 0; i < n; ++i)
            for (rte_mbuf* s = m[i]; s != nullptr; s = s->next)
                what(s);
    }
#else
    static void given_back(rte_mbuf* const*, std::size_t) {}
    static void taken(rte_mbuf* const*, std::size_t) {}
#endif
};

} // namespace lacuna::pipeline
