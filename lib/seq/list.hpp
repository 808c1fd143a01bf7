// Lists that live in a pool and grow there.
#pragma once

#include "seq/pool.hpp"

#include <cstring>
#include <type_traits>

namespace lacuna::seq {

/// A list of plain records in a block of a pool. Zeroed memory with block = kNoBlock is an empty
/// one. Owned by whoever owns the pool; has to be given back by clear().
template <typename T>
struct List {
    static_assert(std::is_trivially_copyable_v<T>);

    Block block = kNoBlock;
    std::uint32_t count = 0;
    std::uint32_t room = 0;

    T* data(Pool& pool) { return &pool.at<T>(block); }
    const T* data(const Pool& pool) const { return &pool.at<T>(block); }
    T* begin(Pool& pool) { return count == 0 ? nullptr : data(pool); }
    T* end(Pool& pool) { return count == 0 ? nullptr : data(pool) + count; }

    /// Room for `n` records. False: the pool has none left, nothing was done.
    bool reserve(Pool& pool, std::uint32_t n) {
        if (n <= room) return true;
        const std::uint32_t wanted = n > 2 * room ? n : 2 * room;
        const Block larger = pool.take(wanted * sizeof(T));
        if (larger == kNoBlock) return false;
        if (count != 0)
            std::memcpy(static_cast<void*>(&pool.at<T>(larger)), data(pool), count * sizeof(T));
        if (block != kNoBlock) pool.give_back(block, room * sizeof(T));
        block = larger;
        room = wanted;
        return true;
    }
    bool push(Pool& pool, const T& item) { return insert(pool, count, item); }
    bool insert(Pool& pool, std::uint32_t at, const T& item) {
        if (!reserve(pool, count + 1)) return false;
        T* items = data(pool);
        std::memmove(static_cast<void*>(items + at + 1), items + at, (count - at) * sizeof(T));
        items[at] = item;
        ++count;
        return true;
    }
    void erase(Pool& pool, std::uint32_t at, std::uint32_t n = 1) {
        T* items = data(pool);
        std::memmove(static_cast<void*>(items + at), items + at + n, (count - at - n) * sizeof(T));
        count -= n;
    }
    /// Empty, the memory given back.
    void clear(Pool& pool) {
        if (block != kNoBlock) pool.give_back(block, room * sizeof(T));
        *this = {};
    }
    /// The same list in another pool. False: no room there.
    bool copy_to(const Pool& from, Pool& to, List& out) const {
        out = {};
        if (count == 0) return true;
        if (!out.reserve(to, count)) return false;
        std::memcpy(static_cast<void*>(out.data(to)), data(from), count * sizeof(T));
        out.count = count;
        return true;
    }
};

} // namespace lacuna::seq
