// Numbers told with the time they arrived, for those who compare several taps.
#include "flow/tracker/tracker_impl.hpp"
#include "wire/text/sa_text.hpp"

namespace lacuna::flow {

/// A packet of the row was judged; before it, the highest number was `before`.
[[gnu::noinline]] void Tracker::Impl::stamp(Row row, TimeNs time, const Shown& shown,
                                            Seq64 before) {
    if (!stamper.knows(row))
        stamper.begin(row, StampHash(wire::id_text(shown_identity(row)).view()));
    const SaState& s = table.at(row);
    const bool above = s.highest > before;
    if (above || shown.verdict == seq::Verdict::late) {
        const Seq64 number = above ? s.highest : s.highest - static_cast<Seq64>(shown.extent);
        if (stamper.take(row, number, time)) {
            const seq::Record* r = record_of(table.rest(row));
            push_event({shown_identity(row), table.rest(row).first_time, time, number, 0,
                        r != nullptr ? r->restarts : 0, EventKind::stamp, 0, 0, 0});
        }
    }
    if (above) wake_for_stamp(row);
}

/// SaState::wake, after the row has been judged.
void Tracker::Impl::set_wake(Row row) {
    flow::set_wake(pool, {&table.at(row), &table.rest(row)});
    if (stamper.wanted() && stamper.knows(row)) wake_for_stamp(row);
}

/// The fast path stops at the next number that is stamped, unless it stops before.
void Tracker::Impl::wake_for_stamp(Row row) {
    SaState& s = table.at(row);
    const Seq64 next = stamper.next(row, s.highest);
    if (table.rest(row).record != seq::kNoBlock) {
        // The number the record waits for lies above the highest, at most a round.
        const auto up = static_cast<std::uint16_t>(s.wake - static_cast<std::uint16_t>(s.highest));
        if (up != 0 && up < next - s.highest) return;
    }
    s.wake = static_cast<std::uint16_t>(next);
}

} // namespace lacuna::flow
