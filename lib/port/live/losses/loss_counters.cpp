#include "port/live/losses/loss_counters.hpp"

#include "pipeline/dpdk_compat.hpp"

#include <algorithm>

namespace lacuna::port {

LossCounters::LossCounters(std::uint16_t port) : port_(port) {
    const int count = rte_eth_xstats_get_names(port, nullptr, 0);
    if (count <= 0) return;
    std::vector<rte_eth_xstat_name> names(static_cast<std::size_t>(count));
    if (rte_eth_xstats_get_names(port, names.data(), static_cast<unsigned>(count)) != count) return;
    for (std::size_t id = 0; id < names.size(); ++id)
        if (loss_of(names[id].name) != Loss::none) ids_.push_back(id);
    size_ = ids_.size();
    values_.resize(size_);
    counters_ = std::make_unique<One[]>(size_);
    for (std::size_t i = 0; i < size_; ++i) {
        counters_[i].name = names[ids_[i]].name;
        counters_[i].loss = loss_of(counters_[i].name);
    }
    read();
    for (std::size_t i = 0; i < size_; ++i)
        counters_[i].base = counters_[i].now.exchange(0);
}

void LossCounters::read() {
    const auto size = static_cast<unsigned>(size_);
    if (size == 0
        || rte_eth_xstats_get_by_id(port_, ids_.data(), values_.data(), size)
               != static_cast<int>(size))
        return;
    for (std::size_t i = 0; i < size_; ++i) {
        One& c = counters_[i];
        const std::uint64_t since = values_[i] - std::min(values_[i], c.base);
        // A driver that sums over queues may be a moment behind itself.
        if (since > c.now.load(std::memory_order_relaxed))
            c.now.store(since, std::memory_order_relaxed);
    }
}

std::uint64_t LossCounters::sum(Loss loss) const {
    std::uint64_t n = 0;
    for (std::size_t i = 0; i < size_; ++i)
        if (counters_[i].loss == loss) n += counters_[i].now.load(std::memory_order_relaxed);
    return n;
}

std::uint64_t LossCounters::most(Loss loss) const {
    std::uint64_t n = 0;
    for (std::size_t i = 0; i < size_; ++i)
        if (counters_[i].loss == loss)
            n = std::max(n, counters_[i].now.load(std::memory_order_relaxed));
    return n;
}

NamedCounts LossCounters::named(bool own) const {
    NamedCounts out;
    for (std::size_t i = 0; i < size_; ++i) {
        const One& c = counters_[i];
        const std::uint64_t n = c.now.load(std::memory_order_relaxed);
        if (n != 0 && (c.loss != Loss::damaged) == own) out.emplace_back(c.name, n);
    }
    return out;
}

} // namespace lacuna::port
