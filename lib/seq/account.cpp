#include "seq/account.hpp"

#include "seq/extend.hpp"

#include <algorithm>
#include <cstring>

namespace lacuna::seq {

bool Account::seen(Seq64 n) const {
    const auto at = static_cast<std::uint64_t>(n) % kPatience;
    return (seen_[at / 64] >> (at % 64) & 1) != 0;
}

void Account::mark(Seq64 n) {
    const auto at = static_cast<std::uint64_t>(n) % kPatience;
    seen_[at / 64] |= std::uint64_t{1} << (at % 64);
}

void Account::add_one(std::uint32_t wire) {
    const Seq64 n = extend(highest_, wire);
    if (n > highest_ + kShortJump) {
        one_ += 2;
        several_ += 2;
    } else if (n > highest_) {
        one_ += n - highest_ - 1;
        several_ += n - highest_ - 1;
        if (n - highest_ >= static_cast<Seq64>(kPatience)) {
            std::memset(seen_, 0, sizeof seen_);
        } else {
            for (Seq64 k = highest_ + 1; k <= n; ++k) {
                const auto at = static_cast<std::uint64_t>(k) % kPatience;
                seen_[at / 64] &= ~(std::uint64_t{1} << (at % 64));
            }
        }
        highest_ = n;
        mark(n);
    } else if (n < first_) {
        one_ += 2;
        several_ += 2;
    } else if (n <= begin_ || highest_ - n >= static_cast<Seq64>(kPatience) || seen(n)) {
        several_ += 2;
    } else {
        mark(n);
        one_ -= 1; // one lost less
    }
}

void Account::add(std::uint32_t wire, std::uint64_t count) {
    for (std::uint64_t i = 0; i < count; ++i)
        add_one(wire + static_cast<std::uint32_t>(i));
}

} // namespace lacuna::seq
