#include "wire/identity_hash.hpp"

#include <cstdlib>
#include <sys/random.h>

namespace lacuna::wire {

HashKey HashKey::random() {
    HashKey key{};
    if (getrandom(key.k, sizeof key.k, 0) != static_cast<ssize_t>(sizeof key.k)) std::abort();
    key.k[3] |= 1;
    return key;
}

HashKey HashKey::fixed(std::uint64_t seed) {
    HashKey key{};
    for (auto& word : key.k) {
        seed += 0x9E3779B97F4A7C15ull;
        word = fold_multiply(seed ^ 0xD1B54A32D192ED03ull, 0xA24BAED4963EE407ull);
    }
    key.k[3] |= 1;
    return key;
}

} // namespace lacuna::wire
