// Large blocks of zeroed memory that cost nothing until they are touched.
#pragma once

#include "base/types.hpp"

#include <utility>

namespace lacuna {

/// An anonymous mapping: address space is taken at once, pages on first touch (zeroed, huge where
/// the kernel offers them). Owns the mapping; movable.
class Reserved {
public:
    Reserved() = default;
    /// `octets` of zeroed memory, page aligned; get() is nullptr if the system refuses.
    explicit Reserved(std::size_t octets);
    ~Reserved();
    Reserved(Reserved&& o) noexcept
        : memory_(std::exchange(o.memory_, nullptr)), octets_(std::exchange(o.octets_, 0)) {}
    Reserved& operator=(Reserved&& o) noexcept {
        std::swap(memory_, o.memory_);
        std::swap(octets_, o.octets_);
        return *this;
    }

    void* get() const { return memory_; }
    std::size_t octets() const { return octets_; }

private:
    void* memory_ = nullptr;
    std::size_t octets_ = 0;
};

} // namespace lacuna
