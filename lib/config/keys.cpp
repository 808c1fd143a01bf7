#include "config/decoding.hpp"
#include "config/key.hpp"
#include "config/names.hpp"
#include "wire/decode.hpp"

#include <algorithm>
#include <array>

namespace lacuna::config {
namespace {

constexpr TimeNs kSecond = 1'000'000'000;
constexpr TimeNs kDay = 86'400 * kSecond;
constexpr TimeNs kLong = 36'500 * kDay;
constexpr std::int64_t kMostInt = INT64_MAX;
constexpr std::int64_t kMiB = 1 << 20;

// A ring holds an element less than its size, and takes a burst, or a batch, whole or not at all:
// in one too small for the largest the run would stand still.
constexpr std::int64_t kLeastParserRing = 128;
static_assert(kLeastParserRing > wire::kRxBurst);
constexpr std::int64_t kLeastWorkerRing = 1024;
static_assert(kLeastWorkerRing > wire::kMaxRxObservations + 1);

constexpr std::string_view kDrivers[] = {"af_xdp", "af_packet", "tap"};
constexpr std::string_view kModes[] = {"auto", "passive", "beside"};
constexpr std::string_view kXdp[] = {"auto", "native", "generic"};
constexpr std::string_view kClocks[] = {"auto", "nic", "host"};
constexpr std::string_view kWishes[] = {"auto", "off"};
constexpr std::string_view kHuge[] = {"auto", "yes", "no"};
constexpr std::string_view kWaits[] = {"adaptive", "spin"};

/// An enumeration as the octet it is; reading it through `unsigned char` is allowed.
template <typename Enum>
std::uint8_t* octet(Enum& e) {
    static_assert(sizeof(Enum) == 1);
    return reinterpret_cast<std::uint8_t*>(&e);
}

#define LACUNA_PORT(member) .in_port = [](PortConfig& p) -> Slot { return &p.member; }
#define LACUNA_PORT_WORD(member) .in_port = [](PortConfig& p) -> Slot { return octet(p.member); }
#define LACUNA_RUN(member) .in_run = [](RunConfig& c) -> Slot { return &c.member; }
#define LACUNA_RUN_WORD(member) .in_run = [](RunConfig& c) -> Slot { return octet(c.member); }

// clang-format off
constexpr Key kKeys[] = {
    {.section = "port", .name = "name", .flag = "port-name", .kind = Kind::text,
     .help = "what reports and telemetry call the port (default: its address)",
     LACUNA_PORT(name), .valid = is_label,
     .form = "up to 63 letters, digits and . _ : -", .meta = "NAME"},
    {.section = "port", .name = "pci", .flag = "pci", .kind = Kind::text,
     .help = "PCI address of a NIC that DPDK drives",
     LACUNA_PORT(pci), .valid = is_pci_address,
     .form = "a PCI address like 0000:03:00.0", .meta = "ADDRESS"},
    {.section = "port", .name = "interface", .flag = "interface", .kind = Kind::text,
     .help = "interface of the kernel, listened to with the driver named by 'driver'",
     LACUNA_PORT(interface), .valid = is_interface_name,
     .form = "an interface name like eth1, up to 15 characters", .meta = "NAME"},
    {.section = "port", .name = "vdev", .flag = "vdev", .kind = Kind::text,
     .help = "virtual device of DPDK: name and arguments as EAL takes them",
     LACUNA_PORT(vdev), .valid = is_vdev,
     .form = "a device like net_pcap0,rx_pcap=trace.pcap", .meta = "DEVICE"},
    {.section = "port", .name = "driver", .flag = "driver", .kind = Kind::choice,
     .help = "how an interface is listened to",
     LACUNA_PORT_WORD(driver), .words = kDrivers},
    {.section = "port", .name = "mode", .flag = "mode", .kind = Kind::choice,
     .help = "passive: every frame ends here; beside: the kernel keeps all but what 'take' names "
             "(af_xdp). auto: beside with af_xdp, else passive",
     LACUNA_PORT_WORD(mode), .words = kModes},
    {.section = "port", .name = "take", .flag = "take", .kind = Kind::text,
     .help = "what 'beside' takes from the kernel, by names: macsec, esp, ah, wireguard, vxlan, "
             "geneve, gtp-u, gre, pppoe, mpls, ... Tunnels are the kernel's unless named",
     LACUNA_PORT(take), .meta = "LIST"},
    {.section = "port", .name = "xdp", .flag = "xdp", .kind = Kind::choice,
     .help = "where the XDP program runs (af_xdp): in the driver, or generic. auto: what works",
     LACUNA_PORT_WORD(xdp), .words = kXdp},
    {.section = "port", .name = "queues", .flag = "queues", .kind = Kind::number,
     .help = "RX queues of the port",
     LACUNA_PORT(queues), .low = 1, .high = 64, .meta = "N"},
    {.section = "port", .name = "descriptors", .flag = "descriptors", .kind = Kind::number,
     .help = "descriptors of each RX queue",
     LACUNA_PORT(descriptors), .low = 64, .high = 32'768, .zero = "as the driver prefers",
     .meta = "N"},
    {.section = "port", .name = "promiscuous", .flag = "promiscuous", .kind = Kind::boolean,
     .help = "take frames whatever their destination",
     LACUNA_PORT(promiscuous), .meta = "yes|no"},
    {.section = "port", .name = "mtu", .flag = "mtu", .kind = Kind::number,
     .help = "largest payload of a frame to receive, in octets; longer than a buffer: scattered",
     LACUNA_PORT(mtu), .low = 68, .high = 16'000,
     .zero = "2000 for a NIC of DPDK's alone, else as the port has it", .meta = "N"},
    {.section = "port", .name = "numa", .flag = "numa", .kind = Kind::number,
     .help = "NUMA node of the buffers (-1: that of the port)",
     LACUNA_PORT(numa), .low = -1, .high = 63, .meta = "N"},
    {.section = "port", .name = "timestamps", .flag = "timestamps", .kind = Kind::choice,
     .help = "clock of packet times. auto: the NIC's where it has one, else the host's",
     LACUNA_PORT_WORD(timestamps), .words = kClocks},
    {.section = "port", .name = "rss", .flag = "rss", .kind = Kind::choice,
     .help = "spread ESP and AH over queues by SPI. auto: where the NIC can",
     LACUNA_PORT_WORD(rss), .words = kWishes},
    {.section = "port", .name = "steer", .flag = "steer", .kind = Kind::choice,
     .help = "rules in the NIC for the EtherType and UDP ports of encrypted links. auto: where the "
             "NIC can",
     LACUNA_PORT_WORD(steer), .words = kWishes},

    {.section = "pipeline", .name = "layout", .flag = "layout", .kind = Kind::text,
     .help = "how stages are spread over lcores: pipeline:rx=1,parse=P,work=W, rtc:N (run to "
             "completion) or auto",
     LACUNA_RUN(pipeline.layout), .meta = "LAYOUT"},
    {.section = "pipeline", .name = "lcores", .flag = "lcores", .kind = Kind::cpus,
     .help = "CPUs of the loops, in the order rx, parsers, workers (default: planned)",
     LACUNA_RUN(pipeline.lcores), .meta = "LIST"},
    {.section = "pipeline", .name = "main-lcore", .flag = "main-lcore", .kind = Kind::number,
     .help = "CPU of the main thread, which only waits (-1: any)",
     LACUNA_RUN(pipeline.main_lcore), .low = -1, .high = 4095, .meta = "N"},
    {.section = "pipeline", .name = "parser-ring", .flag = "parser-ring", .kind = Kind::number,
     .help = "frames between RX and a parser at most",
     LACUNA_RUN(pipeline.parser_ring), .low = kLeastParserRing, .high = 65'536, .power_of_two = true,
     .meta = "N"},
    {.section = "pipeline", .name = "worker-ring", .flag = "worker-ring", .kind = Kind::number,
     .help = "observations between a parser and a worker at most",
     LACUNA_RUN(pipeline.worker_ring), .low = kLeastWorkerRing, .high = 65'536, .power_of_two = true,
     .meta = "N"},
    {.section = "pipeline", .name = "pool", .flag = "pool", .kind = Kind::number,
     .help = "packet buffers of the run",
     LACUNA_RUN(pipeline.pool), .low = 1024, .high = 1 << 24,
     .zero = "as many as can be under way", .meta = "N"},
    {.section = "pipeline", .name = "wait", .flag = "wait", .kind = Kind::choice,
     .help = "how a stage without work waits. adaptive: pauses, yields, sleeps; spin: for CPUs "
             "that do nothing else",
     LACUNA_RUN_WORD(pipeline.wait), .words = kWaits},

    {.section = "track", .name = "window", .flag = "window", .kind = Kind::number,
     .help = "reorder memory per SA in numbers",
     LACUNA_RUN(track.window), .low = 64, .high = 65'536,
     .zero = "begins at 1024, grows to 8192 where packets come so late", .multiple = 64,
     .meta = "N"},
    {.section = "track", .name = "max-flows", .flag = "max-flows", .kind = Kind::number,
     .help = "rows of the flow table at most",
     LACUNA_RUN(track.max_flows), .low = 1, .high = 1LL << 28, .meta = "N"},
    {.section = "track", .name = "idle-timeout", .flag = "idle-timeout", .kind = Kind::span,
     .help = "packet time after which an idle SA leaves the table",
     LACUNA_RUN(track.idle_timeout), .low = kSecond / 1000, .high = kSecond * 1'000'000'000,
     .zero = "never", .meta = "TIME"},
    {.section = "track", .name = "clock-tolerance", .flag = "clock-tolerance",
     .kind = Kind::span,
     .help = "how far a NIC's stamp may lie from the host's clock and be believed",
     LACUNA_RUN(track.clock_tolerance), .low = kSecond / 1000, .high = kSecond * 1'000'000'000,
     .zero = "any", .meta = "TIME"},
    {.section = "track", .name = "final-after", .flag = "final-after", .kind = Kind::span,
     .help = "time after which a missing number is final",
     LACUNA_RUN(track.final_after), .low = kSecond / 1000, .high = kSecond * 1'000'000'000,
     .zero = "only once it has left the memory", .meta = "TIME"},
    {.section = "track", .name = "silent-after", .flag = "silent-after", .kind = Kind::span,
     .help = "least time without a packet that makes an SA silent",
     LACUNA_RUN(track.silent_after), .low = kSecond / 1000, .high = kSecond * 1'000'000'000,
     .zero = "none is", .meta = "TIME"},
    {.section = "track", .name = "link-speed", .flag = "link-speed", .kind = Kind::speed,
     .help = "bit/s of the link, like 10G: more loss than it carries is doubtful",
     LACUNA_RUN(track.link_speed), .low = 1000, .high = 1'000'000'000'000'000, .meta = "SPEED"},
    {.section = "track", .name = "max-record-memory", .flag = "max-record-memory",
     .kind = Kind::size, .help = "memory for SAs with anomalies, like 256M",
     LACUNA_RUN(track.record_memory), .low = kMiB, .high = kMiB << 16,
     .zero = "a quarter of the machine's, 1 GiB at most", .meta = "SIZE"},
    {.section = "track", .name = "l3-flows", .flag = "l3-flows", .kind = Kind::boolean,
     .help = "count TCP and UDP conversations as well (no loss figures)",
     LACUNA_RUN(track.l3_flows)},
    {.section = "track", .name = "counters", .flag = "counters", .kind = Kind::text,
     .help = kCountersHelp, LACUNA_RUN(track.counters), .meta = "LIST"},
    {.section = "track", .name = "natt-ports", .flag = "natt-ports", .kind = Kind::text,
     .help = kNattPortsHelp, LACUNA_RUN(track.natt_ports), .meta = "LIST"},
    {.section = "track", .name = "tunnel-port", .flag = "tunnel-port", .kind = Kind::text,
     .help = kTunnelPortHelp, LACUNA_RUN(track.tunnel_ports), .meta = "LIST"},
    {.section = "track", .name = "rtp-ports", .flag = "rtp-ports", .kind = Kind::text,
     .help = kRtpPortsHelp, LACUNA_RUN(track.rtp_ports), .meta = "LIST"},
    {.section = "track", .name = "declare", .flag = "declare", .kind = Kind::text,
     .help = kDeclareHelp, LACUNA_RUN(track.declare), .meta = "COUNTER"},
    {.section = "track", .name = "max-nesting", .flag = "max-nesting", .kind = Kind::number,
     .help = kMaxNestingHelp, LACUNA_RUN(track.max_nesting), .low = 1, .high = 255, .meta = "N"},
    {.section = "track", .name = "esn", .flag = "esn", .kind = Kind::boolean,
     .help = "IPsec sequence numbers have 64 bits", LACUNA_RUN(track.esn)},
    {.section = "track", .name = "xpn", .flag = "xpn", .kind = Kind::boolean,
     .help = "MACsec packet numbers have 64 bits", LACUNA_RUN(track.xpn)},

    {.section = "store", .name = "db", .flag = "db", .kind = Kind::text,
     .help = "store what is found in the RocksDB of this directory",
     LACUNA_RUN(store.db), .meta = "DIR"},
    {.section = "store", .name = "retain", .flag = "retain", .kind = Kind::span,
     .help = "how long what is stored is kept",
     LACUNA_RUN(store.retain), .low = 60 * kSecond, .high = kLong, .zero = "for ever",
     .meta = "TIME"},
    {.section = "store", .name = "max-db-size", .flag = "max-db-size", .kind = Kind::size,
     .help = "size of the store, above which the oldest goes",
     LACUNA_RUN(store.max_db_size), .low = 16 * kMiB, .high = kMostInt, .zero = "no bound",
     .meta = "SIZE"},
    {.section = "store", .name = "series-interval", .flag = "series-interval", .kind = Kind::span,
     .help = "time between two points of the time series: 5s, 10s, 30s, 1m, ... whole parts of an "
             "hour",
     LACUNA_RUN(store.series_interval), .low = 5 * kSecond, .high = 3600 * kSecond,
     .zero = "no series",
     .meta = "TIME"},
    {.section = "store", .name = "stamps", .flag = "stamps", .kind = Kind::number,
     .help = "numbers of an SA stored with their time in a second, about, for lacuna path",
     LACUNA_RUN(store.stamps), .low = 1, .high = 1000, .zero = "none",
     .meta = "N"},
    {.section = "store", .name = "spill-interval", .flag = "spill-interval", .kind = Kind::span,
     .help = "totals, and summaries that changed, are stored so often",
     LACUNA_RUN(store.spill_interval), .low = kSecond / 10, .high = 3600 * kSecond,
     .meta = "TIME"},

    {.section = "http", .name = "listen", .flag = "http", .kind = Kind::text,
     .help = "address and port of the HTTP server (default: none)",
     LACUNA_RUN(http.listen), .valid = is_endpoint,
     .form = "an address and a port like 127.0.0.1:9999 or [::1]:9999", .meta = "HOST:PORT"},
    {.section = "http", .name = "token-file", .flag = "token-file", .kind = Kind::text,
     .help = "file with the token HTTP clients must show",
     LACUNA_RUN(http.token_file), .meta = "FILE"},
    {.section = "http", .name = "tls-cert", .flag = "tls-cert", .kind = Kind::text,
     .help = "certificate (chain) in PEM; with it the HTTP server speaks TLS",
     LACUNA_RUN(http.tls_cert), .meta = "FILE"},
    {.section = "http", .name = "tls-key", .flag = "tls-key", .kind = Kind::text,
     .help = "private key of that certificate in PEM",
     LACUNA_RUN(http.tls_key), .meta = "FILE"},
    {.section = "http", .name = "cors", .flag = "cors", .kind = Kind::text,
     .help = "origins whose pages may read replies, commas between them",
     LACUNA_RUN(http.cors), .meta = "ORIGINS"},

    {.section = "telemetry", .name = "socket", .flag = "telemetry-socket", .kind = Kind::boolean,
     .help = "answer on DPDK's telemetry socket",
     LACUNA_RUN(telemetry.socket), .meta = "yes|no"},
    {.section = "telemetry", .name = "flows", .flag = "metrics-flows", .kind = Kind::number,
     .help = "secure associations metrics show one by one: those that lose most",
     LACUNA_RUN(telemetry.flows), .low = 0, .high = 32, .meta = "N"},

    {.section = "run", .name = "duration", .flag = "duration", .kind = Kind::span,
     .help = "end after so much time",
     LACUNA_RUN(run.duration), .low = kSecond / 1000, .high = kLong, .zero = "only on a signal",
     .meta = "TIME"},
    {.section = "run", .name = "packets", .flag = "packets", .kind = Kind::number,
     .help = "end after so many frames",
     LACUNA_RUN(run.packets), .low = 1, .high = kMostInt, .zero = "no bound", .meta = "N"},
    {.section = "run", .name = "user", .flag = "user", .kind = Kind::text,
     .help = "user, or user:group, to become once everything is set up",
     LACUNA_RUN(run.user), .valid = is_user, .form = "a user, or user:group", .meta = "USER"},
    {.section = "run", .name = "file-prefix", .flag = "file-prefix", .kind = Kind::text,
     .help = "prefix of EAL's runtime files; tells probes of one host apart",
     LACUNA_RUN(run.file_prefix), .valid = is_label,
     .form = "up to 63 letters, digits and . _ : -", .meta = "NAME"},
    {.section = "run", .name = "hugepages", .flag = "hugepages", .kind = Kind::choice,
     .help = "memory from hugepages. auto: where enough are free, else ordinary memory",
     LACUNA_RUN_WORD(run.hugepages), .words = kHuge},
    {.section = "run", .name = "memory", .flag = "memory", .kind = Kind::number,
     .help = "MiB of memory EAL takes for buffers and rings",
     LACUNA_RUN(run.memory), .low = 64, .high = kMiB, .meta = "MIB"},

    {.section = "output", .name = "json", .flag = "json", .kind = Kind::boolean,
     .help = "print the report at the end as one JSON document", LACUNA_RUN(output.json)},
    {.section = "output", .name = "csv", .flag = "csv", .kind = Kind::boolean,
     .help = "print it as comma-separated values, a line per SA", LACUNA_RUN(output.csv)},
    {.section = "output", .name = "quiet", .flag = "quiet", .kind = Kind::boolean,
     .help = "no screen, no progress, no remarks on stderr", LACUNA_RUN(output.quiet)},
    {.section = "output", .name = "top", .flag = "top", .kind = Kind::number,
     .help = "report only the N worst SAs",
     LACUNA_RUN(output.top), .low = 1, .high = 1LL << 28, .zero = "all, the table ten",
     .meta = "N"},
    {.section = "output", .name = "names", .flag = "names", .kind = Kind::text,
     .help = "names of end points, SCIs, SPIs and tunnels (TOML), shown beside the ids",
     LACUNA_RUN(output.names), .meta = "FILE"},
    {.section = "output", .name = "interval", .flag = "interval", .kind = Kind::span,
     .help = "time between two pictures of the live screen",
     LACUNA_RUN(output.interval), .low = kSecond / 10, .high = 3600 * kSecond, .meta = "TIME",
     .live = true},
};
// clang-format on

#undef LACUNA_PORT
#undef LACUNA_PORT_WORD
#undef LACUNA_RUN
#undef LACUNA_RUN_WORD

constexpr std::string_view kSections[] = {"port", "pipeline",  "track", "store",
                                          "http", "telemetry", "run",   "output"};

} // namespace

std::span<const Key> keys() {
    return kKeys;
}

std::span<const std::string_view> sections() {
    return kSections;
}

const Key* find_key(std::string_view section, std::string_view name) {
    const auto* key = std::find_if(std::begin(kKeys), std::end(kKeys), [&](const Key& k) {
        return k.section == section && k.name == name;
    });
    return key == std::end(kKeys) ? nullptr : key;
}

const Key* find_flag(std::string_view flag) {
    const auto* key = std::find_if(std::begin(kKeys), std::end(kKeys),
                                   [&](const Key& k) { return k.flag == flag; });
    return key == std::end(kKeys) ? nullptr : key;
}

Slot slot_of(const Key& key, RunConfig& config, std::size_t port) {
    return key.in_port != nullptr ? key.in_port(config.ports[port]) : key.in_run(config);
}

} // namespace lacuna::config
