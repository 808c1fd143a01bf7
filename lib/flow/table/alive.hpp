// Which peers still send, over all workers of a live run: an SA that stops while another of the
// same peers goes on was replaced. Two SAs of the same peers may be with two workers.
#pragma once

#include "base/reserved.hpp"
#include "flow/silence.hpp"
#include "wire/identity_hash.hpp"

#include <atomic>
#include <bit>

namespace lacuna::flow {

/// A place for each peers, found by a hash; the latest takes it. What is forgotten so makes an SA
/// silent that was replaced, at worst. Any thread, without waiting.
class Alive {
public:
    /// False: no memory.
    bool reserve(std::uint64_t rows) {
        mask_ = std::bit_ceil(2 * rows) - 1;
        memory_ = Reserved((mask_ + 1) * sizeof(Place));
        places_ = static_cast<Place*>(memory_.get());
        return places_ != nullptr;
    }

    /// An SA of `peers` began, or sent its first packet of a period.
    void begins(const Peers& peers, TimeNs time) {
        const std::uint64_t h = hash(peers);
        raise(places_[h & mask_].begun, h, time);
        raise(places_[h & mask_].sent, h, time);
    }
    void sends(const Peers& peers, TimeNs time) {
        const std::uint64_t h = hash(peers);
        raise(places_[h & mask_].sent, h, time);
    }
    /// Whether another SA of `peers` replaced one that sent last at `last` (replaces()).
    bool replaced(const Peers& peers, TimeNs last, std::uint64_t longer) const {
        const std::uint64_t h = hash(peers);
        const Place& place = places_[h & mask_];
        const std::uint64_t sent = place.sent.load(std::memory_order_relaxed);
        const std::uint64_t begun = place.begun.load(std::memory_order_relaxed);
        if (sent >> kBits != h >> kBits) return false;
        // Where the beginning was forgotten it lies before.
        return replaces(begun >> kBits == h >> kBits ? unpack(begun) : unpack(0), unpack(sent),
                        unpack(pack(h, last)), longer);
    }

private:
    struct Place {
        std::atomic<std::uint64_t> begun;
        std::atomic<std::uint64_t> sent;
    };
    /// A time in units of 4.2 ms, beside what is left of the hash.
    static constexpr unsigned kBits = 40;
    static constexpr unsigned kUnit = 22;
    static std::uint64_t pack(std::uint64_t hash, TimeNs time) {
        return (hash >> kBits << kBits)
               | (static_cast<std::uint64_t>(std::max<TimeNs>(time, 0)) >> kUnit
                  & ((std::uint64_t{1} << kBits) - 1));
    }
    static TimeNs unpack(std::uint64_t place) {
        return static_cast<TimeNs>((place & ((std::uint64_t{1} << kBits) - 1)) << kUnit);
    }
    static void raise(std::atomic<std::uint64_t>& at, std::uint64_t hash, TimeNs time) {
        const std::uint64_t old = at.load(std::memory_order_relaxed);
        const std::uint64_t now = pack(hash, time);
        if (old >> kBits == now >> kBits && old >= now) return;
        at.store(now, std::memory_order_relaxed);
    }
    std::uint64_t hash(const Peers& p) const {
        std::uint64_t h = wire::fold_multiply(p[0] ^ p[1] ^ key_.k[0], p[2] ^ key_.k[1]);
        h = wire::fold_multiply(h ^ p[3] ^ key_.k[2], p[4] ^ key_.k[3]);
        return h ^ h >> 32;
    }

    const wire::HashKey key_ = wire::HashKey::random();
    Place* places_ = nullptr;
    std::uint64_t mask_ = 0;
    Reserved memory_;
};

} // namespace lacuna::flow
