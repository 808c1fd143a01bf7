#include "report/text/lists/event_table.hpp"

#include "base/time_text.hpp"
#include "flow/replay_window.hpp"
#include "report/text/clock.hpp"
#include "report/text/number_text.hpp"
#include "seq/judge.hpp"
#include "wire/text/sa_text.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <iterator>

namespace lacuna::report {

namespace {

/// Characters of an id that fit behind a time.
constexpr std::size_t kBesideTime = 60;

} // namespace

const char* kind_name(const flow::Event& e) {
    switch (e.kind) {
    case flow::EventKind::restart_undone:
        return "restart_undone";
    case flow::EventKind::rekey:
        return "rekey";
    case flow::EventKind::exhaustion:
        return "exhaustion";
    case flow::EventKind::jump:
        return "jump";
    case flow::EventKind::counter:
        return "counter";
    case flow::EventKind::moved:
        return "moved";
    case flow::EventKind::probe_dropped:
        return "probe_dropped";
    case flow::EventKind::store_resumed:
        return "store_resumed";
    case flow::EventKind::silent:
        return "silent";
    case flow::EventKind::resumed:
        return "resumed";
    case flow::EventKind::no_link:
        return "no_link";
    case flow::EventKind::not_running:
        return "not_running";
    default:
        return "restart";
    }
}

std::string event_text(const flow::Event& e) {
    switch (e.kind) {
    case flow::EventKind::restart_undone:
        return fmt::format("no restart after all: goes on at {}", e.b);
    case flow::EventKind::probe_dropped:
        return fmt::format("dropped {} frames of its own since {}", e.a, rfc3339(e.b));
    case flow::EventKind::store_resumed:
        return fmt::format("stores again; {} records since {} are lost", e.a, rfc3339(e.b));
    case flow::EventKind::silent:
        return fmt::format("silent: nothing since {}", local_time(e.b));
    case flow::EventKind::resumed:
        return fmt::format("sends again, after {}", duration_text(seconds_between(e.b, e.time)));
    case flow::EventKind::no_link:
        return fmt::format("port {} had no link: blind since {}", e.a, rfc3339(e.b));
    case flow::EventKind::not_running:
        return fmt::format("no probe ran since {}; {} SAs are taken up from there", rfc3339(e.b),
                           e.a);
    case flow::EventKind::rekey:
        return e.a >= 0 ? fmt::format("rekey: AN {} ended at {}, AN {} begins at {}", e.aux, e.a,
                                      +e.id.key.an, e.b)
                        : fmt::format("rekey: AN {} begins at {}", +e.id.key.an, e.b);
    case flow::EventKind::jump:
        return fmt::format("jump: from {} to {}", e.a, e.b);
    case flow::EventKind::counter:
        return fmt::format("a further counter begins at {}, beside one at {}", e.b, e.a);
    case flow::EventKind::moved:
        return fmt::format("{} moved from {} to {}: goes on at {} after {}",
                           e.aux != 0 ? "the destination" : "the source",
                           wire::address_text(e.id.key, e.from), wire::address_text(e.id.key, e.to),
                           e.b, e.a);
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
                          ? fmt::format("first {} of {} restarts, rekeys, moves and warnings\n",
                                        shown, grouped(events.size()))
                          : std::string("restarts, rekeys, moves and warnings\n");
    for (std::size_t i = 0; i < shown; ++i) {
        const flow::Event& e = events[i];
        const std::string id = wire::sa_text(e.id);
        fmt::format_to(std::back_inserter(out), "{}{}{}\n", local_time(e.time),
                       id.size() <= kBesideTime ? "  " : "\n    ", id);
        std::string text = event_text(e);
        const std::size_t colon = text.find(": ");
        if (text.size() > kBesideTime + 30 && colon != text.npos)
            text.replace(colon, 2, ":\n      ");
        fmt::format_to(std::back_inserter(out), "    {}\n", text);
    }
    return out;
}

const char* verdict_name(const flow::Event& e) {
    switch (static_cast<seq::Verdict>(e.aux)) {
    case seq::Verdict::late:
        return "late";
    case seq::Verdict::too_old:
        return "too_old";
    default:
        return "duplicate";
    }
}

std::optional<std::uint64_t> window_for(std::uint64_t extent) {
    for (std::size_t i = 0; i < flow::kWindows; ++i) {
        const std::uint64_t window = std::uint64_t{1} << (flow::kFirstWindowLog2 + i);
        if (extent < window) return window;
    }
    return std::nullopt;
}

std::string late_table(std::span<const flow::Event> packets, std::uint64_t all) {
    std::string out =
        packets.size() < all
            ? fmt::format("first {} of {} late packets, too old ones and duplicates\n",
                          grouped(packets.size()), grouped(all))
            : std::string("late packets, too old ones and duplicates\n");
    for (const flow::Event& e : packets) {
        const std::string id = wire::sa_text(e.id);
        const auto window = window_for(static_cast<std::uint64_t>(e.b));
        fmt::format_to(std::back_inserter(out), "{}{}{}\n    number {} {}: {} behind; {}\n",
                       local_time(e.time), id.size() <= kBesideTime ? "  " : "\n    ", id, e.a,
                       verdict_name(e), grouped(static_cast<std::uint64_t>(e.b)),
                       window ? fmt::format("a window of {} keeps it", grouped(*window))
                              : std::string("no window keeps it"));
    }
    return out;
}

} // namespace lacuna::report
