// Delays, as a histogram: memory by how they spread, not by how many there are.
#pragma once

#include "base/types.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <vector>

namespace lacuna::path {

/// Minimum and maximum are exact, percentiles within 0.4 %. A delay may be negative: clocks differ.
class Delays {
public:
    void add(TimeNs delay) { add(bucket(delay), 1, delay, delay); }
    void add(const Delays& more) {
        for (const Bucket& b : more.buckets_)
            add(b.key, b.count, more.min_, more.max_);
    }

    std::uint64_t samples() const { return samples_; }
    /// Meaningful with samples only.
    TimeNs min() const { return min_; }
    TimeNs max() const { return max_; }
    /// The nearest rank: the least delay that `share` (0 to 1) of all do not exceed.
    TimeNs quantile(double share) const {
        const auto rank =
            static_cast<std::uint64_t>(std::ceil(share * static_cast<double>(samples_) - 1e-6));
        std::uint64_t below = 0;
        for (const Bucket& b : buckets_)
            if ((below += b.count) >= std::max<std::uint64_t>(rank, 1))
                return std::clamp(middle(b.key), min_, max_);
        return max_;
    }

private:
    struct Bucket {
        std::int32_t key;
        std::uint64_t count;
    };
    /// A bucket is 1/128 to 1/256 of its values wide; below 256 ns it is one value.
    static constexpr int kBits = 7;

    static std::int32_t bucket(TimeNs delay) {
        const std::uint64_t size =
            delay < 0 ? ~static_cast<std::uint64_t>(delay) + 1 : static_cast<std::uint64_t>(delay);
        const int shift = std::max(0, static_cast<int>(std::bit_width(size)) - kBits - 1);
        const auto key =
            static_cast<std::int32_t>((shift << kBits) + static_cast<int>(size >> shift));
        return delay < 0 ? -key : key;
    }
    static TimeNs middle(std::int32_t key) {
        const std::int32_t size = key < 0 ? -key : key;
        const int shift = size < 2 << kBits ? 0 : (size >> kBits) - 1;
        const std::uint64_t low = static_cast<std::uint64_t>(size - (shift << kBits)) << shift;
        const auto value = static_cast<TimeNs>(low + ((std::uint64_t{1} << shift) - 1) / 2);
        return key < 0 ? -value : value;
    }

    void add(std::int32_t key, std::uint64_t count, TimeNs least, TimeNs most) {
        min_ = samples_ == 0 ? least : std::min(min_, least);
        max_ = samples_ == 0 ? most : std::max(max_, most);
        samples_ += count;
        auto it = std::lower_bound(buckets_.begin(), buckets_.end(), key,
                                   [](const Bucket& b, std::int32_t k) { return b.key < k; });
        if (it == buckets_.end() || it->key != key) it = buckets_.insert(it, {key, 0});
        it->count += count;
    }

    std::vector<Bucket> buckets_; ///< by key
    std::uint64_t samples_ = 0;
    TimeNs min_ = 0;
    TimeNs max_ = 0;
};

} // namespace lacuna::path
