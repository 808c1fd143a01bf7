// Side records of many sizes from one block of memory: bounded in bytes.
#pragma once

#include "base/types.hpp"

namespace lacuna::seq {

/// Place of a block in its pool, in units of 64 bytes.
using Block = std::uint32_t;
inline constexpr Block kNoBlock = 0xFFFFFFFFu;

/// Blocks of a few dozen sizes, at most a quarter larger than asked for. A block given back serves
/// the next of its size, or a smaller one once nothing else is left. Besides there is a reserve of
/// small blocks of one size, for the records an SA cannot do without. take() and give_back() are a
/// few instructions. One owner.
class Pool {
public:
    Pool() = default;
    Pool(const Pool&) = delete;
    Pool& operator=(const Pool&) = delete;

    /// Uses `memory` (not owned, aligned to 64 bytes): `bytes` of it for blocks of all sizes, and
    /// what follows for `reserve` blocks of `reserve_bytes`.
    void adopt(void* memory, std::uint64_t bytes, std::uint64_t reserve = 0,
               std::size_t reserve_bytes = 64);

    /// Bytes of memory adopt() needs for this.
    static std::uint64_t bytes_for(std::uint64_t bytes, std::uint64_t reserve,
                                   std::size_t reserve_bytes);

    /// A block of at least `bytes`, at most kMaxBlock, its content undefined; kNoBlock: none left.
    Block take(std::size_t bytes);
    Block take_reserve();
    /// `bytes` as in take().
    void give_back(Block block, std::size_t bytes);
    /// Forgets all blocks.
    void clear();

    bool from_reserve(Block block) const { return block >= reserve_begin_; }
    template <typename T>
    T& at(Block block) {
        return *reinterpret_cast<T*>(base_ + std::size_t{block} * kUnit);
    }
    template <typename T>
    const T& at(Block block) const {
        return *reinterpret_cast<const T*>(base_ + std::size_t{block} * kUnit);
    }

    std::uint64_t used() const { return used_; } ///< bytes, the reserve left aside
    std::uint64_t bytes() const { return std::uint64_t{reserve_begin_} * kUnit; }

    static constexpr std::size_t kUnit = 64;
    static constexpr std::size_t kMaxBlock = std::size_t{1} << 17;

private:
    static constexpr std::size_t kClasses = 44;
    static std::size_t class_of(std::size_t units);
    static std::size_t units_of(std::size_t size_class);
    Block& next(Block block) { return at<Block>(block); }

    std::byte* base_ = nullptr;
    Block fresh_ = 0; ///< units from here on to reserve_begin_ were never used
    Block reserve_begin_ = 0;
    Block reserve_fresh_ = 0;
    Block reserve_end_ = 0;
    Block reserve_units_ = 1;
    Block reserve_free_ = kNoBlock;
    Block free_[kClasses] = {};
    std::uint64_t used_ = 0;
};

} // namespace lacuna::seq
