#include "seq/record.hpp"

#include <algorithm>
#include <cstring>
#include <iterator>

namespace lacuna::seq {

void Record::init(std::uint32_t memory) {
    std::memset(static_cast<void*>(this), 0, size(memory));
    std::memset(seen() + 0, 0xFF, memory / 8);
    window = memory;
    floor = final_number = INT64_MIN;
    doubtful_from = doubtful_to = INT64_MIN;
}

void Record::absorb(const Record& other, int times) {
    // All are unsigned: what is taken off had been added before.
    const auto factor = static_cast<std::uint64_t>(times);
    const auto add = [factor](std::uint64_t& sum, std::uint64_t part) { sum += factor * part; };
    add(lost, other.lost);
    add(lost_blind, other.lost_blind);
    add(lost_doubtful, other.lost_doubtful);
    add(gaps, other.gaps);
    add(duplicates, other.duplicates);
    add(far_duplicates, other.far_duplicates);
    add(late, other.late);
    add(too_old, other.too_old);
    add(before_first, other.before_first);
    add(outliers, other.outliers);
    add(recovered.network, other.recovered.network);
    add(recovered.blind, other.recovered.blind);
    add(recovered.doubtful, other.recovered.doubtful);
    restarts += static_cast<std::uint32_t>(factor) * other.restarts;
    reused_ans += static_cast<std::uint32_t>(factor) * other.reused_ans;
    max_late_extent = std::max(max_late_extent, other.max_late_extent);
    max_gap = std::max(max_gap, other.max_gap);
    const auto add_all = [&add](auto& sum, const auto& part) {
        for (std::size_t i = 0; i < std::size(sum); ++i)
            add(sum[i], part[i]);
    };
    add_all(late_extents, other.late_extents);
    add_all(too_old_extents, other.too_old_extents);
    add_all(loss_periods, other.loss_periods);
    add_all(loss_distances, other.loss_distances);
}

Block take_record(Pool& pool, std::uint32_t window) {
    Block block = pool.take(Record::size(window));
    if (block == kNoBlock) {
        block = pool.take_reserve();
        window = kShortWindow;
    }
    if (block != kNoBlock) pool.at<Record>(block).init(window);
    return block;
}

Block copy_record(const Pool& from, Block record, Pool& to) {
    const Record& r = from.at<Record>(record);
    const Block copy = to.take(r.size());
    if (copy != kNoBlock) std::memcpy(static_cast<void*>(&to.at<Record>(copy)), &r, r.size());
    return copy;
}

} // namespace lacuna::seq
