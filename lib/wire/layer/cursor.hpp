// Where the decoder stands in a frame, and how far it may read.
#pragma once

#include "base/endian.hpp"

#include <cstddef>
#include <limits>

namespace lacuna::wire {

/// A readable range that only shrinks: the front advances over headers, the end comes closer when
/// a length field says so. A layer asks size() before it reads; nothing else bounds-checks.
class Cursor {
public:
    Cursor(const std::uint8_t* data, std::size_t size) : p_(data), size_(size) {}

    const std::uint8_t* data() const { return p_; }
    std::size_t size() const { return size_; }

    /// True if the lengths seen so far promise more octets than were captured; also where a length
    /// field of zero promises nothing (segmentation offload, jumbograms).
    bool cut() const { return beyond_ != 0; }
    /// Octets from here to the end as the lengths say, whether captured or not; at least size().
    std::size_t declared() const { return beyond_ == kUnknown ? kUnknown : size_ + beyond_; }

    /// Steps over `n` octets; n <= size().
    void skip(std::size_t n) {
        p_ += n;
        size_ -= n;
    }
    /// A length field says that `n` octets follow from here.
    void bound(std::size_t n) {
        if (n <= size_) {
            size_ = n;
            beyond_ = 0;
        } else {
            beyond_ = n - size_;
        }
    }
    /// A length field leaves open how many octets follow.
    void unbounded() { beyond_ = kUnknown; }

private:
    static constexpr std::size_t kUnknown = std::numeric_limits<std::size_t>::max();

    const std::uint8_t* p_;
    std::size_t size_;
    std::size_t beyond_ = 0; ///< promised by the innermost length, but not captured
};

} // namespace lacuna::wire
