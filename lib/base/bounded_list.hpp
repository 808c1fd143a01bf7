// A list whose room is taken once: for what the hot path gathers between two looks of its caller.
#pragma once

#include "base/reserved.hpp"

#include <cassert>
#include <cstddef>
#include <span>

namespace lacuna {

/// At most `capacity` records. After reserve() nothing allocates. One owner.
template <typename T>
class BoundedList {
public:
    /// Room for `capacity` records; call once, while empty.
    void reserve(std::size_t capacity) { items_ = ReservedArray<T>(capacity); }
    /// Appends. False, and nothing is done, when the list is full: its owner reserves enough.
    bool push(const T& item) {
        assert(!full());
        if (full()) return false;
        items_[size_++] = item;
        return true;
    }
    void clear() { size_ = 0; }
    std::size_t size() const { return size_; }
    bool full() const { return size_ == items_.size(); }
    std::span<const T> span() const { return {items_.get(), size_}; }

private:
    ReservedArray<T> items_;
    std::size_t size_ = 0;
};

} // namespace lacuna
