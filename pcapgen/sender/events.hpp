// Moments the truth names: restarts, rekeys, counters that near their end.
#pragma once

#include "base/types.hpp"

#include <cstdint>
#include <vector>

namespace lacuna::pcapgen {

enum class TruthEventKind : std::uint8_t { restart, rekey, exhaustion };

struct TruthEvent {
    TruthEventKind kind;
    TimeNs time;              ///< capture time of the packet that is the event
    std::uint32_t sa;         ///< index of the SA
    std::uint32_t old_sa;     ///< rekey: the SA left; else the same
    std::uint64_t old_number; ///< highest of the SA or instance that ended
    std::uint64_t number;     ///< of the packet
};

/// Keeps a bounded number of events; the rest is counted. Not thread-safe.
class Events {
public:
    static constexpr std::size_t kMost = 1u << 20;
    /// Time of the frame being decided.
    TimeNs now = 0;

    void add(TruthEventKind kind, std::uint32_t sa, std::uint32_t old_sa, std::uint64_t old_number,
             std::uint64_t number) {
        if (list_.size() < kMost)
            list_.push_back({kind, now, sa, old_sa, old_number, number});
        else
            ++left_out_;
    }
    /// Where the event added last lies in list(); kMost: it was left out.
    std::size_t latest() const { return left_out_ == 0 ? list_.size() - 1 : kMost; }
    /// The SA that an event says was left sent `number` after all.
    void straggled(std::size_t event, std::uint64_t number) {
        if (event < list_.size()) list_[event].old_number = number;
    }
    const std::vector<TruthEvent>& list() const { return list_; }
    std::uint64_t left_out() const { return left_out_; }

private:
    std::vector<TruthEvent> list_;
    std::uint64_t left_out_ = 0;
};

} // namespace lacuna::pcapgen
