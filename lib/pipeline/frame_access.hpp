// How the elements on the way from RX to a parser are seen as frames. Two kinds travel: packet
// buffers of a port, and frames of a mapped capture by value.
//
// Both loops and tests take one as template argument: the kind is chosen once, outside the loop.
#pragma once

#include "pipeline/dpdk_compat.hpp"
#include "pipeline/pool_order.hpp"
#include "wire/frame.hpp"

#include <algorithm>
#include <cstring>
#include <memory>
#include <vector>

namespace lacuna::pipeline {

/// What is known of the frames of one source; `rte_mbuf::port` names it from RX on.
struct MbufOrigin {
    wire::LinkType link = wire::LinkType::ethernet;
    std::uint16_t fcs_octets = 0; ///< trailing FCS its frames carry
};

/// What every parser must know of the packet buffers of a run. Read-only while lcores run.
struct MbufFormat {
    int time_offset = -1;            ///< of the dynamic timestamp field in the mbuf
    std::uint32_t time_unit_ns = 1;  ///< what the field counts
    std::vector<MbufOrigin> origins; ///< by rte_mbuf::port
};

/// Packet buffers: pointers, 8 octets each. Buffers are aligned to cache lines, so bit 0 is free
/// and marks the last of a burst. One access per lcore.
class MbufAccess {
public:
    using Element = rte_mbuf*;

    /// `format` outlives the access.
    explicit MbufAccess(const MbufFormat& format)
        : format_(format),
          flat_(std::make_unique_for_overwrite<std::uint8_t[]>(wire::kRxBurst * kFlatRoom)) {}

    static void mark_burst(Element* e, std::size_t n) { e[n - 1] = with_mark(e[n - 1]); }
    static bool is_last(const Element& e) { return (reinterpret_cast<std::uintptr_t>(e) & 1) != 0; }
    static void clear_mark(Element& e) {
        e = reinterpret_cast<Element>(reinterpret_cast<std::uintptr_t>(e) & ~std::uintptr_t{1});
    }
    static std::uint64_t units(const Element* e, std::size_t n) {
        std::uint64_t segments = 0;
        for (std::size_t i = 0; i < n; ++i)
            segments += e[i]->nb_segs;
        return segments;
    }

    TimeNs time(Element m) const {
        return static_cast<TimeNs>(*RTE_MBUF_DYNFIELD(m, format_.time_offset, std::uint64_t*)
                                   * format_.time_unit_ns);
    }

    /// Views of `n` (<= kRxBurst) unmarked elements, valid until release() or the next open().
    void open(const Element* e, std::size_t n, wire::Frame* out) {
        for (std::size_t i = 0; i < n; ++i)
            rte_prefetch0(rte_pktmbuf_mtod(e[i], void*));
        for (std::size_t i = 0; i < n; ++i) {
            const MbufOrigin& origin = format_.origins[e[i]->port];
            wire::Frame& f = out[i];
            f.data = rte_pktmbuf_mtod(e[i], const std::uint8_t*);
            f.wirelen = e[i]->pkt_len;
            f.caplen = e[i]->data_len;
            if (e[i]->nb_segs > 1) [[unlikely]]
                flatten(e[i], i, f);
            const std::uint32_t fcs = std::min<std::uint32_t>(origin.fcs_octets, f.wirelen);
            f.wirelen -= fcs;
            f.caplen = std::min(f.caplen, f.wirelen);
            f.time = time(e[i]);
            f.link = origin.link;
            f.source = e[i]->port;
            f.spare = 0;
        }
    }

    /// Gives the buffers back to their pool.
    static void release(Element* e, std::size_t n) {
        PoolOrder::given_back(e, n);
        rte_pktmbuf_free_bulk(e, static_cast<unsigned>(n));
    }

private:
    /// No header ends farther into a frame than an IP datagram is long.
    static constexpr std::size_t kFlatRoom = 66 * 1024;

    static Element with_mark(Element e) {
        return reinterpret_cast<Element>(reinterpret_cast<std::uintptr_t>(e) | 1);
    }

    /// Headers may cross segments: copies a chained frame into one piece.
    void flatten(const rte_mbuf* m, std::size_t slot, wire::Frame& f) {
        std::uint8_t* const to = flat_.get() + slot * kFlatRoom;
        std::size_t length = 0;
        for (; m != nullptr && length < kFlatRoom; m = m->next) {
            const std::size_t n = std::min<std::size_t>(m->data_len, kFlatRoom - length);
            std::memcpy(to + length, rte_pktmbuf_mtod(m, const void*), n);
            length += n;
        }
        f.data = to;
        f.caplen = static_cast<std::uint32_t>(length);
    }

    const MbufFormat& format_;
    std::unique_ptr<std::uint8_t[]> flat_; ///< touched only by chained frames
};

/// Frames of a mapped capture: 32 octets by value, pointing into the mapping. `spare` marks the
/// last of a burst. There is nothing to give back.
class MappedAccess {
public:
    using Element = wire::Frame;

    static void mark_burst(Element* e, std::size_t n) {
        for (std::size_t i = 0; i < n; ++i)
            e[i].spare = 0;
        e[n - 1].spare = 1;
    }
    static bool is_last(const Element& e) { return e.spare != 0; }
    static void clear_mark(Element& e) { e.spare = 0; }
    static std::uint64_t units(const Element*, std::size_t n) { return n; }
    static TimeNs time(const Element& e) { return e.time; }
    static void open(const Element* e, std::size_t n, wire::Frame* out) {
        for (std::size_t i = 0; i < n; ++i)
            rte_prefetch0(e[i].data);
        std::memcpy(out, e, n * sizeof *e);
    }
    static void release(Element*, std::size_t) {}
};

} // namespace lacuna::pipeline
