// Case after case of random traffic, the same for the same seed.
#pragma once

#include "property/traffic.hpp"

#include <random>

namespace traffic {

struct RandomCase {
    Case traffic;
    std::uint32_t burst_seed; ///< of model_body::compare()
};

class RandomCases {
public:
    /// `crowded`: breaks of all kinds, also before the one before is decided.
    RandomCases(std::uint32_t seed, bool crowded) : random_(seed) {
        kinds_.crowded = kinds_.senders = kinds_.moves = kinds_.forged = crowded;
    }

    RandomCase next() {
        std::vector<std::uint8_t> bytes(20 + random_() % 3000);
        for (std::uint8_t& b : bytes)
            b = static_cast<std::uint8_t>(random_());
        // A probe that loses packets just where a counter begins again is left to crowded traffic.
        if (!kinds_.crowded) kinds_.restarts = !(kinds_.drops = random_() % 2 == 0);
        Case c = make_case(bytes, kinds_);
        return {std::move(c), static_cast<std::uint32_t>(random_())};
    }

private:
    std::mt19937 random_;
    Kinds kinds_;
};

} // namespace traffic
