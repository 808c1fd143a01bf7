// The rows of a tracker, as the log of an identity is applied to them.
#pragma once

#include "flow/tracker/tracker_impl.hpp"

namespace lacuna::flow {

/// Makes rows and events (flow/counters/apply.hpp says what each function is for).
class LiveRows {
public:
    static constexpr bool kReal = true;

    LiveRows(Tracker::Impl& t, Identity& id, Counters& counters)
        : t_(t), id_(id), counters_(counters) {}

    RowRef row(Slot slot, TimeNs time);
    RowRef of_row(Row row);
    void closes(Slot old, Slot into);
    void absorbed(Slot old, Slot into);
    void shown(Slot slot, const Entry& e, const Shown& shown);
    void taken_back(const Entry& e);
    void told(const News& news);
    void begun(Slot slot, const Closed& closed, Seq64 high, TimeNs time);
    void before(Slot slot, TimeNs time, bool new_period);
    void after(Slot slot, Seq64 highest_before, TimeNs time);

private:
    Tracker::Impl& t_;
    Identity& id_;
    Counters& counters_;
};

} // namespace lacuna::flow
