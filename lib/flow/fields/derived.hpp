// Figures derived from counters, the same for every view.
#pragma once

#include "flow/totals.hpp"
#include "seq/record.hpp"
#include "wire/frame_source.hpp"

#include <string>

namespace lacuna::flow {

/// Appends the text id.
void append_id(std::string& out, const SaSummary& s);
/// Appends the address the first packet came from; nothing where it is not known.
void append_source(std::string& out, const SaSummary& s);
/// Appends the address it went to; MACsec: MAC and port of the SCI.
void append_destination(std::string& out, const SaSummary& s);
/// Appends the name of the encapsulation around it; nothing where there is none.
void append_inside(std::string& out, const SaSummary& s);
/// VLAN of the latest packet; 0 also where it had no tag, which has_vlan() tells.
inline std::uint64_t vlan_of(const SaSummary& s) {
    return s.vlan & wire::kVlanMask;
}
inline bool has_vlan(const SaSummary& s) {
    return (s.vlan & wire::kTagged) != 0;
}
/// Port of the probe that saw the latest packet, from 0 on. Of captures the interface, where a file
/// tells several apart; 0 is the first, and that of all other files.
inline std::uint64_t port_of(const SaSummary& s) {
    return (s.port & wire::kHasInterface) != 0 ? s.port & wire::kInterfaceMask : s.port;
}
/// Appends the name of the protocol.
void append_protocol(std::string& out, const SaSummary& s);

/// The low 32 bits, as on the wire.
inline std::uint64_t first_on_wire(const SaSummary& s) {
    return wire::on_wire(s.id.key.protocol, s.first());
}
inline std::uint64_t highest_on_wire(const SaSummary& s) {
    return wire::on_wire(s.id.key.protocol, s.highest());
}

/// What a row adds to the number of rows.
constexpr std::uint64_t one_row(const SaSummary&) {
    return 1;
}

/// Packets a MACsec receiver with a replay window of 0 would have dropped.
constexpr std::uint64_t macsec_out_of_order(const SaSummary& s) {
    return s.id.key.protocol == Protocol::macsec ? s.late : 0;
}

inline std::uint64_t mean_interarrival_ns(const SaSummary& s) {
    return s.received > 1 ? s.sum_interarrival_ns / (s.received - 1) : 0;
}

/// Packets per second over the packet time of a row; 0 for a single packet.
double rate_pps(const SaSummary& s);
/// Bits per second likewise.
double rate_bps(const SaSummary& s);

/// Different numbers seen from the first to the highest. Packets that are too old to tell whether
/// they were seen are none of them.
constexpr std::uint64_t distinct_numbers(const Counts& c) {
    return c.received - c.duplicates - c.too_old - c.before_first - c.outliers;
}

/// Lost numbers that neither the probe nor doubt explains.
constexpr std::uint64_t lost_on_the_way(const Counts& c) {
    return c.lost - c.lost_blind - c.lost_doubtful;
}

/// What is lost by what it is put down to, as if nothing late could come any more; what came all
/// the same is in it.
inline seq::LossParts final_parts(const Counts& c) {
    const std::uint64_t aside = c.recovered_blind + c.recovered_doubtful;
    return {lost_on_the_way(c) + c.recovered - aside, c.lost_blind + c.recovered_blind,
            c.lost_doubtful + c.recovered_doubtful};
}

/// Their share of them and the distinct numbers seen. Of an SA, or of totals; 0 without any.
double loss_ratio(const Counts& c);
inline double sa_loss_ratio(const SaSummary& s) {
    return loss_ratio(s);
}
inline double total_loss_ratio(const Totals& t) {
    return loss_ratio(t);
}

/// Share of reordered packets: late / (received - duplicates). Of an SA, or of totals.
double reordering_ratio(const Counts& c);
inline double sa_reordering_ratio(const SaSummary& s) {
    return reordering_ratio(s);
}
inline double total_reordering_ratio(const Totals& t) {
    return reordering_ratio(t);
}

} // namespace lacuna::flow
