// Which of several owners has an association.
#pragma once

#include <cstdint>

namespace lacuna::wire {

/// The owner, of `count`, of the associations with this identity hash.
inline std::uint32_t shard_of(std::uint32_t hash, std::uint32_t count) {
    return static_cast<std::uint32_t>((std::uint64_t{hash} * count) >> 32);
}

/// One of `count` shares of all associations.
struct Shard {
    std::uint32_t index = 0;
    std::uint32_t count = 1;

    bool owns(std::uint32_t hash) const { return shard_of(hash, count) == index; }
};

} // namespace lacuna::wire
