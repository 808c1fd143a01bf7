// What `lacuna run` is told: the configuration as the program uses it, whatever it was written in.
#pragma once

#include "base/types.hpp"
#include "config/take.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace lacuna::config {

/// How a kernel interface is listened to.
enum class Driver : std::uint8_t {
    af_xdp,    ///< an XDP program hands frames over before the kernel's network stack
    af_packet, ///< a copy of every frame through a packet socket
    tap,       ///< an interface made for the run; what is sent into it is received
};

/// What becomes of the frames a port does not need.
enum class Mode : std::uint8_t {
    automatic, ///< only while a configuration is read; never after check()
    passive,   ///< the port belongs to the probe: every frame ends here
    beside, ///< af_xdp alone: only what PortConfig::take names ends here, the kernel gets the rest
};

/// Where an XDP program runs.
enum class Xdp : std::uint8_t {
    automatic, ///< in the driver, else generic
    native,    ///< in the driver or not at all
    generic,   ///< in the kernel's stack: every driver, slower
};

/// The clock packet times come from.
enum class Timestamps : std::uint8_t {
    automatic, ///< the NIC's where it has one, else the host's
    nic,       ///< the NIC's or not at all
    host,      ///< the host's, read when a burst is received
};

/// A wish to the hardware.
enum class Wish : std::uint8_t {
    automatic, ///< asked for where the driver offers it; what was granted is shown
    off,       ///< not asked for
};

enum class Hugepages : std::uint8_t {
    automatic, ///< where enough are free, else ordinary memory
    yes,       ///< or not at all
    no,        ///< ordinary memory
};

/// How stages without work wait.
enum class Wait : std::uint8_t {
    adaptive, ///< pause, then yield, then sleep for microseconds: stages may share a CPU
    spin,     ///< pause only: for isolated CPUs that do nothing else
};

/// One port. Exactly one of `pci`, `interface` and `vdev` is not empty.
struct PortConfig {
    std::string name;      ///< in reports and telemetry; unique, never empty after check()
    std::string pci;       ///< "0000:03:00.0", lower case with domain
    std::string interface; ///< "eth1", listened to with `driver`
    std::string vdev;      ///< name and devargs as EAL takes them: "net_pcap0,rx_pcap=a.pcap"
    Driver driver = Driver::af_xdp; ///< with `interface` only
    Mode mode = Mode::automatic;
    std::string take =
        kUsualTake;           ///< what `beside` takes from the kernel, as parse_take() takes it
    Xdp xdp = Xdp::automatic; ///< af_xdp only
    std::uint32_t queues = 1; ///< RX queues, 1-64
    std::uint32_t descriptors = 0; ///< of each RX queue, 64-32,768; 0: as the driver prefers
    bool promiscuous = true;
    std::uint32_t mtu = 0;  ///< octets without the Ethernet header, 68-16,000; 0: as it is
    std::int32_t numa = -1; ///< socket its buffers are on, 0-63; -1: that of the port
    Timestamps timestamps = Timestamps::automatic;
    Wish rss = Wish::automatic;   ///< spread ESP and AH over queues by SPI
    Wish steer = Wish::automatic; ///< rte_flow rules for the ways to encrypted links

    bool operator==(const PortConfig&) const = default;
};

struct PipelineSettings {
    std::string layout = "auto"; ///< as pipeline::parse_layout() takes it; checked
    std::vector<unsigned>
        lcores; ///< CPUs of the loops in order rx, parsers, workers; empty: planned
    std::int32_t main_lcore = -1;     ///< CPU of the main thread; -1: it floats
    std::uint32_t parser_ring = 2048; ///< elements, a power of two, 128-65,536
    std::uint32_t worker_ring = 4096; ///< elements, a power of two, 1,024-65,536
    std::uint32_t pool =
        0; ///< packet buffers of the run, up to 2^24; 0: as many as can be under way
    Wait wait = Wait::adaptive;

    bool operator==(const PipelineSettings&) const = default;
};

struct TrackSettings {
    std::uint32_t window = 0; ///< reorder memory of an SA, a multiple of 64, 64-65,536; 0: it grows
    std::uint64_t max_flows = 1u << 20;         ///< rows of the flow table, 1 - 2^28
    TimeNs idle_timeout = 300'000'000'000;      ///< of packet time; 0: SAs never leave
    TimeNs clock_tolerance = 10'000'000'000;    ///< of a NIC's stamps; 0: all are believed
    TimeNs final_after = 10'000'000'000;        ///< of a missing number; 0: once out of the memory
    TimeNs silent_after = 10'000'000'000;       ///< least quiet of a silent SA; 0: none is
    std::uint64_t link_speed = 400'000'000'000; ///< bit/s; more loss than it carries is doubtful
    std::uint64_t record_memory = 0; ///< octets for SAs with anomalies, 2^20 - 2^36; 0: by machine
    bool l3_flows = false;
    std::string counters;          ///< further counters, as parse_counters() takes them
    std::string natt_ports;        ///< as set_ports() takes them, and
    std::string tunnel_ports;      ///< those
    std::string rtp_ports;         ///< as set_rtp_ports() takes them
    std::string declare;           ///< as parse_declared() takes it
    std::uint32_t max_nesting = 8; ///< encapsulations inside each other, 1-255
    bool esn = false;              ///< IPsec sequence numbers have 64 bits
    bool xpn = false;              ///< MACsec packet numbers have 64 bits

    bool operator==(const TrackSettings&) const = default;
};

struct StoreSettings {
    std::string db;                ///< directory; empty: nothing is stored
    TimeNs retain = 0;             ///< runs older than this are removed; 0: kept
    std::uint64_t max_db_size = 0; ///< octets; 0: no bound
    /// Between points of the time series, a multiple of 5 s that divides an hour; 0: none.
    TimeNs series_interval = 10'000'000'000;
    TimeNs spill_interval = 1'000'000'000; ///< from storing totals to storing them again
    std::uint32_t stamps = 10; ///< numbers of an SA stored with their time in a second; 0: none

    bool operator==(const StoreSettings&) const = default;
};

struct HttpSettings {
    std::string listen;     ///< "127.0.0.1:9999", "[::1]:9999"; empty: no server
    std::string token_file; ///< holds the bearer token clients must show; empty: none is asked for
    std::string tls_cert;   ///< PEM file of the certificate (chain); empty: plain HTTP
    std::string tls_key;    ///< PEM file of its private key
    std::string cors;       ///< origins whose pages may read replies, commas between them

    bool operator==(const HttpSettings&) const = default;
};

struct TelemetrySettings {
    bool socket = true;       ///< DPDK's telemetry socket
    std::uint32_t flows = 20; ///< SAs metrics show one by one, 0-32

    bool operator==(const TelemetrySettings&) const = default;
};

struct RunSettings {
    TimeNs duration = 0;       ///< of wall time; 0: until a signal
    std::uint64_t packets = 0; ///< frames offered after which the run ends; 0: no bound
    std::string user;          ///< user, or user:group, to become after set-up; empty: stays
    std::string file_prefix;   ///< of EAL's runtime files; empty: one of its own
    Hugepages hugepages = Hugepages::automatic;
    std::uint32_t memory = 512; ///< MiB EAL may take, 64-1,048,576

    bool operator==(const RunSettings&) const = default;
};

/// How the run shows itself.
struct OutputSettings {
    bool json = false;               ///< the report at the end as one JSON document
    bool csv = false;                ///< or as lines, one per SA
    bool quiet = false;              ///< neither screen nor remarks
    std::uint64_t top = 0;           ///< only so many SAs in the report; 0: as each form has it
    std::string names;               ///< file with names of end points and SAs; empty: none
    TimeNs interval = 1'000'000'000; ///< between two pictures of the screen (lines: ten times that)

    bool operator==(const OutputSettings&) const = default;
};

/// All of it. Plain values; load() (config/load.hpp) yields checked ones only.
struct RunConfig {
    std::vector<PortConfig> ports;
    PipelineSettings pipeline;
    TrackSettings track;
    StoreSettings store;
    HttpSettings http;
    TelemetrySettings telemetry;
    RunSettings run;
    OutputSettings output;

    bool operator==(const RunConfig&) const = default;
};

} // namespace lacuna::config
