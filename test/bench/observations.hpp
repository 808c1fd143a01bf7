// Traffic of many associations for the benches: every packet the next of its SA, as on a link
// without loss.
#pragma once

#include "wire/decode.hpp"

#include <algorithm>
#include <cstring>
#include <numeric>
#include <random>
#include <vector>

namespace lacuna::bench {

/// An observation of MACsec SA `sa`; no number yet.
inline wire::Observation macsec_observation(std::uint32_t sa, const wire::HashKey& key) {
    wire::Observation o;
    std::memset(static_cast<void*>(&o), 0, sizeof o);
    const std::uint64_t sci = std::uint64_t{sa} << 16 | 0x0100;
    std::memcpy(o.id.key.addr, &sci, sizeof sci);
    o.bytes = 64;
    o.hash = wire::identity_hash(o.id, key);
    return o;
}

/// Bursts of packets of `sas` associations: round after round over all of them, each round in an
/// order of its own if `random`. Numbers and times always advance.
class Traffic {
public:
    Traffic(std::uint32_t sas, bool random)
        : random_(random), order_(sas), next_(sas, 1), key_(wire::HashKey::fixed(1)) {
        std::iota(order_.begin(), order_.end(), 0u);
        begin_round();
    }
    /// The next kBurst packets.
    void burst(wire::Observation* out) {
        for (std::size_t i = 0; i < wire::kBurst; ++i) {
            if (at_ == order_.size()) begin_round();
            const std::uint32_t sa = order_[at_++];
            out[i] = macsec_observation(sa, key_);
            out[i].seq = next_[sa]++;
            out[i].time = time_ += 100;
        }
    }

private:
    void begin_round() {
        if (random_) std::shuffle(order_.begin(), order_.end(), shuffle_);
        at_ = 0;
    }
    const bool random_;
    std::vector<std::uint32_t> order_;
    std::vector<std::uint32_t> next_;
    const wire::HashKey key_;
    std::mt19937_64 shuffle_{7};
    std::size_t at_ = 0;
    TimeNs time_ = 0;
};

} // namespace lacuna::bench
