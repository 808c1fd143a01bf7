// What is being lost, for the live screen: followed from the events of a run as they happen.
#pragma once

#include "store/sink.hpp"

#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

namespace lacuna::app {

/// Loss of one SA since the run began.
struct SaLoss {
    wire::SaIdentity id;
    std::uint64_t lost = 0;
    std::uint64_t blind = 0; ///< part of `lost` that the probe itself may have caused
    std::uint64_t gaps = 0;  ///< holes that opened
    std::uint64_t late = 0;  ///< numbers that arrived after all
};

/// A sink beside the store. It folds holes opened and filled; the report at the end, which also
/// takes back restarts that were none, is exact. Bounded: the SAs with least loss are forgotten.
/// put_*() by the store thread, sums() by any.
class LossWatch final : public store::Sink {
public:
    Status put_events(std::span<const flow::Event> events) override;
    Status put_summaries(std::span<const flow::SaSummary>) override { return {}; }

    struct Sums {
        SaLoss all;
        std::vector<SaLoss> worst; ///< most lost first
    };
    Sums sums(std::size_t worst) const;

private:
    static constexpr std::size_t kMost = 4096;
    void forget_some();

    mutable std::mutex mutex_;
    SaLoss all_;
    std::unordered_map<std::string, SaLoss> sas_;
};

} // namespace lacuna::app
