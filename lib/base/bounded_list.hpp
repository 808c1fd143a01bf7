// A list whose room is taken once: for what the hot path gathers between two looks of its caller.
#pragma once

#include <cassert>
#include <cstddef>
#include <memory>
#include <span>
#include <type_traits>

namespace lacuna {

/// At most `capacity` records. After reserve() nothing allocates. One owner.
template <typename T>
class BoundedList {
    static_assert(std::is_trivially_copyable_v<T>);

public:
    /// Room for `capacity` records; call once, while empty.
    void reserve(std::size_t capacity) {
        items_ = std::make_unique_for_overwrite<T[]>(capacity);
        capacity_ = capacity;
    }
    /// Appends. False, and nothing is done, when the list is full: its owner reserves enough.
    bool push(const T& item) {
        assert(size_ < capacity_);
        if (size_ >= capacity_) return false;
        items_[size_++] = item;
        return true;
    }
    void clear() { size_ = 0; }
    std::size_t size() const { return size_; }
    bool full() const { return size_ == capacity_; }
    std::span<const T> span() const { return {items_.get(), size_}; }

private:
    std::unique_ptr<T[]> items_;
    std::size_t size_ = 0;
    std::size_t capacity_ = 0;
};

} // namespace lacuna
