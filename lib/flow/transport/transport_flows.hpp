// TCP and UDP conversations, counted beside the secure associations.
#pragma once

#include "flow/table/sa_table.hpp"
#include "flow/transport/transport_summary.hpp"

namespace lacuna::flow {

/// Bounded table of 5-tuples. Once it is full the longest idle row of a small sample makes room.
/// One owner; nothing here allocates after reserve().
class TransportFlows {
public:
    bool reserve(std::uint64_t rows, bool full_index) { return table_.reserve(rows, full_index); }

    void track(const wire::Observation* obs, std::size_t n);

    Row limit() const { return table_.limit(); }
    bool used(Row row) const { return table_.at(row).used(); }
    TransportSummary summary(Row row) const;
    std::uint64_t rows() const { return table_.size(); }
    std::uint64_t pushed_out() const { return pushed_out_; }

private:
    Row create(const wire::Observation& o);

    SaTable table_;
    Row hand_ = 0;
    std::uint64_t pushed_out_ = 0;
};

} // namespace lacuna::flow
