// Large blocks of zeroed memory that cost nothing until they are touched.
#pragma once

#include "base/types.hpp"

#include <new>
#include <type_traits>
#include <utility>

namespace lacuna {

/// An anonymous mapping: address space is taken at once, pages on first touch (zeroed, huge behind
/// the first 2 MiB where the kernel offers them). Owns the mapping; movable.
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

/// Room for records that no constructor fills: what is not used costs no memory and no time.
/// Throws std::bad_alloc where the system refuses address space.
template <typename T>
class ReservedArray {
    static_assert(std::is_trivially_copyable_v<T>);

public:
    ReservedArray() = default;
    explicit ReservedArray(std::size_t size) : memory_(size * sizeof(T)), size_(size) {
        if (memory_.get() == nullptr) throw std::bad_alloc();
    }
    T* get() const { return static_cast<T*>(memory_.get()); }
    T& operator[](std::size_t i) const { return get()[i]; }
    std::size_t size() const { return size_; }

private:
    Reserved memory_;
    std::size_t size_ = 0;
};

} // namespace lacuna
