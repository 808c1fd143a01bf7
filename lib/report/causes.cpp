#include "report/causes.hpp"

#include "analyze/marks.hpp"
#include "report/text/number_text.hpp"
#include "report/text/page.hpp"
#include "report/text/percent.hpp"

#include <functional>
#include <iterator>

namespace lacuna::report {
namespace {

using analyze::CauseClass;

double late_share(const CauseClass& c) {
    return c.received != 0 ? static_cast<double>(c.late) / static_cast<double>(c.received) : 0;
}

void write_priorities(JsonWriter& json, const char* list, const char* member,
                      const std::vector<CauseClass>& classes) {
    json.key(list).begin_array();
    for (const CauseClass& c : classes) {
        json.begin_object();
        json.member(member, c.from);
        json.member("received", c.received);
        json.member("late", c.late);
        json.end_object();
    }
    json.end_array();
}

std::string dscp_text(const CauseClass& c) {
    const std::string name = analyze::dscp_name(static_cast<std::uint8_t>(c.from));
    return name.empty() ? std::to_string(c.from) : fmt::format("{} ({})", c.from, name);
}
std::string pcp_text(const CauseClass& c) {
    return std::to_string(c.from);
}
std::string size_text(const CauseClass& c) {
    if (c.to == UINT32_MAX) return fmt::format("{} and more", c.from);
    return c.from == 0 ? fmt::format("up to {}", c.to) : fmt::format("{} to {}", c.from, c.to);
}

void add_table(Page& p, const char* title, const std::vector<CauseClass>& classes,
               const std::function<std::string(const CauseClass&)>& text) {
    if (classes.empty()) return;
    p.line("{:<22} {:>14} {:>12} {:>9}", title, "received", "late", "late %");
    for (const CauseClass& c : classes)
        p.line("{:<22} {:>14} {:>12} {:>9}", "  " + text(c), grouped(c.received), grouped(c.late),
               percent_number(late_share(c)));
}

/// Where one class has most of the late ones, and far more than its part.
void add_sentence(Page& p, const char* what, const std::vector<CauseClass>& classes,
                  const std::function<std::string(const CauseClass&)>& text) {
    CauseClass all;
    for (const CauseClass& c : classes) {
        all.received += c.received;
        all.late += c.late;
    }
    constexpr double kFar = 2;
    for (const CauseClass& c : classes)
        if (classes.size() > 1 && all.late != 0 && 2 * c.late > all.late
            && late_share(c) > kFar * late_share(all))
            p.line(
                "Late by {}: {} of {} late packets are {}, which has {} of all.", what,
                grouped(c.late), grouped(all.late), text(c),
                percent_text(static_cast<double>(c.received) / static_cast<double>(all.received)));
}

} // namespace

void write_causes(JsonWriter& json, const analyze::Causes& causes) {
    json.begin_object();
    write_priorities(json, "by_dscp", "dscp", causes.dscp);
    write_priorities(json, "by_pcp", "pcp", causes.pcp);
    json.key("by_size").begin_array();
    for (const CauseClass& c : causes.size) {
        json.begin_object();
        json.member("from", c.from);
        json.key("to");
        c.to != UINT32_MAX ? json.value(c.to) : json.null();
        json.member("received", c.received);
        json.member("late", c.late);
        json.end_object();
    }
    json.end_array();
    json.member("unmarked", causes.unmarked);
    json.member("late_cut", causes.cut);
    json.end_object();
}

std::string causes_text(const analyze::Causes& causes) {
    Page p;
    add_sentence(p, "priority", causes.dscp,
                 [](const CauseClass& c) { return "of DSCP " + dscp_text(c); });
    add_sentence(p, "priority", causes.pcp,
                 [](const CauseClass& c) { return "of PCP " + pcp_text(c); });
    add_sentence(p, "size", causes.size,
                 [](const CauseClass& c) { return "in frames of " + size_text(c) + " octets"; });
    add_table(p, "DSCP", causes.dscp, dscp_text);
    add_table(p, "PCP", causes.pcp, pcp_text);
    add_table(p, "frame, octets", causes.size, size_text);
    if (causes.unmarked != 0) p.line("{} show no priority.", counted(causes.unmarked, "packet"));
    if (causes.cut) p.line("(more packets were late than are kept in memory)");
    return p.text();
}

} // namespace lacuna::report
