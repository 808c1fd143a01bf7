#include "flow/fields/derived.hpp"

#include "wire/text/sa_text.hpp"

namespace lacuna::flow {
namespace {

/// Seconds of packet time from the first packet to the last; 0 if there is no such span.
double span_s(const SaSummary& s) {
    return s.received > 1 && s.last_time > s.first_time
               ? static_cast<double>(s.last_time - s.first_time) / 1e9
               : 0.0;
}

} // namespace

void append_id(std::string& out, const SaSummary& s) {
    out += wire::sa_text(s.counters > 1 ? s.source : s.id);
}

void append_source(std::string& out, const SaSummary& s) {
    out += wire::source_text(s.source);
}

void append_destination(std::string& out, const SaSummary& s) {
    out += wire::destination_text(s.source);
}

void append_inside(std::string& out, const SaSummary& s) {
    out += wire::encapsulation_name(static_cast<wire::Encapsulation>(s.inside));
}

void append_protocol(std::string& out, const SaSummary& s) {
    out += protocol_name(s.id.key.protocol);
}

double rate_pps(const SaSummary& s) {
    const double seconds = span_s(s);
    return seconds > 0 ? static_cast<double>(s.received - 1) / seconds : 0.0;
}

double rate_bps(const SaSummary& s) {
    const double seconds = span_s(s);
    return seconds > 0 ? static_cast<double>(s.bytes) * 8 / seconds : 0.0;
}

double loss_ratio(const Counts& c) {
    const std::uint64_t lost = lost_on_the_way(c);
    const std::uint64_t all = lost + distinct_numbers(c);
    return all != 0 ? static_cast<double>(lost) / static_cast<double>(all) : 0.0;
}

double reordering_ratio(const Counts& c) {
    return c.received > c.duplicates
               ? static_cast<double>(c.late) / static_cast<double>(c.received - c.duplicates)
               : 0.0;
}

} // namespace lacuna::flow
