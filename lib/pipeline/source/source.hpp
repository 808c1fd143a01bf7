// Where bursts come from: the seam between the pipeline and ports, captures and tests.
#pragma once

#include "flow/lcore_counters.hpp"
#include "pipeline/drop_log.hpp"
#include "wire/frame.hpp"

#include <cstddef>
#include <span>

namespace lacuna::pipeline {

/// What one parser gave back: packet-buffer segments, or frames where there are no buffers.
/// Written by that parser, read by RX.
struct alignas(kCacheLine) Retired {
    flow::SharedCount units;
};

/// What RX has sent on and what came back. Owned by RX; a source asks it before it takes more.
class Credit {
public:
    explicit Credit(std::span<const Retired> retired) : retired_(retired) {}

    void sent(std::uint64_t units) { sent_ += units; }

    /// True if at most `limit` units are under way. Looks at the parsers' counters only if it does
    /// not know already.
    bool within(std::uint64_t limit) {
        if (sent_ - seen_ <= limit) return true;
        seen_ = 0;
        for (const Retired& r : retired_)
            seen_ += r.units.get_acquire();
        return sent_ - seen_ <= limit;
    }

private:
    std::span<const Retired> retired_;
    std::uint64_t sent_ = 0;
    std::uint64_t seen_ = 0;
};

/// A source of elements: `rte_mbuf*` of a port or `wire::Frame` of a mapped capture. Used by one
/// lcore, called once per burst.
template <typename Element>
class Source {
public:
    virtual ~Source() = default;

    /// Puts up to `max` (<= wire::kRxBurst) elements in arrival order into `out` and returns how
    /// many. 0: nothing now, no credit, or ended(). The elements are the caller's to give back.
    virtual std::size_t receive(Element* out, std::size_t max, Credit& credit) = 0;

    /// Whether frames were lost since the last call, before what receive() gave last; then `out`
    /// tells when and how many. Asked after each burst until it says no.
    virtual bool take_drops(Drops& out) {
        (void)out;
        return false;
    }

    /// True once nothing will ever come again.
    virtual bool ended() const = 0;

    /// Octets of input consumed, for progress. Any thread.
    virtual std::uint64_t position() const = 0;
};

} // namespace lacuna::pipeline
