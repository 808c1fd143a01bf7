// The table of secure associations: an index of eight octets an entry over dense rows.
#pragma once

#include "base/reserved.hpp"
#include "flow/sa_state.hpp"

namespace lacuna::flow {

/// Open addressing with linear probing at a load of at most 1/2; rows never move, so that a row
/// number stays valid until erase(). The place in the index depends on the identity without the AN:
/// all associations of a channel lie in one probe sequence. The index begins small, so that few SAs
/// touch few cache lines, and doubles within the memory reserved for it. One owner; nothing here
/// allocates after reserve().
class SaTable {
public:
    /// Reserves room for `rows` rows. With `full_index` the index has its final size at once: no
    /// burst ever waits for it to double. False: no memory.
    bool reserve(std::uint64_t rows, bool full_index);

    /// What looking up a burst reads, by value: kept in registers, where members would be read anew
    /// after every store. Valid until the next insert().
    struct Lookup {
        const std::uint64_t* index;
        std::uint64_t mask;
        SaState* rows;

        /// Fetches the index line that candidate() of `o` will read.
        void prefetch(const wire::Observation& o) const {
            __builtin_prefetch(index + (o.hash & mask));
        }
        /// The first row whose index entry matches `o`, unverified (the row may be another SA's
        /// with the same 32-bit hash), or kNoRow. Its line is fetched.
        Row candidate(const wire::Observation& o) const {
            const std::uint64_t want = entry_tag(o.hash, o.id.key.an);
            std::uint64_t i = o.hash & mask;
            std::uint64_t e = index[i];
            while (((e ^ want) & kTagMask) != 0)
                [[unlikely]] {
                    if (e == 0) return kNoRow;
                    i = (i + 1) & mask;
                    e = index[i];
                }
            const Row row = row_of(e);
            __builtin_prefetch(rows + row, 1);
            return row;
        }
    };
    Lookup lookup() const { return {index_, mask_, rows_}; }

    /// Whether `row` is the SA of `o`.
    bool holds(Row row, const wire::Observation& o) const {
        return wire::same_key(rows_[row].key, o.id.key)
               && ((rows_[row].flags & kSource6) == 0 || same_source6(row, o));
    }
    /// The row of `o`, or kNoRow.
    Row find(const wire::Observation& o) const;
    /// The row of another AN of the channel of `o`, or kNoRow.
    Row sibling(const wire::Observation& o, std::uint8_t an) const;

    /// A new row for `o`, which must not be there yet; only its identity and, if that has a
    /// source, kSource6 are set.
    /// kNoRow: the table is full.
    Row insert(const wire::Observation& o);
    void erase(Row row);

    SaState& at(Row row) { return rows_[row]; }
    const SaState& at(Row row) const { return rows_[row]; }
    SaRest& rest(Row row) { return rest_[row]; }
    const SaRest& rest(Row row) const { return rest_[row]; }
    wire::SaIdentity identity(Row row) const;
    /// Packets of the row.
    std::uint64_t received(Row row) const {
        return std::uint64_t{rest_[row].received_high} << 32 | rows_[row].received;
    }

    /// Rows 0 .. limit()-1 have been used at some time.
    Row limit() const { return fresh_; }
    std::uint64_t size() const { return size_; }

private:
    // An index entry: hash in the upper half; row + 1 in the low 30 bits, the AN above it.
    static constexpr std::uint64_t kRowMask = (1u << 30) - 1;
    static constexpr std::uint64_t kTagMask = ~kRowMask;
    static std::uint64_t entry_tag(std::uint32_t hash, std::uint8_t an) {
        return std::uint64_t{hash} << 32 | std::uint64_t{an} << 30;
    }
    static Row row_of(std::uint64_t entry) { return static_cast<Row>(entry & kRowMask) - 1; }
    static bool has_source6(const wire::SaKey& k) {
        return k.multicast != 0 && k.family == wire::Family::ipv6;
    }
    bool same_source6(Row row, const wire::Observation& o) const {
        return std::memcmp(source6_ + std::size_t{row} * 16, o.id.src6, 16) == 0;
    }

    void grow();
    void place(std::uint64_t entry);

    std::uint64_t* index_ = nullptr;
    std::uint64_t mask_ = 0;
    std::uint64_t max_mask_ = 0;
    SaState* rows_ = nullptr;
    SaRest* rest_ = nullptr;
    std::uint64_t* entries_ = nullptr; ///< of each row: its index entry, 0 if free
    std::uint8_t* source6_ = nullptr;  ///< 16 octets a row, touched for IPv6 multicast only
    Row capacity_ = 0;
    Row fresh_ = 0;
    Row free_ = kNoRow; ///< list of erased rows, linked through SaRest::channel
    std::uint64_t size_ = 0;
    Reserved index_memory_;
    Reserved row_memory_;
    Reserved rest_memory_;
    Reserved entry_memory_;
    Reserved source_memory_;
};

} // namespace lacuna::flow
