// What keys mean together.
#include "config/draft.hpp"
#include "config/names.hpp"
#include "config/value.hpp"
#include "pipeline/layout/layout.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace lacuna::config {
namespace {

/// The interface of the kernel that a port listens to; empty: none is known.
std::string listened_interface(const PortConfig& port) {
    if (!port.interface.empty()) return port.interface;
    for (const std::string_view key : {",iface=", ",rx_iface="}) {
        const auto at = port.vdev.find(key);
        if (at == port.vdev.npos) continue;
        const std::string value = port.vdev.substr(at + key.size());
        return value.substr(0, value.find(','));
    }
    return {};
}

/// Checks a draft; each step assumes the ones before it.
class Checker {
public:
    Checker(Draft& draft, const Machine& machine)
        : draft_(draft), config_(draft.config), machine_(machine) {}

    Status run() {
        for (const auto step :
             {&Checker::ports, &Checker::layout, &Checker::main_lcore, &Checker::dependent})
            if (Status s = (this->*step)(); !s) return s;
        return {};
    }

private:
    bool given(const std::string& path) const { return draft_.places.contains(path); }

    Error wrong(const std::string& path, std::string what, std::string hint) const {
        const auto found = draft_.places.find(path);
        return Error{std::move(what), found == draft_.places.end() ? draft_.file : found->second,
                     std::move(hint), 2};
    }

    Status ports() {
        if (config_.ports.empty())
            return Error{"no port is named", draft_.file,
                         "add a [[port]], or --interface, --pci or --vdev", 2};
        std::set<std::string> names;
        std::set<std::string> addresses;
        for (std::size_t i = 0; i < config_.ports.size(); ++i) {
            PortConfig& port = config_.ports[i];
            at_ = fmt::format("port.{}", i + 1);
            if (Status s = address(port, addresses); !s) return s;
            if (Status s = driver(port); !s) return s;
            if (!names.insert(port.name).second)
                return wrong(at_ + ".name", fmt::format("a second port is named {}", port.name),
                             "give each a name of its own");
        }
        return {};
    }

    Status address(PortConfig& port, std::set<std::string>& addresses) {
        const int count = !port.pci.empty() + !port.interface.empty() + !port.vdev.empty();
        if (count != 1)
            return wrong(at_, count == 0 ? "a port without address" : "a port with two addresses",
                         "give one of pci, interface and vdev");
        if (!port.pci.empty()) port.pci = full_pci_address(port.pci);
        const std::string address =
            port.pci + port.interface + port.vdev.substr(0, port.vdev.find(','));
        if (!addresses.insert(address).second) return named_twice(address);
        // Devices of DPDK's may share an interface, each with queues of its own.
        const std::string interface = listened_interface(port);
        const bool device = port.interface.empty();
        if (const auto [at, fresh] = listened_.emplace(interface, device);
            !interface.empty() && !fresh && !(at->second && device))
            return named_twice(interface);
        if (port.name.empty()) port.name = address;
        return {};
    }

    Error named_twice(const std::string& address) const {
        return wrong(at_, fmt::format("{} is named twice", address), "one [[port]] for each");
    }

    Status driver(PortConfig& port) {
        const bool xdp = !port.interface.empty() && port.driver == Driver::af_xdp;
        if (port.interface.empty() && given(at_ + ".driver"))
            return wrong(at_ + ".driver", "driver goes with interface only",
                         port.pci.empty() ? "the name of a vdev says what drives it"
                                          : "DPDK finds the driver of a PCI address itself");
        if (!xdp && given(at_ + ".xdp"))
            return wrong(at_ + ".xdp", "xdp goes with driver = \"af_xdp\" only", "leave it out");
        if (!port.interface.empty() && port.driver == Driver::af_packet && port.queues > 1)
            return wrong(
                at_ + ".queues",
                "several packet sockets cannot share an interface: when the ring of one is "
                "full, the kernel gives its packets to another, and SAs come apart",
                "set queues = 1; a pipeline layout shares the work behind it");
        if (!xdp && port.mode == Mode::beside)
            return wrong(at_ + ".mode", "mode = \"beside\" goes with driver = \"af_xdp\" only",
                         port.interface.empty()
                             ? "a port of DPDK's belongs to the probe alone"
                             : "af_packet takes copies: the kernel keeps every frame anyway");
        if (!xdp && given(at_ + ".take"))
            return wrong(at_ + ".take", "take goes with driver = \"af_xdp\" only", "leave it out");
        if (auto take = parse_take(port.take, config_.track); !take)
            return wrong(at_ + ".take", take.error().what, take.error().hint);
        if (port.mode == Mode::automatic) port.mode = xdp ? Mode::beside : Mode::passive;
        if (!port.interface.empty() && port.timestamps == Timestamps::nic)
            return wrong(at_ + ".timestamps", "af_xdp, af_packet and tap bring no times of the NIC",
                         "leave it at auto, or give the NIC to DPDK by pci");
        return {};
    }

    Status layout() {
        PipelineSettings& p = config_.pipeline;
        if (p.layout.empty()) p.layout = "auto";
        const auto named = static_cast<std::uint32_t>(p.lcores.size());
        const auto parsed = pipeline::parse_layout(p.layout, std::max(1u, named));
        if (!parsed)
            return wrong("pipeline.layout",
                         fmt::format("layout {}: {}", p.layout, parsed.error().what),
                         parsed.error().hint);
        std::uint32_t most = 0;
        for (const PortConfig& port : config_.ports)
            most = std::max(most, port.queues);
        const bool rtc = p.layout != "auto" && parsed->kind == pipeline::Layout::Kind::rtc;
        if (rtc && parsed->queues > most)
            return wrong("pipeline.layout",
                         fmt::format("{} lcores receive, but no port has more than {} RX queue{}",
                                     parsed->queues, most, most == 1 ? "" : "s"),
                         fmt::format("set queues = {} where the port has as many", parsed->queues));
        std::set<unsigned> seen;
        for (const unsigned cpu : p.lcores) {
            if (!seen.insert(cpu).second)
                return wrong("pipeline.lcores", fmt::format("CPU {} is named twice", cpu),
                             "a loop needs a CPU of its own; leave lcores out to share them");
            if (!has(cpu))
                return wrong("pipeline.lcores", fmt::format("there is no CPU {} to run on", cpu),
                             cpus_hint());
        }
        if (named != 0 && p.layout != "auto" && named != parsed->lcores())
            return wrong("pipeline.lcores",
                         fmt::format("{} CPU{} named, but {} has {} loop{}", named,
                                     named == 1 ? " is" : "s are", p.layout, parsed->lcores(),
                                     parsed->lcores() == 1 ? "" : "s"),
                         "name one for each, in the order rx, parsers, workers");
        return {};
    }

    Status main_lcore() {
        const PipelineSettings& p = config_.pipeline;
        if (p.main_lcore < 0) return {};
        const auto cpu = static_cast<unsigned>(p.main_lcore);
        if (!has(cpu))
            return wrong("pipeline.main-lcore", fmt::format("there is no CPU {} to run on", cpu),
                         cpus_hint());
        if (std::find(p.lcores.begin(), p.lcores.end(), cpu) != p.lcores.end())
            return wrong("pipeline.main-lcore", fmt::format("CPU {} is one of lcores", cpu),
                         "take another, or leave it out");
        return {};
    }

    Status dependent() {
        const OutputSettings& o = config_.output;
        if (o.json && o.csv)
            return wrong(given("output.csv") ? "output.csv" : "output.json",
                         "json and csv contradict each other", "choose one");
        const StoreSettings& s = config_.store;
        for (const auto& [path, set] : {std::pair{"store.retain", s.retain != 0},
                                        std::pair{"store.max-db-size", s.max_db_size != 0}})
            if (set && s.db.empty())
                return wrong(path, fmt::format("{} without a store", path + 6),
                             "name its directory with db");
        constexpr TimeNs kPeriod = 5'000'000'000;
        constexpr TimeNs kHour = 3600'000'000'000;
        if (const TimeNs i = s.series_interval; i != 0 && (i % kPeriod != 0 || kHour % i != 0))
            return wrong("store.series-interval",
                         fmt::format("an hour has no whole number of intervals of {}, or they are "
                                     "no multiples of 5s",
                                     span_text(i)),
                         "10s is the default");
        return check_http();
    }

    Status check_http() const {
        const HttpSettings& h = config_.http;
        for (const auto& [name, file] : {std::pair{"token-file", &h.token_file},
                                         {"tls-cert", &h.tls_cert},
                                         {"tls-key", &h.tls_key}})
            if (h.listen.empty() && !file->empty())
                return wrong(fmt::format("http.{}", name), fmt::format("{} without a server", name),
                             "set listen");
        if (h.tls_cert.empty() != h.tls_key.empty())
            return wrong(h.tls_key.empty() ? "http.tls-cert" : "http.tls-key",
                         "tls-cert and tls-key go together", "set both");
        return {};
    }

    bool has(unsigned cpu) const {
        const auto& all = machine_.cpus;
        return all.empty() || std::find(all.begin(), all.end(), cpu) != all.end();
    }
    std::string cpus_hint() const {
        return fmt::format("this process may run on {}", cpus_text(machine_.cpus));
    }

    Draft& draft_;
    RunConfig& config_;
    const Machine& machine_;
    std::string at_;                       ///< path of the port being checked
    std::map<std::string, bool> listened_; ///< interfaces by name; whether a vdev named it
};

} // namespace

Status check(Draft& draft, const Machine& machine) {
    return Checker(draft, machine).run();
}

} // namespace lacuna::config
