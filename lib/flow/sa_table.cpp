#include "flow/sa_table.hpp"

#include <bit>

namespace lacuna::flow {

bool SaTable::reserve(std::uint64_t rows) {
    const std::uint64_t entries = std::bit_ceil(rows < 32 ? std::uint64_t{64} : 2 * rows);
    index_memory_ = Reserved(entries * sizeof *index_);
    row_memory_ = Reserved(rows * sizeof(SaState));
    hash_memory_ = Reserved(rows * sizeof *hashes_);
    source_memory_ = Reserved(rows * 16);
    index_ = static_cast<std::uint64_t*>(index_memory_.get());
    rows_ = static_cast<SaState*>(row_memory_.get());
    hashes_ = static_cast<std::uint32_t*>(hash_memory_.get());
    source6_ = static_cast<std::uint8_t*>(source_memory_.get());
    mask_ = entries - 1;
    capacity_ = static_cast<Row>(rows);
    return index_ != nullptr && rows_ != nullptr && hashes_ != nullptr && source6_ != nullptr;
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

Row SaTable::insert(const wire::Observation& o) {
    Row row = free_;
    if (row != kNoRow) {
        free_ = rows_[row].channel;
    } else {
        if (fresh_ == capacity_) return kNoRow;
        row = fresh_++;
    }
    std::uint64_t i = o.hash & mask_;
    while (index_[i] != 0)
        i = (i + 1) & mask_;
    index_[i] = entry_tag(o.hash, o.id.key.an) | (row + 1);
    rows_[row].key = o.id.key;
    rows_[row].flags = kUsed;
    hashes_[row] = o.hash;
    if (has_source6(o.id.key)) std::memcpy(source6_ + std::size_t{row} * 16, o.id.src6, 16);
    ++size_;
    return row;
}

void SaTable::erase(Row row) {
    std::uint64_t hole = hashes_[row] & mask_;
    while (row_of(index_[hole]) != row)
        hole = (hole + 1) & mask_;
    // Close the gap: an entry may move into the hole unless it would come before its own place.
    for (std::uint64_t i = (hole + 1) & mask_; index_[i] != 0; i = (i + 1) & mask_) {
        const std::uint64_t home = index_[i] >> 32 & mask_;
        if (((i - home) & mask_) < ((i - hole) & mask_)) continue;
        index_[hole] = index_[i];
        hole = i;
    }
    index_[hole] = 0;
    rows_[row].flags = 0;
    rows_[row].channel = free_;
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
