#include "report/text/lists/l3_flows.hpp"

#include "report/text/number_text.hpp"
#include "wire/text/sa_text.hpp"

#include <algorithm>
#include <cstring>
#include <fmt/format.h>
#include <iterator>

namespace lacuna::report {
namespace {

double seconds(const flow::TransportSummary& s) {
    return s.last_time > s.first_time ? static_cast<double>(s.last_time - s.first_time) / 1e9 : 0;
}

} // namespace

std::vector<flow::TransportSummary> ordered_l3_flows(const flow::HeldRows& rows,
                                                     std::size_t limit) {
    std::vector<flow::TransportSummary> list;
    list.reserve(rows.transport_count());
    rows.each_transport([&list](const flow::TransportSummary& s) { list.push_back(s); });
    std::sort(list.begin(), list.end(),
              [](const flow::TransportSummary& a, const flow::TransportSummary& b) {
                  if (a.bytes != b.bytes) return a.bytes > b.bytes;
                  return std::memcmp(&a.id, &b.id, sizeof a.id) < 0;
              });
    if (limit != 0 && list.size() > limit) list.resize(limit);
    return list;
}

void write_l3_flow(JsonWriter& json, const flow::TransportSummary& s) {
    const double span = seconds(s);
    json.begin_object();
    json.member("id", wire::transport_text(s.id));
    json.member("packets", s.packets);
    json.member("bytes", s.bytes);
    json.key("first_time").time(s.first_time);
    json.key("last_time").time(s.last_time);
    json.key("rate_pps").fixed(span > 0 ? static_cast<double>(s.packets - 1) / span : 0.0, 3);
    json.key("rate_bps").fixed(span > 0 ? static_cast<double>(s.bytes) * 8 / span : 0.0, 3);
    json.end_object();
}

std::string l3_flow_table(const flow::HeldRows& rows, std::size_t limit) {
    std::string out = fmt::format(
        "{} TCP and UDP conversations, one direction each ({})\n\n{:<60} {:>11} {:>15}\n",
        grouped(rows.transport_count()), kL3Note, "largest", "packets", "octets");
    for (const flow::TransportSummary& s : ordered_l3_flows(rows, limit))
        fmt::format_to(std::back_inserter(out), "{:<60} {:>11} {:>15}\n",
                       wire::transport_text(s.id), grouped(s.packets), grouped(s.bytes));
    return out;
}

} // namespace lacuna::report
