// Which numbers are stamped: the same ones by every probe that sees them.
#pragma once

#include "base/types.hpp"

#include <bit>
#include <cstdint>
#include <string_view>

namespace lacuna::flow {

/// FNV-1a, 64 bits, of the text of an SA's id and then of a number's eight octets, big endian. What
/// ends with at least L zero bits is selected at level L: whoever selects more strictly keeps a
/// part of what others keep.
class StampHash {
public:
    /// None: selects nothing that means anything.
    StampHash() = default;
    explicit StampHash(std::string_view id) : of_id_(kOffset) {
        for (const char c : id)
            of_id_ = step(of_id_, static_cast<std::uint8_t>(c));
    }

    std::uint64_t of(Seq64 number) const {
        return step(before_last(number), static_cast<std::uint8_t>(number));
    }
    bool selects(Seq64 number, unsigned level) const { return (of(number) & low_bits(level)) == 0; }

    /// Numbers next() looks at: as many as SaState::wake tells apart, but one round of them.
    static constexpr Seq64 kReach = 0xFF00;

    /// The least number above `number` that is selected at `level`, or, if there is none so near,
    /// the one kReach above it: then ask again.
    ///
    /// The last step multiplies by an odd number, which leaves zero bits at the end as they are: of
    /// 256 numbers that differ in their last octet only, those are selected whose last octet has
    /// the low bits of the hash before it.
    Seq64 next(Seq64 number, unsigned level) const {
        constexpr Seq64 kBlock = 256;
        const Seq64 end = number + kReach;
        Seq64 n = number + 1;
        while (n < end) {
            const std::uint64_t before = before_last(n);
            const Seq64 block = n & ~(kBlock - 1);
            if (level <= 8) {
                const Seq64 apart = Seq64{1} << level;
                const Seq64 first = block + static_cast<Seq64>(before & low_bits(level));
                const Seq64 found = n <= first ? first : n + ((first - n) & (apart - 1));
                if (found < block + kBlock) return found;
            } else if ((before & low_bits(level) & ~std::uint64_t{0xFF}) == 0) {
                const Seq64 found = block + static_cast<Seq64>(before & 0xFF);
                if (found >= n) return found;
            }
            n = block + kBlock;
        }
        return end;
    }

private:
    static constexpr std::uint64_t kOffset = 0xCBF29CE484222325u;
    static constexpr std::uint64_t kPrime = 0x100000001B3u;

    static std::uint64_t step(std::uint64_t hash, std::uint8_t octet) {
        return (hash ^ octet) * kPrime;
    }
    static std::uint64_t low_bits(unsigned count) {
        return count >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << count) - 1;
    }
    /// After all octets of the number but the last.
    std::uint64_t before_last(Seq64 number) const {
        std::uint64_t hash = of_id_;
        for (int shift = 56; shift > 0; shift -= 8)
            hash =
                step(hash, static_cast<std::uint8_t>(static_cast<std::uint64_t>(number) >> shift));
        return hash;
    }

    std::uint64_t of_id_ = 0;
};

} // namespace lacuna::flow
