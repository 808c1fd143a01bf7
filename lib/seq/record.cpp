#include "seq/record.hpp"

#include <cstring>

namespace lacuna::seq {

void Record::init(std::uint32_t memory) {
    std::memset(static_cast<void*>(this), 0, size(memory));
    std::memset(seen() + 0, 0xFF, memory / 8);
    window = memory;
    shadow = kNoRecord;
}

void RecordPool::adopt(void* memory, RecordId count, std::uint32_t window) {
    base_ = static_cast<std::byte*>(memory);
    stride_ = Record::size(window);
    count_ = count;
    window_ = window;
}

RecordId RecordPool::take() {
    RecordId id = free_;
    if (id != kNoRecord) {
        free_ = at(id).shadow;
    } else {
        if (fresh_ == count_) return kNoRecord;
        id = fresh_++;
    }
    ++used_;
    at(id).init(window_);
    return id;
}

void RecordPool::give_back(RecordId id) {
    at(id).shadow = free_;
    free_ = id;
    --used_;
}

} // namespace lacuna::seq
