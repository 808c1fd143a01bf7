// The extended counters of a port that tell of lost frames.
#pragma once

#include "port/live/losses/loss_names.hpp"

#include <atomic>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace lacuna::port {

/// Counters by name with what they counted.
using NamedCounts = std::vector<std::pair<std::string, std::uint64_t>>;

/// Since the object was made. read() by one thread at a time; the rest by any.
class LossCounters {
public:
    /// `port`: of DPDK, started.
    explicit LossCounters(std::uint16_t port);

    /// Asks the driver. Registers, or a call into firmware: not for every burst.
    void read();
    bool empty() const { return size_ == 0; }

    std::uint64_t sum(Loss loss) const;
    std::uint64_t most(Loss loss) const;
    /// Those that counted something: the probe's (`own`) or the network's.
    NamedCounts named(bool own) const;

private:
    struct One {
        std::string name;
        Loss loss = Loss::none;
        std::uint64_t base = 0;
        std::atomic<std::uint64_t> now{0};
    };
    std::uint16_t port_;
    std::size_t size_ = 0;
    std::unique_ptr<One[]> counters_;
    std::vector<std::uint64_t> ids_; ///< of the driver, in the order of `counters_`
    std::vector<std::uint64_t> values_;
};

} // namespace lacuna::port
