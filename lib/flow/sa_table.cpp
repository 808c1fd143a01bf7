#include "flow/sa_table.hpp"

#include <algorithm>
#include <bit>

namespace lacuna::flow {
namespace {

/// Entries of an index that grows; 32 KiB.
constexpr std::uint64_t kSmallIndex = 4096;

} // namespace

bool SaTable::reserve(std::uint64_t rows, bool full_index) {
    const std::uint64_t entries = std::bit_ceil(std::max<std::uint64_t>(2 * rows, 64));
    index_memory_ = Reserved(entries * sizeof *index_);
    entry_memory_ = Reserved(rows * sizeof *entries_);
    row_memory_ = Reserved(rows * sizeof(SaState));
    rest_memory_ = Reserved(rows * sizeof(SaRest));
    source_memory_ = Reserved(rows * 16);
    index_ = static_cast<std::uint64_t*>(index_memory_.get());
    entries_ = static_cast<std::uint64_t*>(entry_memory_.get());
    rows_ = static_cast<SaState*>(row_memory_.get());
    rest_ = static_cast<SaRest*>(rest_memory_.get());
    source6_ = static_cast<std::uint8_t*>(source_memory_.get());
    max_mask_ = entries - 1;
    mask_ = full_index ? max_mask_ : std::min(max_mask_, kSmallIndex - 1);
    capacity_ = static_cast<Row>(rows);
    return index_ != nullptr && entries_ != nullptr && rows_ != nullptr && rest_ != nullptr
           && source6_ != nullptr;
}

Row SaTable::find(const wire::Observation& o) const {
    const std::uint64_t want = entry_tag(o.hash, o.id.key.an);
    for (std::uint64_t i = o.hash & mask_; index_[i] != 0; i = (i + 1) & mask_)
        if ((index_[i] & kTagMask) == want && holds(row_of(index_[i]), o)) return row_of(index_[i]);
    return kNoRow;
}

Row SaTable::sibling(const wire::Observation& o, std::uint8_t an) const {
    wire::Observation other = o;
    other.id.key.an = an;
    return find(other);
}

void SaTable::place(std::uint64_t entry) {
    std::uint64_t i = entry >> 32 & mask_;
    while (index_[i] != 0)
        i = (i + 1) & mask_;
    index_[i] = entry;
}

void SaTable::grow() {
    std::memset(index_, 0, (mask_ + 1) * sizeof *index_);
    mask_ = 2 * mask_ + 1;
    constexpr Row kAhead = 16;
    for (Row row = 0; row < fresh_; ++row) {
        if (row + kAhead < fresh_)
            __builtin_prefetch(index_ + (entries_[row + kAhead] >> 32 & mask_), 1);
        if (entries_[row] != 0) place(entries_[row]);
    }
}

Row SaTable::insert(const wire::Observation& o) {
    if (free_ == kNoRow && fresh_ == capacity_) return kNoRow;
    if (2 * (size_ + 1) > mask_ + 1 && mask_ < max_mask_) [[unlikely]]
        grow();
    const Row row = free_ != kNoRow ? free_ : fresh_;
    if (row == free_)
        free_ = rest_[row].channel;
    else
        ++fresh_;
    entries_[row] = entry_tag(o.hash, o.id.key.an) | (row + 1);
    place(entries_[row]);
    rows_[row].key = o.id.key;
    rows_[row].flags = 0;
    if (has_source6(o.id.key)) {
        rows_[row].flags = kSource6;
        std::memcpy(source6_ + std::size_t{row} * 16, o.id.src6, 16);
    }
    ++size_;
    return row;
}

void SaTable::erase(Row row) {
    std::uint64_t hole = entries_[row] >> 32 & mask_;
    while (index_[hole] != entries_[row])
        hole = (hole + 1) & mask_;
    entries_[row] = 0;
    // Close the gap: an entry may move into the hole unless it would come before its own place.
    for (std::uint64_t i = (hole + 1) & mask_; index_[i] != 0; i = (i + 1) & mask_) {
        const std::uint64_t home = index_[i] >> 32 & mask_;
        if (((i - home) & mask_) < ((i - hole) & mask_)) continue;
        index_[hole] = index_[i];
        hole = i;
    }
    index_[hole] = 0;
    rows_[row].key.multicast = kFreeRow;
    rest_[row].channel = free_;
    free_ = row;
    --size_;
}

wire::SaIdentity SaTable::identity(Row row) const {
    wire::SaIdentity id{};
    id.key = rows_[row].key;
    if (has_source6(id.key)) std::memcpy(id.src6, source6_ + std::size_t{row} * 16, 16);
    return id;
}

} // namespace lacuna::flow
