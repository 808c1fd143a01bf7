// The table of secure associations: an index of eight octets an entry over dense rows.
#pragma once

#include "base/reserved.hpp"
#include "flow/table/bucket.hpp"
#include "flow/table/sa_state.hpp"

#include <bit>

namespace lacuna::flow {

/// Buckets of one cache line at a load of at most 1/2; what does not fit goes on to the next.
/// Nearly every SA is found in its own bucket without a branch that could be foretold wrongly,
/// which linear probing costs on every third packet. Rows never move, so that a row number stays
/// valid until erase(). The bucket depends on the identity without the AN: all associations of a
/// channel lie in one probe sequence. The index begins small, so that few SAs touch few cache
/// lines, and grows within the memory reserved for it. One owner; nothing here allocates after
/// reserve().
class SaTable {
public:
    /// Reserves room for `rows` rows. With `full_index` the index has its final size at once: no
    /// burst ever waits for it to double. False: no memory.
    bool reserve(std::uint64_t rows, bool full_index);

    /// What looking up a burst reads, by value: kept in registers, where members would be read anew
    /// after every store. Valid until the next insert().
    struct Lookup {
        const Bucket* index;
        std::uint64_t mask;
        SaState* rows;

        /// Fetches the index line that candidate() of `o` will read.
        void prefetch(const wire::Observation& o) const {
            __builtin_prefetch(index + (o.hash & mask));
        }
        /// A row whose index entry matches `o`, unverified (it may be another SA's with nearly the
        /// same hash), or nullptr: find() knows for sure. Its line is fetched.
        SaState* candidate(const wire::Observation& o) const {
            const std::uint32_t want = tag_of(o.hash, o.id.key.an);
            const Bucket* bucket = index + (o.hash & mask);
            std::uint32_t matches = bucket->matches(want);
            for (std::uint64_t i = o.hash; matches == 0;)
                [[unlikely]] {
                    if (bucket->free() != 0) return nullptr;
                    bucket = index + (++i & mask);
                    matches = bucket->matches(want);
                }
            // An entry is the number of its row and one.
            SaState* const state = rows - 1 + bucket->row[first_of(matches)];
            __builtin_prefetch(state, 1);
            return state;
        }
    };
    Lookup lookup() const { return {index_, mask_, rows_}; }

    /// Whether `row` is the SA of `o`.
    bool holds(Row row, const wire::Observation& o) const {
        return wire::same_identity(rows_[row].key, o.id.key)
               && ((rows_[row].flags & kSource6) == 0 || same_source6(row, o));
    }
    /// The row of `o`, or kNoRow.
    Row find(const wire::Observation& o) const;
    /// The row of another AN of the channel of `o`, or kNoRow.
    Row sibling(const wire::Observation& o, std::uint8_t an) const;

    /// False: the channel of `o` has no other AN here. Reads the line that looking up `o` read.
    bool may_have_siblings(const wire::Observation& o) const {
        const Bucket& bucket = index_[o.hash & mask_];
        if (bucket.free() == 0) return true; // what did not fit lies elsewhere
        const std::uint32_t own = tag_of(o.hash, o.id.key.an);
        std::uint32_t found = 0;
        for (std::uint32_t an = 1; an <= 3; ++an) // in whatever order
            found |= bucket.matches(own ^ an);
        return found != 0;
    }

    /// A new row for `o`, which must not be there yet; only its key, its source and, if
    /// that is part of an IPv6 identity, kSource6 are set.
    /// kNoRow: the table is full.
    Row insert(const wire::Observation& o);
    /// The same, but no lookup finds the row.
    Row insert_apart(const wire::SaIdentity& id);
    void erase(Row row);

    Row row_of(const SaState* state) const { return static_cast<Row>(state - rows_); }
    SaState& at(Row row) { return rows_[row]; }
    const SaState& at(Row row) const { return rows_[row]; }
    SaRest& rest(Row row) { return rest_[row]; }
    const SaRest& rest(Row row) const { return rest_[row]; }
    /// Fetches both lines rest() may lie in.
    void prefetch_rest(Row row) const {
        const auto* at = reinterpret_cast<const char*>(rest_ + row);
        __builtin_prefetch(at, 1);
        __builtin_prefetch(at + sizeof(SaRest) - 1, 1);
    }
    /// Fetches the index line that erase() of `row` begins with.
    void prefetch_erase(Row row) const { __builtin_prefetch(index_ + bucket_of(row), 1); }
    wire::SaIdentity identity(Row row) const { return wire::identity_of(with_source(row)); }
    /// The identity and, beside it, the source of the first packet of the row.
    wire::SaIdentity with_source(Row row) const;
    /// Packets of the row.
    std::uint64_t received(Row row) const {
        return std::uint64_t{rest_[row].received_high} << 32 | rows_[row].received;
    }

    /// Rows 0 .. limit()-1 have been used at some time.
    Row limit() const { return fresh_; }
    std::uint64_t size() const { return size_; }

private:
    /// The AN goes into bits that the number of the bucket tells already. Never 0, as the tags of
    /// free entries are: an identity to match those can be found by trying.
    static std::uint32_t tag_of(std::uint32_t hash, std::uint8_t an) {
        return (hash ^ an) | 0x80000000u;
    }

public:
    /// Whether the packet came from the source the row has; that of IPv4 is part of the key.
    bool same_source(Row row, const wire::Observation& o) const {
        return wire::same_sender(rows_[row].key, o.id.key)
               && (o.id.key.family != wire::Family::ipv6 || same_source6(row, o));
    }
    /// What a row keeps in its key's tag of where its latest packet was seen: another source, VLAN
    /// or port shows there.
    static std::uint16_t mark_of(const wire::Observation& o) {
        const auto at = static_cast<std::uint16_t>(o.vlan() ^ std::rotl(o.port(), 13));
        return o.id.key.family == wire::Family::ipv6
                   ? static_cast<std::uint16_t>(at ^ source_tag(o.id))
                   : at;
    }
    /// The latest packet of the row.
    void seen_at(Row row, const wire::Observation& o) {
        rest_[row].port = o.port();
        rest_[row].vlan = o.vlan();
        if (!same_source(row, o)) return;
        rows_[row].key.tag = mark_of(o);
    }
    /// 16 bits of an IPv6 source.
    static std::uint16_t source_tag(const wire::SaIdentity& id) {
        std::uint64_t a;
        std::uint64_t b;
        std::memcpy(&a, id.src, sizeof a);
        std::memcpy(&b, id.src + 8, sizeof b);
        return static_cast<std::uint16_t>((a * 0x9E3779B97F4A7C15u + b) * 0xC2B2AE3D27D4EB4Fu
                                          >> 48);
    }

private:
    bool same_source6(Row row, const wire::Observation& o) const {
        return std::memcmp(source6_ + std::size_t{row} * 16, o.id.src, 16) == 0;
    }

    Row take_row();
    void fill_row(Row row, const wire::SaIdentity& id);
    void release(Row row);
    void grow();
    void place(Row row);
    std::uint64_t bucket_of(Row row) const { return keys_[row].hash & mask_; }

    /// What places a row in the index.
    struct RowKey {
        std::uint32_t hash;
        std::uint16_t an;
        std::uint16_t used;
    };
    static_assert(sizeof(RowKey) == 8);

    Bucket* index_ = nullptr;
    std::uint64_t mask_ = 0; ///< buckets in use - 1
    std::uint64_t max_mask_ = 0;
    SaState* rows_ = nullptr;
    SaRest* rest_ = nullptr;
    RowKey* keys_ = nullptr;
    std::uint8_t* source6_ = nullptr; ///< 16 octets a row, touched for IPv6 only
    Row capacity_ = 0;
    Row fresh_ = 0;
    Row free_ = kNoRow; ///< list of erased rows, linked through SaRest::channel
    std::uint64_t size_ = 0;
    Reserved index_memory_;
    Reserved row_memory_;
    Reserved rest_memory_;
    Reserved key_memory_;
    Reserved source_memory_;
};

} // namespace lacuna::flow
