#include "port/live/losses/loss_names.hpp"

#include <algorithm>
#include <iterator>

namespace lacuna::port {

namespace {

struct Row {
    std::string_view part; ///< of the name
    Loss loss;
};

// The first row whose part the name has. What tells of no loss stands first, then what is said more
// precisely by the words beside it ("oversize_errors") than by the last one.
constexpr Row kLossNames[] = {
    {"management", Loss::none}, // frames for the board's own controller
    {"fcoe", Loss::none},
    {"total", Loss::none},
    {"filter", Loss::none},
    {"flow_control", Loss::none},
    {"xsum", Loss::none},
    {"csum", Loss::none},
    {"checksum", Loss::none},

    {"oversize", Loss::refused},
    {"ovrsz", Loss::refused},
    {"too_long", Loss::refused},
    {"toolong", Loss::refused},
    {"out_of_range_len", Loss::refused},
    {"mtu_err", Loss::refused},

    {"crc", Loss::damaged},
    {"fcs", Loss::damaged},
    {"symbol", Loss::damaged},
    {"align", Loss::damaged},
    {"illegal_byte", Loss::damaged},
    {"carrier_ext", Loss::damaged},
    {"jabber", Loss::damaged},
    {"jbr_", Loss::damaged},
    {"runt", Loss::damaged},
    {"undersize_err", Loss::damaged}, // undersize_packets of virtio is a size, not a fault
    {"undersized_err", Loss::damaged},
    {"fragment_err", Loss::damaged},
    {"fragmented_err", Loss::damaged},
    {"in_range_len", Loss::damaged},
    {"length_err", Loss::damaged},
    {"short_pkt", Loss::damaged},
    {"local_err", Loss::damaged},
    {"remote_err", Loss::damaged},

    {"no_buffer", Loss::full},
    {"nobuf", Loss::full},
    {"out_of_buf", Loss::full},
    {"mbuf_alloc", Loss::full},
    {"buf_alloc", Loss::full},
    {"alloc_fail", Loss::full},
    {"fifo", Loss::full},
    {"overrun", Loss::full},
    {"overflow", Loss::full},
    {"missed", Loss::full},
    {"discard", Loss::full},
    {"drop", Loss::full},
    {"in_allowance_exceeded", Loss::full}, // what a cloud lets an instance receive
    {"pps_allowance_exceeded", Loss::full},
};

/// What every port has besides, from the counters rte_eth_stats has too.
constexpr std::string_view kBasic[] = {"rx_missed_errors", "rx_errors",
                                       "rx_mbuf_allocation_errors"};

bool of_received(std::string_view name) {
    return name.starts_with("rx") || name.find("_rx_") != name.npos || name.starts_with("mac_")
           || name.find("allowance_exceeded") != name.npos;
}

} // namespace

Loss loss_of(std::string_view counter) {
    if (!of_received(counter) || counter.ends_with("_bytes") || counter.ends_with("_octets"))
        return Loss::none;
    if (std::find(std::begin(kBasic), std::end(kBasic), counter) != std::end(kBasic))
        return Loss::none;
    for (const Row& row : kLossNames)
        if (counter.find(row.part) != counter.npos) return row.loss;
    return Loss::none;
}

} // namespace lacuna::port
