#include "cli/common_options.hpp"

#include "cli/names_option.hpp"
#include "cli/streams.hpp"
#include "cli/terminal.hpp"
#include "config/decoding.hpp"
#include "config/value.hpp"
#include "flow/fields/order.hpp"
#include "flow/fields/table.hpp"
#include "names/given.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fmt/format.h>
#include <tuple>
#include <unistd.h>

namespace lacuna::app {

std::string not_empty(const std::string& value) {
    return value.empty() ? "a name is missing" : "";
}

std::string counted_out(std::string text) {
    const std::size_t unit =
        text.empty() ? std::string_view::npos : std::string_view("kMG").find(text.back());
    const std::string digits = text.substr(0, text.size() - (text.empty() ? 0 : 1));
    if (unit == std::string_view::npos || digits.empty() || digits.size() > 9
        || digits.find_first_not_of("0123456789") != std::string::npos)
        return text;
    return digits + std::string(3 * (unit + 1), '0');
}

void add_file_order(CLI::App& command, bool& as_given) {
    command.add_flag("--as-given", as_given,
                     "read several files in the order named, not in that of their first packets");
}

void add_output_options(CLI::App& command, CommonOptions& options) {
    command.add_flag("--json", options.json, "print one JSON document");
    command.add_flag(
        "--csv", options.csv,
        "print comma-separated values, a line per SA; with --gaps or --late per gap or "
        "packet");
    command.add_flag("--quiet", options.quiet, "no progress, no remarks on stderr");
}

void add_output_file_option(CLI::App& command, std::string& file) {
    command
        .add_option("--output", file,
                    "write to this file, which appears once it is whole, not to standard output")
        ->type_name("FILE")
        ->check(not_empty);
}

void add_page_option(CLI::App& command, CommonOptions& options) {
    command
        .add_option("--html", options.html,
                    "write a page to hand on as well: verdict, tables, drawings, in one file")
        ->type_name("FILE")
        ->check(not_empty);
}

void add_sort_option(CLI::App& command, const char* name, CommonOptions& options) {
    command.add_option(name, options.sort, "the SAs with most of this field first, as loss_ratio")
        ->type_name("FIELD")
        ->check([](const std::string& text) {
            const flow::Field* const field = flow::find_field(text);
            return field != nullptr && flow::sortable(*field)
                       ? std::string()
                       : "no field to sort by; there are " + flow::sortable_names();
        });
}

void add_filter_option(CLI::App& command, CommonOptions& options) {
    command
        .add_option("--filter", options.filter,
                    "only SAs of which this is true, as \"proto esp and lost > 0\"")
        ->type_name("EXPR");
}

Status CommonOptions::check_selection() {
    if (Status s = read_names(names_file); !s) return s;
    auto parsed = names::parse_filter(filter);
    if (!parsed) return parsed.error();
    selected = std::move(*parsed);
    return {};
}

const flow::Field* CommonOptions::sorted_by() const {
    return flow::find_field(sort);
}

namespace {

/// "5m" in seconds; a number alone are seconds already.
std::string in_seconds(std::string text) {
    const bool bare = text.find_first_of("smhd") == std::string::npos;
    const auto span = bare ? std::nullopt : config::span_from(text);
    return span ? fmt::format("{:.9f}", static_cast<double>(*span) / 1e9) : text;
}

} // namespace

namespace {

/// Headings of --help, so that whoever looks for one option need not read all.
void group_options(CLI::App& command) {
    struct Group {
        const char* heading;
        std::initializer_list<const char*> options;
    };
    static const Group kGroups[] = {
        {"What is shown",
         {"--top", "--sort", "--filter", "--gaps", "--late", "--tunnels", "--names", "--verbose"}},
        {"How, and where to",
         {"--json", "--csv", "--html", "--output", "--quiet", "--interval", "--color", "--utc"}},
        {"Stored", {"--db", "--spill-interval", "--retain", "--max-db-size"}},
        {"What is counted",
         {"--counters", "--declare", "--rtp-ports", "--natt-ports", "--tunnel-port",
          "--max-nesting", "--l3-flows", "--esn", "--xpn"}},
        {"Bounds",
         {"--window", "--max-flows", "--idle-timeout", "--link-speed", "--max-record-memory"}}};
    for (const Group& g : kGroups)
        for (const char* name : g.options)
            command.get_option(name)->group(g.heading);
}

} // namespace

void CommonOptions::add_to(CLI::App& command) {
    add_output_options(command, *this);
    add_screen_options(command);
    add_verbose_option(command);
    add_names_option(command, names_file);
    add_output_file_option(command, output);
    add_page_option(command, *this);
    command
        .add_option("--interval", interval,
                    "say on stderr so often how things stand, as 10s; SIGUSR1 asks at any time")
        ->type_name("TIME")
        ->check(not_empty);
    command.add_option("--db", db, "store what is found in the RocksDB of this directory")
        ->type_name("DIR")
        ->check(not_empty);
    command.add_option("--spill-interval", spill_interval, "totals are stored so often")
        ->type_name("TIME")
        ->check(not_empty);
    command.add_option("--retain", retain, "how long what is stored is kept")
        ->type_name("TIME")
        ->check(not_empty);
    command
        .add_option("--max-db-size", max_db_size, "size of the store, above which the oldest goes")
        ->type_name("SIZE")
        ->check(not_empty);
    command
        .add_option("--stamps", stamps,
                    "numbers of an SA stored with their time in a second, about, for lacuna path "
                    "(default: 10; 0: none)")
        ->type_name("N")
        ->check(not_empty);
    command.add_option("--top", top, "show only the N worst SAs")
        ->type_name("N")
        ->transform(counted_out, "");
    add_sort_option(command, "--sort", *this);
    add_filter_option(command, *this);
    late_option = command
                      .add_option("--late", late,
                                  "list late packets, too old ones and duplicates, the first N")
                      ->type_name("[N]")
                      ->transform(counted_out, "");
    command.add_flag("--tunnels", view.tunnels,
                     "list tunnels: pairs of end points with all their SAs");
    // Without a number it is 0: main() sees to that.
    gaps_option =
        command.add_option("--gaps", gaps, "list the gaps themselves, the first N of them")
            ->type_name("[N]")
            ->transform(counted_out, "");
    window_option =
        command
            .add_option(
                "--window", window,
                "reorder memory per SA in numbers, a multiple of 64 (default: 1024, and up to "
                "8192 where packets come so late)")
            ->type_name("N");
    command.add_option("--max-flows", max_flows, "rows of the flow table at most")
        ->type_name("N")
        ->transform(counted_out, "")
        ->capture_default_str();
    command
        .add_option("--idle-timeout", idle_timeout_s,
                    "packet time after which an idle SA leaves the table, as 5m (0: never)")
        ->type_name("TIME")
        ->transform(in_seconds, "");
    command
        .add_option("--clock-tolerance", clock_tolerance_s,
                    "seconds a stamp may lie from the clock of its port and be believed at once "
                    "(0: all are)")
        ->type_name("S")
        ->capture_default_str();
    command
        .add_option("--final-after", final_after_s,
                    "seconds after which a missing number is final (0: only once it has left the "
                    "memory)")
        ->type_name("S")
        ->capture_default_str();
    command
        .add_option("--silent-after", silent_after_s,
                    "least seconds without a packet that make an SA silent (0: none is)")
        ->type_name("S")
        ->capture_default_str();
    command
        .add_option("--link-speed", link_speed,
                    "bit/s of the link, like 10G: more loss than it carries is doubtful "
                    "(default: 400G)")
        ->type_name("SPEED")
        ->check(not_empty);
    command
        .add_option("--max-record-memory", max_record_memory,
                    "memory for SAs with anomalies, like 256M (default: a quarter of the "
                    "machine's, 1G at most)")
        ->type_name("SIZE")
        ->check(not_empty);
    command.add_flag("--l3-flows", l3_flows,
                     "count TCP and UDP conversations as well (no loss figures)");
    command.add_option("--counters", counters, config::kCountersHelp)
        ->type_name("LIST")
        ->check(not_empty);
    command.add_option("--natt-ports", natt_ports, config::kNattPortsHelp)
        ->type_name("LIST")
        ->check(not_empty);
    command.add_option("--tunnel-port", tunnel_ports, config::kTunnelPortHelp)
        ->type_name("LIST")
        ->check(not_empty);
    command.add_option("--rtp-ports", rtp_ports, config::kRtpPortsHelp)
        ->type_name("LIST")
        ->check(not_empty);
    command.add_option("--declare", declare, config::kDeclareHelp)
        ->type_name("COUNTER")
        ->check(not_empty);
    command.add_option("--max-nesting", max_nesting, config::kMaxNestingHelp)
        ->type_name("N")
        ->capture_default_str();
    command.add_flag("--esn", view.esn, "IPsec sequence numbers have 64 bits");
    command.add_flag("--xpn", view.xpn, "MACsec packet numbers have 64 bits");
    group_options(command);
}

Status CommonOptions::check() {
    if (json && csv) return Error{"--json and --csv contradict each other", "", "choose one", 2};
    const bool given = window != 0 || (window_option != nullptr && window_option->count() != 0);
    if (given && (window < 64 || window > 65536 || window % 64 != 0))
        return Error{fmt::format("--window {} is not a multiple of 64 from 64 to 65536", window),
                     "", "without it the memory begins at 1024 and grows", 2};
    constexpr long long kMaxFlows = 1LL << 28;
    if (max_flows < 1 || max_flows > kMaxFlows)
        return Error{fmt::format("--max-flows {} is not from 1 to {}", max_flows, kMaxFlows), "",
                     "1048576 is the default", 2};
    if (top < 0 || top > kMaxFlows)
        return Error{fmt::format("--top {} is not from 1 to {}", top, kMaxFlows), "", "", 2};
    if (gaps < 0 || gaps > 1'000'000'000)
        return Error{fmt::format("--gaps {} is not from 1 to 1000000000", gaps), "", "", 2};
    if (!std::isfinite(idle_timeout_s) || idle_timeout_s < 0 || idle_timeout_s > 1e9)
        return Error{"--idle-timeout must be a number of seconds from 0 to 1000000000", "",
                     "0 means never", 2};
    if (!interval.empty()) {
        constexpr std::int64_t kLeast = 100'000'000;
        const auto span = config::span_from(interval);
        if (!span || *span < kLeast)
            return Error{fmt::format("--interval {} is not a time from 100ms on", interval), "",
                         "like 10s or 1m", 2};
        interim = std::chrono::nanoseconds(*span);
    }
    for (const auto& [seconds, name, to] :
         {std::tuple(clock_tolerance_s, "--clock-tolerance", &tracker.clock_tolerance),
          std::tuple(final_after_s, "--final-after", &tracker.final_after),
          std::tuple(silent_after_s, "--silent-after", &tracker.silent_after)}) {
        if (!std::isfinite(seconds) || seconds < 0 || seconds > 1e9)
            return Error{fmt::format("{} must be a number of seconds from 0 to 1000000000", name),
                         "", "10 is the default", 2};
        *to = static_cast<TimeNs>(seconds * 1e9);
    }
    tracker.window = static_cast<std::uint32_t>(window);
    tracker.max_flows = static_cast<std::uint64_t>(max_flows);
    if (l3_flows) tracker.max_transport_flows = tracker.max_flows;
    tracker.idle_timeout = static_cast<TimeNs>(idle_timeout_s * 1e9);
    view.top = static_cast<std::size_t>(top);
    view.sort = sorted_by();
    view.gaps = gaps_option != nullptr && gaps_option->count() != 0;
    view.gap_limit = static_cast<std::size_t>(gaps);
    // So many are kept where no number bounds the list.
    constexpr long long kMostLate = 1 << 18;
    if (late < 0) return Error{"--late must not be negative", "", "", 2};
    view.late = late_option != nullptr && late_option->count() != 0;
    view.late_limit = static_cast<std::size_t>(late);
    if (csv && view.gaps && view.late)
        return Error{"--csv is one list: of --gaps or of --late", "", "choose one", 2};
    if (view.late || causes)
        tracker.late =
            static_cast<std::size_t>(causes || late == 0 ? kMostLate : std::min(late, kMostLate));
    events_in_memory = view.gaps || !html.empty() || !extract.empty();
    tracker.events = events_in_memory || !db.empty();
    if (Status s = check_bounds(); !s) return s;
    if (Status s = check_selection(); !s) return s;
    if (Status s = check_decoding(); !s) return s;
    if (Status s = check_store(); !s) return s;
    if (Status s = send_output_to(output); !s) return s;
    look_at_stdout();
    return {};
}

namespace {

/// A number and an optional k, M, G or T, each `thousand` times the one before; 0: it is none.
double scaled(const std::string& text, double thousand) {
    char* end = nullptr;
    double value = std::strtod(text.c_str(), &end);
    if (end == text.c_str() || !std::isfinite(value) || value <= 0) return 0;
    const std::string_view unit(end);
    if (unit.empty()) return value;
    const std::size_t power = std::string_view("kMGT").find(unit == "K" ? 'k' : unit[0]);
    if (unit.size() != 1 || power == std::string_view::npos) return 0;
    for (std::size_t i = 0; i <= power; ++i)
        value *= thousand;
    return value;
}

} // namespace

Status CommonOptions::check_bounds() {
    if (!link_speed.empty()) {
        tracker.link_speed = scaled(link_speed, 1000);
        if (tracker.link_speed < 1e3 || tracker.link_speed > 1e15)
            return Error{fmt::format("--link-speed {} is not a speed from 1k to 1000T", link_speed),
                         "", "give bit/s, like 10G", 2};
    }
    constexpr std::uint64_t kLeast = 1 << 20;
    constexpr std::uint64_t kMost = std::uint64_t{1} << 36;
    if (!max_record_memory.empty()) {
        const double bytes = scaled(max_record_memory, 1024);
        if (bytes < static_cast<double>(kLeast) || bytes > static_cast<double>(kMost))
            return Error{fmt::format("--max-record-memory {} is not a size from 1M to 64G",
                                     max_record_memory),
                         "", "give bytes, like 256M", 2};
        tracker.record_memory = static_cast<std::uint64_t>(bytes);
        return {};
    }
    const auto pages = static_cast<std::uint64_t>(std::max(0L, sysconf(_SC_PHYS_PAGES)));
    const auto quarter = pages * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE)) / 4;
    tracker.record_memory = std::clamp(quarter, kLeast, std::uint64_t{1} << 30);
    return {};
}

Status CommonOptions::check_decoding() {
    if (l3_flows) decoding.transport = wire::Transport::observe;
    auto set = config::parse_counters(counters);
    if (!set) return set.error();
    decoding.counters = *set;
    decoding.trials = true;
    if (max_nesting < 1 || max_nesting > 255)
        return Error{fmt::format("--max-nesting {} is not from 1 to 255", max_nesting), "",
                     "8 is the default", 2};
    decoding.depth = static_cast<std::uint8_t>(max_nesting);
    if (natt_ports.empty() && tunnel_ports.empty() && rtp_ports.empty() && declare.empty())
        return {};
    ports_ = std::make_shared<wire::UdpPorts>();
    decoding.ports = ports_.get();
    if (Status s = config::set_ports(*ports_, natt_ports, tunnel_ports); !s) return s;
    if (Status s = config::set_rtp_ports(*ports_, rtp_ports); !s) return s;
    if (!rtp_ports.empty()) decoding.counters |= wire::bit_of(Protocol::rtp);
    auto declared = config::parse_declared(declare);
    if (!declared) return declared.error();
    declared_ = std::make_shared<wire::DeclaredCounters>(*declared);
    decoding.declared = declared_.get();
    config::apply_declared(*declared_, *ports_, decoding.counters);
    return {};
}

Status CommonOptions::check_store() {
    for (const auto& [text, flag, slot] :
         {std::tuple(&spill_interval, "spill-interval", config::Slot(&store.spill_interval)),
          std::tuple(&retain, "retain", config::Slot(&store.limits.retain)),
          std::tuple(&stamps, "stamps", config::Slot(&store.stamps)),
          std::tuple(&max_db_size, "max-db-size", config::Slot(&store.limits.max_size))}) {
        if (text->empty()) continue;
        const config::Key& key = *config::find_flag(flag);
        if (!config::set_text(key, slot, *text))
            return Error{fmt::format("--{} {} is not {}", flag, *text, config::expected(key)), "",
                         config::default_hint(key), 2};
        if (db.empty()) return Error{fmt::format("--{} without --db", flag), "", "", 2};
    }
    if (!db.empty()) {
        tracker.sample_periods = static_cast<std::uint32_t>(store.series_interval / flow::kPeriod);
        tracker.stamps = store.stamps;
    }
    return {};
}

} // namespace lacuna::app
