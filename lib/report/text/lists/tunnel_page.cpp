#include "report/text/lists/tunnel_page.hpp"

#include "flow/fields/derived.hpp"
#include "report/text/clock.hpp"
#include "report/text/number_text.hpp"
#include "report/text/percent.hpp"
#include "report/text/screen.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <iterator>
#include <vector>

namespace lacuna::report {

std::string tunnel_page(const Tunnel& tunnel) {
    struct Way {
        std::string name;
        flow::Totals sum;
    };
    std::vector<Way> ways;
    for (std::size_t i = 0; i < 2; ++i) {
        const std::string& from = tunnel.ends[i];
        const std::string& to = tunnel.ends[1 - i];
        if (tunnel.direction[i].flows != 0)
            ways.push_back({from.empty() || to.empty() ? "from " + from + to : from + " → " + to,
                            tunnel.direction[i]});
    }
    if (ways.size() > 1) ways.push_back({"both", tunnel.sum()});

    const std::string name = name_of(tunnel);
    const flow::Totals sum = tunnel.sum();
    const std::uint64_t lost = flow::lost_on_the_way(sum);
    std::string out =
        painted(name.empty() ? tunnel.id : name + "  " + tunnel.id, Tone::strong) + "\n\n";
    out += wrapped(fmt::format("Loss: {} of {} ({}).", grouped(lost),
                               counted(lost + flow::distinct_numbers(sum), "number"),
                               percent_text(flow::loss_ratio(sum))),
                   screen().columns, 2)
           + '\n';
    out += wrapped("Seen: " + local_span(tunnel.first_time, tunnel.last_time) + '.',
                   screen().columns, 2)
           + "\n\n";

    constexpr const char* kColumns = "{} {:>5} {:>12} {:>9} {:>7} {:>7} {:>6}\n";
    constexpr std::size_t kColumnsWidth = 52;
    std::size_t width = width_of("direction");
    for (const Way& w : ways)
        width = std::max(width, width_of(w.name));
    width =
        std::min(width, std::max<std::size_t>(screen().columns, kColumnsWidth + 9) - kColumnsWidth);
    const auto add = [&](const std::string& what, const auto&... figures) {
        // What does not fit keeps a line for itself.
        const bool fits = width_of(what) <= width;
        if (!fits) out += what + '\n';
        fmt::format_to(std::back_inserter(out), kColumns, padded(fits ? what : "", width),
                       figures...);
    };
    add("direction", "SAs", "received", "lost", "loss %", "late", "dup");
    for (const Way& w : ways)
        add(w.name, grouped(w.sum.flows), grouped(w.sum.received), grouped(w.sum.lost),
            percent_number(flow::loss_ratio(w.sum)), grouped(w.sum.late),
            grouped(w.sum.duplicates));
    return out;
}

} // namespace lacuna::report
