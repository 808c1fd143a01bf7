// Several senders under one identity: which of them have one counter, and which their own.
#pragma once

#include "path/taps/counter.hpp"
#include "wire/observation.hpp"

#include <vector>

namespace lacuna::path {

/// Counters of one identity, by source. Whether some of them are one counter (a peer that moved,
/// stations behind a switch) shows at the end: then the numbers of one fill the holes of the other,
/// or go on where those ended. One thread.
class Senders {
public:
    /// More sources are a pool of addresses, and one counter.
    static constexpr std::size_t kMost = 16;

    /// `first` has sent all packets so far, which `counter` followed.
    Senders(const wire::SaIdentity& first, const Counter& counter);

    /// A packet of `source`, for its own counter. False: there are too many sources.
    bool take(const wire::SaIdentity& source, std::uint32_t wire, TimeNs time, BlindSpans& blind);

    /// The sources of one counter, and its track.
    struct Group {
        std::vector<wire::SaIdentity> sources; ///< the first to send first
        std::uint64_t packets;
        Track track;
    };
    /// The input has ended. Groups in the order they appeared. Less than two: the identity has one
    /// counter, and what followed it as a whole is exact.
    std::vector<Group> end(BlindSpans& blind);

private:
    struct Sender {
        wire::SaIdentity source;
        Counter counter;
    };
    std::vector<Sender> senders_;
};

} // namespace lacuna::path
