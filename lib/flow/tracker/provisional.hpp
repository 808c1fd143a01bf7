// What the end of the input would make of an identity that has something open, without touching it.
#pragma once

#include "flow/counters/apply.hpp"
#include "flow/table/sa_table.hpp"

namespace lacuna::flow {

/// Works on copies in memory of its own, one identity at a time; asked for another row of the same
/// identity in the same state it answers from what it has. One owner.
class Provisional {
public:
    /// Room for identities whose records grow to `window`.
    bool reserve(std::uint32_t window);

    /// Figures of `row`, whose identity is `id` in `pool`; nullptr: it has become part of another
    /// row. Valid until the next call. Their record is in records().
    const Figures* of(const SaTable& table, const seq::Pool& pool, const Identity& id, Row row,
                      const DropSpans& drops, const Judging& judging, Activity activity);
    const seq::Pool& records() const { return pool_; }
    /// Forgets what it has: the identity is no more.
    void forget() { primary_ = kNoRow; }

private:
    friend class CopiedRows;
    struct Copy {
        Row row; ///< kNoRow: made here
        Slot slot;
        Figures figures;
    };

    bool copy(const seq::Pool& from, const Identity& id);
    void evaluate(const SaTable& table, const seq::Pool& pool, const DropSpans& drops,
                  const Judging& judging, Activity activity);

    seq::Pool pool_;
    Reserved memory_;
    Identity id_{};
    Copy copies_[kSlots];
    std::size_t copy_count_ = 0;
    Row primary_ = kNoRow;
    std::uint64_t index_ = 0;
};

} // namespace lacuna::flow
