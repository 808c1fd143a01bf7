#include "report/l3_flows.hpp"

#include "base/time_text.hpp"
#include "report/number_text.hpp"
#include "wire/sa_text.hpp"

#include <algorithm>
#include <cstring>
#include <fmt/format.h>
#include <iterator>

namespace lacuna::report {
namespace {

double seconds(const flow::TransportSummary& s) {
    return s.last_time > s.first_time ? static_cast<double>(s.last_time - s.first_time) / 1e9 : 0;
}

template <typename Fn>
std::uint64_t sum(const Report& report, Fn fn) {
    std::uint64_t n = 0;
    for (const flow::Tracker* t : report.shards)
        if (t->transport() != nullptr) n += fn(*t->transport());
    return n;
}

} // namespace

bool has_l3_flows(const Report& report) {
    return !report.shards.empty() && report.shards.front()->transport() != nullptr;
}

std::uint64_t l3_flow_count(const Report& report) {
    return sum(report, [](const flow::TransportFlows& f) { return f.rows(); });
}

std::uint64_t l3_pushed_out(const Report& report) {
    return sum(report, [](const flow::TransportFlows& f) { return f.pushed_out(); });
}

std::vector<flow::TransportSummary> ordered_l3_flows(const Report& report, std::size_t limit) {
    std::vector<flow::TransportSummary> list;
    list.reserve(l3_flow_count(report));
    for (const flow::Tracker* t : report.shards) {
        const flow::TransportFlows* flows = t->transport();
        if (flows == nullptr) continue;
        for (flow::Row row = 0; row < flows->limit(); ++row)
            if (flows->used(row)) list.push_back(flows->summary(row));
    }
    std::sort(list.begin(), list.end(),
              [](const flow::TransportSummary& a, const flow::TransportSummary& b) {
                  if (a.bytes != b.bytes) return a.bytes > b.bytes;
                  return std::memcmp(&a.id, &b.id, sizeof a.id) < 0;
              });
    if (limit != 0 && list.size() > limit) list.resize(limit);
    return list;
}

void append_l3_flow_json(std::string& out, const flow::TransportSummary& s) {
    const double span = seconds(s);
    fmt::format_to(std::back_inserter(out),
                   R"({{"id":"{}","packets":{},"bytes":{},"first_time":"{}","last_time":"{}",)"
                   R"("rate_pps":{:.3f},"rate_bps":{:.3f}}})",
                   wire::transport_text(s.id), s.packets, s.bytes, rfc3339(s.first_time),
                   rfc3339(s.last_time), span > 0 ? static_cast<double>(s.packets - 1) / span : 0.0,
                   span > 0 ? static_cast<double>(s.bytes) * 8 / span : 0.0);
}

std::string l3_flow_table(const Report& report, std::size_t limit) {
    std::string out = fmt::format(
        "{} TCP and UDP conversations, one direction each ({})\n\n{:<60} {:>11} {:>15}\n",
        grouped(l3_flow_count(report)), kL3Note, "largest", "packets", "octets");
    for (const flow::TransportSummary& s : ordered_l3_flows(report, limit))
        fmt::format_to(std::back_inserter(out), "{:<60} {:>11} {:>15}\n",
                       wire::transport_text(s.id), grouped(s.packets), grouped(s.bytes));
    return out;
}

} // namespace lacuna::report
