// What a source lost itself, told to the workers in the order of arrival.
#pragma once

#include "base/backoff.hpp"
#include "base/drops.hpp"
#include "flow/tracker.hpp"

#include <array>
#include <atomic>
#include <memory>

namespace lacuna::pipeline {

using lacuna::Drops;

/// Written by RX, read by every worker. An entry names the burst it precedes; RX appends it before
/// it sends that burst, so a worker that finds the burst finds the entry. Bounded: RX waits for the
/// slowest worker, as it does for a full ring.
class DropLog {
public:
    explicit DropLog(std::size_t readers)
        : readers_(readers), cursors_(std::make_unique<Cursor[]>(readers)) {}

    /// RX only: what follows the drops goes out as burst `burst`.
    void append(std::uint64_t burst, const Drops& drops) {
        const std::uint64_t head = head_.load(std::memory_order_relaxed);
        Backoff backoff;
        while (head - slowest() >= kRoom)
            backoff.wait();
        entries_[head % kRoom] = {burst, drops};
        head_.store(head + 1, std::memory_order_release);
        count(drops);
    }

    /// RX only: drops that no later packet can reveal.
    void count(const Drops& drops) {
        if (drops.origin == DropOrigin::probe && drops.known())
            frames_.fetch_add(drops.frames, std::memory_order_relaxed);
    }

    /// Worker `reader` only: tells its tracker of the drops before burst `burst`. A single load
    /// while there are none.
    void apply(std::size_t reader, std::uint64_t burst, flow::Tracker& tracker) {
        std::atomic<std::uint64_t>& cursor = cursors_[reader].at;
        std::uint64_t at = cursor.load(std::memory_order_relaxed);
        const std::uint64_t head = head_.load(std::memory_order_acquire);
        if (at == head) [[likely]]
            return;
        for (; at < head && entries_[at % kRoom].burst <= burst; ++at)
            tracker.report_drops(entries_[at % kRoom].drops);
        cursor.store(at, std::memory_order_release);
    }

    /// Frames the probe itself dropped so far. Any thread.
    std::uint64_t frames() const { return frames_.load(std::memory_order_relaxed); }

private:
    static constexpr std::uint64_t kRoom = 256;
    struct Entry {
        std::uint64_t burst;
        Drops drops;
    };
    struct alignas(kCacheLine) Cursor {
        std::atomic<std::uint64_t> at{0}; ///< written by its worker
    };

    std::uint64_t slowest() const {
        std::uint64_t at = UINT64_MAX;
        for (std::size_t i = 0; i < readers_; ++i)
            at = std::min(at, cursors_[i].at.load(std::memory_order_acquire));
        return at;
    }

    alignas(kCacheLine) std::atomic<std::uint64_t> head_{0}; ///< written by RX
    std::atomic<std::uint64_t> frames_{0};
    std::array<Entry, kRoom> entries_{};
    std::size_t readers_;
    std::unique_ptr<Cursor[]> cursors_;
};

} // namespace lacuna::pipeline
