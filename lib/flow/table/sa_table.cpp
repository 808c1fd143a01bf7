#include "flow/table/sa_table.hpp"

#include <algorithm>
#include <bit>

namespace lacuna::flow {
namespace {

/// Buckets of an index that grows; 32 KiB.
constexpr std::uint64_t kSmallIndex = 512;
/// How many times as large it becomes when it is full: each time all rows are placed anew.
constexpr std::uint64_t kGrowth = 4;
/// Least number of buckets: the AN is mixed into as many bits as tell so many apart.
constexpr std::uint64_t kFewest = 8;

} // namespace

bool SaTable::reserve(std::uint64_t rows, bool full_index) {
    const std::uint64_t buckets = std::max(std::bit_ceil(2 * rows) / kBucketSize, kFewest);
    index_memory_ = Reserved(buckets * sizeof *index_);
    key_memory_ = Reserved(rows * sizeof *keys_);
    row_memory_ = Reserved(rows * sizeof(SaState));
    rest_memory_ = Reserved(rows * sizeof(SaRest));
    source_memory_ = Reserved(rows * 16);
    index_ = static_cast<Bucket*>(index_memory_.get());
    keys_ = static_cast<RowKey*>(key_memory_.get());
    rows_ = static_cast<SaState*>(row_memory_.get());
    rest_ = static_cast<SaRest*>(rest_memory_.get());
    source6_ = static_cast<std::uint8_t*>(source_memory_.get());
    max_mask_ = buckets - 1;
    mask_ = full_index ? max_mask_ : std::min(max_mask_, kSmallIndex - 1);
    capacity_ = static_cast<Row>(rows);
    return index_ != nullptr && keys_ != nullptr && rows_ != nullptr && rest_ != nullptr
           && source6_ != nullptr;
}

Row SaTable::find(const wire::Observation& o) const {
    const std::uint32_t want = tag_of(o.hash, o.id.key.an);
    for (std::uint64_t i = o.hash;; ++i) {
        const Bucket& bucket = index_[i & mask_];
        for (std::uint32_t m = bucket.matches(want); m != 0; m &= m - 1) {
            const Row row = bucket.row[first_of(m)] - 1;
            if (holds(row, o)) return row;
        }
        if (bucket.free() != 0) return kNoRow;
    }
}

Row SaTable::sibling(const wire::Observation& o, std::uint8_t an) const {
    wire::Observation other = o;
    other.id.key.an = an & 3;
    return find(other);
}

void SaTable::place(Row row) {
    std::uint64_t i = bucket_of(row);
    while (index_[i].free() == 0)
        i = (i + 1) & mask_;
    const std::size_t at = first_of(index_[i].free());
    index_[i].tag[at] = tag_of(keys_[row].hash, static_cast<std::uint8_t>(keys_[row].an));
    index_[i].row[at] = row + 1;
}

void SaTable::grow() {
    std::memset(static_cast<void*>(index_), 0, (mask_ + 1) * sizeof *index_);
    mask_ = std::min(max_mask_, kGrowth * (mask_ + 1) - 1);
    constexpr Row kFetchAhead = 16;
    for (Row row = 0; row < fresh_; ++row) {
        if (row + kFetchAhead < fresh_)
            __builtin_prefetch(index_ + bucket_of(row + kFetchAhead), 1);
        if (keys_[row].used != 0) place(row);
    }
}

Row SaTable::take_row() {
    if (free_ == kNoRow && fresh_ == capacity_) return kNoRow;
    const Row row = free_ != kNoRow ? free_ : fresh_;
    if (row == free_)
        free_ = rest_[row].channel;
    else
        ++fresh_;
    ++size_;
    return row;
}

void SaTable::fill_row(Row row, const wire::SaIdentity& id) {
    rows_[row].key = id.key;
    rows_[row].key.tag = 0;
    rows_[row].flags = wire::has_source6(id.key) ? kSource6 : 0;
    if (id.key.family == wire::Family::ipv6)
        std::memcpy(source6_ + std::size_t{row} * 16, id.src, 16);
}

Row SaTable::insert(const wire::Observation& o) {
    if (2 * (size_ + 1) > (mask_ + 1) * kBucketSize && mask_ < max_mask_) [[unlikely]]
        grow();
    const Row row = take_row();
    if (row == kNoRow) return kNoRow;
    keys_[row] = {o.hash, o.id.key.an, 1};
    place(row);
    fill_row(row, o.id);
    return row;
}

Row SaTable::insert_apart(const wire::SaIdentity& id) {
    const Row row = take_row();
    if (row == kNoRow) return kNoRow;
    keys_[row] = {0, 0, 0};
    fill_row(row, id);
    rows_[row].flags |= kApart;
    return row;
}

void SaTable::erase(Row row) {
    if (keys_[row].used == 0) return release(row);
    std::uint64_t hole = bucket_of(row);
    while (equal_mask(index_[hole].row, row + 1) == 0)
        hole = (hole + 1) & mask_;
    std::size_t at = first_of(equal_mask(index_[hole].row, row + 1));
    keys_[row].used = 0;
    // Where the bucket was full others went on behind it: one of them moves into the hole, unless
    // it would come before its own bucket, and so on.
    bool full = index_[hole].free() == 0;
    for (std::uint64_t i = hole; full;) {
        i = (i + 1) & mask_;
        full = index_[i].free() == 0;
        for (std::size_t k = 0; k < kBucketSize; ++k) {
            if (index_[i].row[k] == 0) continue;
            const std::uint64_t home = bucket_of(index_[i].row[k] - 1);
            if (((i - home) & mask_) < ((i - hole) & mask_)) continue;
            index_[hole].tag[at] = index_[i].tag[k];
            index_[hole].row[at] = index_[i].row[k];
            hole = i;
            at = k;
            break;
        }
    }
    index_[hole].tag[at] = 0;
    index_[hole].row[at] = 0;
    release(row);
}

void SaTable::release(Row row) {
    rows_[row].key.spare = kFreeRow;
    rest_[row].channel = free_;
    free_ = row;
    --size_;
}

wire::SaIdentity SaTable::with_source(Row row) const {
    wire::SaIdentity id{};
    id.key = rows_[row].key;
    if (id.key.family == wire::Family::ipv6)
        std::memcpy(id.src, source6_ + std::size_t{row} * 16, 16);
    return id;
}

} // namespace lacuna::flow
