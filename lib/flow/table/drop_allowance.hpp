// How many numbers the long spans of drops may still make blind, one count for all trackers of a
// run.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

namespace lacuna::flow {

/// Long spans are numbered by each tracker as it hears of them: all hear of the same ones in the
/// same order. Any thread; a span stays open until kSpans later ones have been opened.
class DropAllowance {
public:
    static constexpr std::size_t kSpans = 64;
    /// More is as good as no limit.
    static constexpr std::uint64_t kMost = (std::uint64_t{1} << 40) - 1;

    /// The `n`th long span reports `frames` drops. The first tracker that says so opens it.
    void open(std::uint64_t n, std::uint64_t frames) {
        std::atomic<std::uint64_t>& slot = slots_[n % kSpans];
        std::uint64_t now = slot.load(std::memory_order_relaxed);
        while (number(now) < tag(n))
            if (slot.compare_exchange_weak(now, pack(n, frames < kMost ? frames : kMost),
                                           std::memory_order_relaxed))
                return;
    }
    /// Takes `numbers` of what span `n` has left; false: it has less, and nothing is taken.
    bool take(std::uint64_t n, std::uint64_t numbers) {
        std::atomic<std::uint64_t>& slot = slots_[n % kSpans];
        std::uint64_t now = slot.load(std::memory_order_relaxed);
        while (number(now) == tag(n) && (now & kMost) >= numbers)
            if (slot.compare_exchange_weak(now, now - numbers, std::memory_order_relaxed))
                return true;
        return false;
    }

    /// Whether span `n` has so many left.
    bool has(std::uint64_t n, std::uint64_t numbers) const {
        const std::uint64_t now = slots_[n % kSpans].load(std::memory_order_relaxed);
        return number(now) == tag(n) && (now & kMost) >= numbers;
    }

private:
    // A slot: the round of its span, from 1 on, in the top 24 bits; what is left below.
    static std::uint64_t number(std::uint64_t slot) { return slot >> 40; }
    static std::uint64_t tag(std::uint64_t n) { return (n / kSpans + 1) & 0xFFFFFF; }
    static std::uint64_t pack(std::uint64_t n, std::uint64_t left) { return tag(n) << 40 | left; }

    std::array<std::atomic<std::uint64_t>, kSpans> slots_{};
};

} // namespace lacuna::flow
