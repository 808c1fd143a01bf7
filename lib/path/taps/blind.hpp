// When the source of a tap lost frames itself: what is missing then is unknown.
#pragma once

#include "base/drops.hpp"

#include <vector>

namespace lacuna::path {

/// The spans of drops of one tap, as they become known. One thread.
class BlindSpans {
public:
    void add(const Drops& drops) { spans_.push_back(drops); }
    bool empty() const { return spans_.empty(); }

    /// Whether `missing` numbers that never came from `from` to `to` may be the source's own loss.
    /// A long span of a known number covers at most as many as it reports.
    bool covers(TimeNs from, TimeNs to, std::uint64_t missing) {
        for (auto it = spans_.rbegin(); it != spans_.rend(); ++it) {
            if (it->from > to || it->to < from) continue;
            if (!it->counted()) return true;
            if (it->frames < missing) continue;
            it->frames -= missing;
            return true;
        }
        return false;
    }

private:
    std::vector<Drops> spans_; ///< few
};

} // namespace lacuna::path
