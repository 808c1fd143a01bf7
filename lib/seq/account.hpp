// The anomalies of a stretch of packets taken as one counter: what speaks against that.
#pragma once

#include "seq/constants.hpp"

namespace lacuna::seq {

/// Lost and late count one, what has no place counts two, so that reordering alone decides nothing.
/// Where the packets come from several sources, duplicates and too old ones count as well. Bounded:
/// one memory of kPatience numbers.
class Account {
public:
    /// The stretch follows on a counter with this highest and first number.
    Account(Seq64 highest, Seq64 first) : highest_(highest), begin_(highest), first_(first) {}

    /// `count` packets in order from the number `wire` on.
    void add(std::uint32_t wire, std::uint64_t count = 1);

    /// `several`: the packets come from several sources.
    std::int64_t anomalies(bool several) const { return several ? several_ : one_; }

private:
    void add_one(std::uint32_t wire);
    bool seen(Seq64 n) const;
    void mark(Seq64 n);

    Seq64 highest_;
    Seq64 begin_;
    Seq64 first_;
    std::int64_t one_ = 0;
    std::int64_t several_ = 0;
    std::uint64_t seen_[kPatience / 64] = {}; ///< the last kPatience numbers up to highest_
};

} // namespace lacuna::seq
