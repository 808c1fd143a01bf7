// A store record by record, as it travels to another place: each with what names it for ever.
#pragma once

#include "store/read/reader.hpp"

namespace lacuna::store {

/// What the packets of one row added in an interval. Named by run, `id`, `row`, level and start.
struct RowPoint {
    wire::SaIdentity id;
    TimeNs row; ///< first_time of the row
    Point point;
};

/// An event with its place among all of its run.
struct NumberedEvent {
    flow::Event event;
    std::uint64_t serial;
};

/// A summary as the sample its row would have given at that moment; `length`: of an interval.
flow::Sample sample_of(const flow::SaSummary& s, TimeNs length);

/// Walks a store that is open; outlives no StoreReader it was made from. Thread safety and errors
/// are those of StoreReader.
class StoreRows {
public:
    explicit StoreRows(const StoreReader& reader) : reader_(reader) {}

    /// What tells this store from all others, for ever: made when the store was.
    Result<std::string> identity() const;

    /// Of each row of the run all points of a level, by identity; of a row by time. The last point
    /// of a row is made from its summary and may grow until the row has ended: then `received` has
    /// grown as well. Nothing where the run has no time series, or not at this level.
    Status each_point(RunId run, Level level, const std::function<bool(const RowPoint&)>& fn) const;

    /// The point a sample of the run ends: what came since the sample of its row before. Nothing
    /// where nothing did, or where that one has been removed. `length`: of the level's intervals.
    Result<std::optional<RowPoint>> point_of(RunId run, Level level, TimeNs length,
                                             const flow::Sample& sample) const;

    /// Events of the run, by identity and row, and then as they happened.
    Status each_event(RunId run, const std::function<bool(const NumberedEvent&)>& fn) const;

private:
    const StoreReader& reader_;
};

} // namespace lacuna::store
