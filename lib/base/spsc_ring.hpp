// Bounded single-producer single-consumer queue, for records that leave a data-path thread where
// rte_ring is not at hand (`analyze` runs without EAL).
#pragma once

#include "base/reserved.hpp"

#include <atomic>
#include <bit>

namespace lacuna {

/// Wait-free on both sides. Exactly one thread pushes and one pops; each side caches the other's
/// index, so that the shared lines move only when a side runs dry.
template <typename T>
class SpscRing {
public:
    /// Room for at least `capacity` records (rounded up to a power of two). Allocates once.
    explicit SpscRing(std::size_t capacity)
        : mask_(std::bit_ceil(capacity < 2 ? std::size_t{2} : capacity) - 1), slots_(mask_ + 1) {}

    /// Appends up to `n` records in order and returns how many fitted. Producer only.
    std::size_t push(const T* items, std::size_t n) {
        const std::size_t tail = producer_.index.load(std::memory_order_relaxed);
        if (mask_ + 1 - (tail - producer_.other) < n)
            producer_.other = consumer_.index.load(std::memory_order_acquire);
        const std::size_t room = mask_ + 1 - (tail - producer_.other);
        if (n > room) n = room;
        for (std::size_t i = 0; i < n; ++i)
            slots_[(tail + i) & mask_] = items[i];
        producer_.index.store(tail + n, std::memory_order_release);
        return n;
    }

    /// Takes up to `n` records in order and returns how many there were. Consumer only.
    std::size_t pop(T* items, std::size_t n) {
        const std::size_t head = consumer_.index.load(std::memory_order_relaxed);
        if (consumer_.other - head < n)
            consumer_.other = producer_.index.load(std::memory_order_acquire);
        const std::size_t there = consumer_.other - head;
        if (n > there) n = there;
        for (std::size_t i = 0; i < n; ++i)
            items[i] = slots_[(head + i) & mask_];
        consumer_.index.store(head + n, std::memory_order_release);
        return n;
    }

    /// Records waiting; a snapshot. Any thread.
    std::size_t size() const {
        const std::size_t head = consumer_.index.load(std::memory_order_acquire);
        return producer_.index.load(std::memory_order_acquire) - head;
    }
    std::size_t capacity() const { return mask_ + 1; }

private:
    struct alignas(kCacheLine) Side {
        std::atomic<std::size_t> index{0}; ///< written by its own side, read by the other
        std::size_t other = 0;             ///< last seen index of the other side; private
    };

    const std::size_t mask_;
    const ReservedArray<T> slots_;
    Side producer_;
    Side consumer_;
};

} // namespace lacuna
