#include "seq/pool.hpp"

#include <algorithm>
#include <bit>
#include <iterator>

namespace lacuna::seq {
namespace {

constexpr std::size_t units_in(std::size_t bytes) {
    return (bytes + Pool::kUnit - 1) / Pool::kUnit;
}

} // namespace

/// 1, 2, 3, 4 units, then four sizes from each power of two to the next.
std::size_t Pool::class_of(std::size_t units) {
    if (units <= 4) return units == 0 ? 0 : units - 1;
    const auto power = static_cast<std::size_t>(std::bit_width(units - 1) - 1);
    const std::size_t step = (std::size_t{1} << power) / 4;
    return 4 + (power - 2) * 4 + (units - (std::size_t{1} << power) + step - 1) / step - 1;
}

std::size_t Pool::units_of(std::size_t size_class) {
    if (size_class < 4) return size_class + 1;
    const std::size_t power = (size_class - 4) / 4 + 2;
    const std::size_t quarters = (size_class - 4) % 4 + 1;
    return (std::size_t{1} << power) + quarters * ((std::size_t{1} << power) / 4);
}

std::uint64_t Pool::bytes_for(std::uint64_t bytes, std::uint64_t reserve,
                              std::size_t reserve_bytes) {
    return units_in(bytes) * kUnit + reserve * units_in(reserve_bytes) * kUnit;
}

void Pool::adopt(void* memory, std::uint64_t bytes, std::uint64_t reserve,
                 std::size_t reserve_bytes) {
    base_ = static_cast<std::byte*>(memory);
    reserve_begin_ = static_cast<Block>(units_in(bytes));
    reserve_units_ = static_cast<Block>(units_in(reserve_bytes));
    reserve_end_ = static_cast<Block>(reserve_begin_ + reserve * reserve_units_);
    clear();
}

void Pool::clear() {
    fresh_ = 0;
    reserve_fresh_ = reserve_begin_;
    reserve_free_ = kNoBlock;
    std::fill(std::begin(free_), std::end(free_), kNoBlock);
    used_ = 0;
}

Block Pool::take(std::size_t bytes) {
    if (bytes > kMaxBlock) return kNoBlock;
    const std::size_t wanted = class_of(units_in(bytes));
    const std::size_t units = units_of(wanted);
    Block block = free_[wanted];
    if (block != kNoBlock) {
        free_[wanted] = next(block);
    } else if (reserve_begin_ - fresh_ >= units) {
        block = fresh_;
        fresh_ += static_cast<Block>(units);
    } else {
        // A larger block is cut: what is left of it is as many blocks of the same size as it holds.
        std::size_t larger = wanted + 1;
        while (larger < kClasses && free_[larger] == kNoBlock)
            ++larger;
        if (larger == kClasses) return kNoBlock;
        block = free_[larger];
        free_[larger] = next(block);
        for (std::size_t left = units_of(larger) - units, at = block + units; left >= units;
             left -= units, at += units) {
            next(static_cast<Block>(at)) = free_[wanted];
            free_[wanted] = static_cast<Block>(at);
        }
    }
    used_ += units * kUnit;
    return block;
}

Block Pool::take_reserve() {
    Block block = reserve_free_;
    if (block != kNoBlock) {
        reserve_free_ = next(block);
    } else {
        if (reserve_end_ - reserve_fresh_ < reserve_units_) return kNoBlock;
        block = reserve_fresh_;
        reserve_fresh_ += reserve_units_;
    }
    return block;
}

void Pool::give_back(Block block, std::size_t bytes) {
    if (from_reserve(block)) {
        next(block) = reserve_free_;
        reserve_free_ = block;
        return;
    }
    const std::size_t size_class = class_of(units_in(bytes));
    next(block) = free_[size_class];
    free_[size_class] = block;
    used_ -= units_of(size_class) * kUnit;
}

} // namespace lacuna::seq
