#include "report/text/event_table.hpp"

#include "base/time_text.hpp"
#include "report/text/number_text.hpp"
#include "wire/sa_text.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <iterator>

namespace lacuna::report {

const char* kind_name(const flow::Event& e) {
    switch (e.kind) {
    case flow::EventKind::restart_undone:
        return "restart_undone";
    case flow::EventKind::rekey:
        return "rekey";
    case flow::EventKind::exhaustion:
        return "exhaustion";
    case flow::EventKind::probe_dropped:
        return "probe_dropped";
    case flow::EventKind::store_resumed:
        return "store_resumed";
    default:
        return "restart";
    }
}

bool of_probe(const flow::Event& e) {
    return e.kind == flow::EventKind::probe_dropped || e.kind == flow::EventKind::store_resumed;
}

std::string event_text(const flow::Event& e) {
    switch (e.kind) {
    case flow::EventKind::restart_undone:
        return fmt::format("no restart after all: goes on at {}", e.b);
    case flow::EventKind::probe_dropped:
        return fmt::format("dropped {} frames of its own since {}", e.a, rfc3339(e.b));
    case flow::EventKind::store_resumed:
        return fmt::format("stores again; {} records since {} are lost", e.a, rfc3339(e.b));
    case flow::EventKind::rekey:
        return e.a >= 0 ? fmt::format("rekey: AN {} ended at {}, AN {} begins at {}", e.aux, e.a,
                                      +e.id.key.an, e.b)
                        : fmt::format("rekey: AN {} begins at {}", +e.id.key.an, e.b);
    case flow::EventKind::exhaustion:
        return fmt::format("number {}: the 32-bit numbers near their end", e.a);
    default:
        return fmt::format("restart: ended at {}, begins again at {}", e.a, e.b);
    }
}

std::string event_table(std::span<const flow::Event> events, std::size_t limit) {
    if (events.empty()) return {};
    const std::size_t shown = std::min(events.size(), limit);
    std::string out = shown < events.size()
                          ? fmt::format("first {} of {} restarts, rekeys and warnings\n", shown,
                                        grouped(events.size()))
                          : std::string("restarts, rekeys and warnings\n");
    for (std::size_t i = 0; i < shown; ++i)
        fmt::format_to(std::back_inserter(out), "{}  {}\n    {}\n", rfc3339(events[i].time),
                       wire::sa_text(events[i].id), event_text(events[i]));
    return out;
}

} // namespace lacuna::report
