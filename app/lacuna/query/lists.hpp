// Lists of a run too long to be kept as they are shown: rows packed, gaps without their identity,
// and of either only the first `limit` in the order they are listed.
#pragma once

#include "flow/fields/order.hpp"
#include "flow/gap_fold.hpp"
#include "report/rows.hpp"

#include <string>
#include <vector>

namespace lacuna::app {

/// Secure associations, those with most of a field first (flow::RowRank), then as they were added.
/// About 180 octets a row.
class RowList {
public:
    /// `limit` 0: all. `by` null: the worst first.
    explicit RowList(std::size_t limit, const flow::Field* by = nullptr) : limit_(limit), by_(by) {}

    void add(const flow::SaSummary& row);
    /// After the last add(), before the first at().
    void sort();

    std::size_t found() const { return found_; } ///< rows added
    std::size_t size() const { return places_.size(); }
    flow::SaSummary at(std::size_t i) const;

private:
    struct Place {
        flow::RowRank rank;
        std::size_t order;
        std::size_t offset; ///< in packed_
        std::size_t length;
    };
    static void pack(const flow::SaSummary& row, std::string& to, Place& place);
    void cut();

    std::size_t limit_;
    const flow::Field* by_;
    std::size_t found_ = 0;
    std::vector<Place> places_;
    std::string packed_; ///< key and value of each row, as in the store
};

/// Gaps by time, then identity and number. 32 octets a gap and 40 an SA.
class GapList {
public:
    explicit GapList(std::size_t limit) : limit_(limit) {}

    void add(const flow::Gap& gap);
    void sort();

    std::size_t found() const { return found_; }
    std::size_t size() const { return gaps_.size(); }
    flow::Gap at(std::size_t i) const;

    bool complete = true; ///< false: the store lacks events, so gaps may be missing

private:
    struct Slim {
        TimeNs time;
        Seq64 first_missing;
        Seq64 next;
        std::uint32_t sa;
        bool blind;
    };
    bool before(const Slim& a, const Slim& b) const;
    void cut();

    std::size_t limit_;
    std::size_t found_ = 0;
    std::vector<Slim> gaps_;
    std::vector<wire::SaIdentity> ids_;
};

} // namespace lacuna::app
