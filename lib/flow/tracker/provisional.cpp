#include "flow/tracker/provisional.hpp"

#include <algorithm>

namespace lacuna::flow {

using seq::kNoBlock;

/// Rows that are copies; what they show is kept to themselves.
class CopiedRows {
public:
    static constexpr bool kReal = false;

    CopiedRows(Provisional& p, Counters& counters, const SaTable& table, const seq::Pool& pool)
        : p_(p), counters_(counters), table_(table), pool_(pool) {}

    RowRef row(Slot slot, TimeNs time) {
        Counter& c = counters_.counter(slot);
        if (c.row != kNoRow) return of_row(c.row);
        for (std::size_t i = 0; i < p_.copy_count_; ++i)
            if (p_.copies_[i].slot == slot && p_.copies_[i].row == kNoRow) return ref(i);
        if (p_.copy_count_ == kSlots) return {nullptr, nullptr};
        Provisional::Copy& made = p_.copies_[p_.copy_count_++];
        made = {};
        made.row = kNoRow;
        made.slot = slot;
        begin_row(ref(p_.copy_count_ - 1), c.first, time);
        return ref(p_.copy_count_ - 1);
    }
    RowRef of_row(Row row) {
        for (std::size_t i = 0; i < p_.copy_count_; ++i)
            if (p_.copies_[i].row == row) return ref(i);
        if (row == kNoRow || p_.copy_count_ == kSlots) return {nullptr, nullptr};
        Provisional::Copy& c = p_.copies_[p_.copy_count_++];
        c.row = row;
        c.slot = kNoSlot;
        RowRef original{const_cast<SaState*>(&table_.at(row)),
                        const_cast<SaRest*>(&table_.rest(row))};
        if (!copy_figures(pool_, original, p_.pool_, c.figures)) c.figures.rest.record = kNoBlock;
        return ref(p_.copy_count_ - 1);
    }
    void closes(Slot old, Slot into) {
        counters_.counter(into).row = counters_.counter(old).row;
        for (std::size_t i = 0; i < p_.copy_count_; ++i)
            if (p_.copies_[i].row == kNoRow && p_.copies_[i].slot == old) p_.copies_[i].slot = into;
    }
    void absorbed(Slot old, Slot into) {
        const Row row = counters_.counter(old).row;
        std::uint64_t brief = 0;
        const RowRef to = of_row(counters_.counter(into).row);
        const RowRef part = of_row(row);
        if (to.state == nullptr || part.state == nullptr) return;
        absorb(p_.pool_, to, part);
        part.state->received = 0;
        part.rest->received_high = 0;
        part.state->bytes = 0;
        (void)brief;
    }
    void shown(Slot, const Entry&, const Shown&) {}
    void begun(Slot, const Closed&, Seq64, TimeNs) {}
    void before(Slot, TimeNs, bool) {}
    void after(Slot, Seq64, TimeNs) {}

private:
    RowRef ref(std::size_t i) {
        Figures& f = p_.copies_[i].figures;
        return {&f.state, &f.rest};
    }

    Provisional& p_;
    Counters& counters_;
    const SaTable& table_;
    const seq::Pool& pool_;
};

bool Provisional::reserve(std::uint32_t window) {
    // A log of twice kPatience entries, the counters with their branches, and a record for each
    // row, which may grow once, and two for each branch that outlasts the log.
    const std::size_t counter = sizeof(Counter) + sizeof(Branch) + sizeof(Outlast);
    const std::size_t bytes = 4 * seq::kPatience * sizeof(Entry)
                              + kSlots * (counter + 6 * seq::Record::size(window)) + (1u << 16);
    const std::uint64_t room = bytes + bytes / 2;
    memory_ = Reserved(room);
    if (memory_.get() == nullptr) return false;
    pool_.adopt(memory_.get(), room);
    return true;
}

bool Provisional::copy(const seq::Pool& from, const Identity& id) {
    pool_.clear();
    copy_count_ = 0;
    id_ = id;
    std::fill(std::begin(id_.counter), std::end(id_.counter), kNoBlock);
    bool fits = id.log.copy_to(from, pool_, id_.log) && id.runs.copy_to(from, pool_, id_.runs)
                && id.trials.copy_to(from, pool_, id_.trials)
                && id.closed.copy_to(from, pool_, id_.closed);
    id_.adopted = {};
    id_.news = {};
    id_.aliases = {};
    const auto block = [&](seq::Block source, std::size_t bytes) {
        const seq::Block to = pool_.take(bytes);
        if (to != kNoBlock)
            std::memcpy(&pool_.at<std::byte>(to), &from.at<std::byte>(source), bytes);
        fits = fits && to != kNoBlock;
        return to;
    };
    for (Slot s = 0; s < kSlots && fits; ++s) {
        if (id.counter[s] == kNoBlock) continue;
        id_.counter[s] = block(id.counter[s], sizeof(Counter));
        if (!fits) break;
        Counter& c = pool_.at<Counter>(id_.counter[s]);
        c.record = kNoBlock; // it lies in the other pool
        if (c.branch != kNoBlock) c.branch = block(c.branch, sizeof(Branch));
        if (c.outlast == kNoBlock) continue;
        c.outlast = block(c.outlast, sizeof(Outlast));
        if (!fits) break;
        for (Figures* f : {&pool_.at<Outlast>(c.outlast).own, &pool_.at<Outlast>(c.outlast).folded})
            if (f->rest.record != kNoBlock) {
                f->rest.record = seq::copy_record(from, f->rest.record, pool_);
                fits = fits && f->rest.record != kNoBlock;
            }
    }
    return fits;
}

void Provisional::evaluate(const SaTable& table, const seq::Pool& pool, const DropSpans& drops,
                           const Judging& judging, Activity activity) {
    Counters counters(pool_, id_, drops, judging.window, activity);
    counters.end();
    CopiedRows rows(*this, counters, table, pool);
    std::uint64_t brief = 0;
    Applier<CopiedRows> applier(pool_, id_, counters, rows, judging, brief);
    applier.run(UINT64_MAX);
    // What would be a row of its own is shown with the first one until there is one.
    const RowRef first = rows.of_row(id_.primary);
    for (std::size_t i = 0; i < copy_count_; ++i) {
        if (copies_[i].row != kNoRow) continue;
        Figures& f = copies_[i].figures;
        if (first.state != nullptr && f.state.received != 0) {
            record_for(pool_, first, judging, brief);
            const TimeNs begun = first.rest->first_time;
            absorb(pool_, first, {&f.state, &f.rest});
            first.rest->first_time = begun;
        }
        f.state.received = 0;
    }
}

const Figures* Provisional::of(const SaTable& table, const seq::Pool& pool, const Identity& id,
                               Row row, const DropSpans& drops, const Judging& judging,
                               Activity activity) {
    if (primary_ != id.primary || index_ != id.index || copy_count_ == 0) {
        primary_ = kNoRow;
        if (!copy(pool, id)) return nullptr;
        evaluate(table, pool, drops, judging, activity);
        primary_ = id.primary;
        index_ = id.index;
    }
    for (std::size_t i = 0; i < copy_count_; ++i)
        if (copies_[i].row == row) return &copies_[i].figures;
    return nullptr;
}

} // namespace lacuna::flow
