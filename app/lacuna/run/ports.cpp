#include "run/ports.hpp"

#include "host/process.hpp"
#include "port/eal.hpp"

#include <algorithm>
#include <chrono>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <net/if.h>

namespace lacuna::app {

namespace {

bool is_xdp(const config::PortConfig& p) {
    return !p.interface.empty() && p.driver == config::Driver::af_xdp;
}

xdp::Attach attach_of(config::Xdp x) {
    return x == config::Xdp::native    ? xdp::Attach::native
           : x == config::Xdp::generic ? xdp::Attach::generic
                                       : xdp::Attach::automatic;
}

Status check_interface(const config::PortConfig& p) {
    const bool there = if_nametoindex(p.interface.c_str()) != 0;
    const bool tap = p.driver == config::Driver::tap;
    if (tap && there)
        return Error{"exists already; tap makes an interface of its own", p.interface,
                     "choose another name, or driver = \"af_packet\"", 2};
    if (!tap && !there) return Error{"no such interface", p.interface, "see: ip link", 2};
    if (is_xdp(p) && p.queues > 1)
        return Error{"the AF_XDP driver serves one queue with a program of lacuna's", p.interface,
                     fmt::format("set queues = 1 and run: ethtool -L {} combined 1", p.interface),
                     2};
    if (const std::string lacks = host::lacking(host::this_process(), p.driver); !lacks.empty())
        return Error{"this process lacks " + lacks, p.interface, host::grant_command(p.driver), 1};
    return {};
}

/// ", rx_oversize_errors 5"; empty: nothing counted.
std::string text_of(const port::NamedCounts& counts) {
    std::string out;
    for (const auto& [name, n] : counts)
        out += fmt::format(", {} {}", name, n);
    return out;
}

/// What a port could not tell, or could not receive.
void add_port_notes(const port::LivePort& port, std::uint64_t received,
                    std::vector<std::string>& notes) {
    const port::DropWatch& watch = port.watch();
    if (!port.granted().drops_visible)
        notes.push_back(fmt::format("port {}: {} has no counter of drops, so frames the probe lost "
                                    "there are told as the network's loss",
                                    port.name(), port.granted().driver));
    if (received == 0 && watch.total() + watch.damaged() != 0)
        notes.push_back(fmt::format("port {}: frames arrived and none was received", port.name()));
    if (watch.refused() != 0)
        notes.push_back(fmt::format("port {}: the NIC refused {} frames, as too long if no counter "
                                    "says else: set mtu higher",
                                    port.name(), watch.refused()));
    if (const std::string own = text_of(watch.named(true)); !own.empty())
        notes.push_back(fmt::format("port {}: lost by the probe, in the driver's words: {}",
                                    port.name(), own.substr(2)));
    if (const std::string damage = text_of(watch.named(false)); !damage.empty())
        notes.push_back(fmt::format("port {}: came damaged, the network's loss: {}", port.name(),
                                    damage.substr(2)));
}

/// What the XDP program redirects.
xdp::Wanted wanted(const std::vector<config::Lead>& take) {
    xdp::Wanted out;
    for (const config::Lead& lead : take) {
        switch (lead.carrier) {
        case wire::Carrier::ethertype:
            out.ethertype(lead.number);
            break;
        case wire::Carrier::ip_protocol:
            out.ip_protocol(static_cast<std::uint8_t>(lead.number));
            break;
        case wire::Carrier::udp_port:
            out.udp_port(lead.number);
            break;
        case wire::Carrier::none:
            break;
        }
    }
    return out;
}

} // namespace

Status RunPorts::prepare(const config::RunConfig& config, const Say& say) {
    for (const config::PortConfig& p : config.ports) {
        One one;
        one.config = p;
        if (Status s = port::refuse_looping({p.vdev}); !s) return s;
        if (!p.pci.empty())
            if (Status s = port::check_pci(p.pci); !s) return s;
        if (!p.interface.empty())
            if (Status s = check_interface(p); !s) return s;
        if (is_xdp(p)) {
            const auto mode =
                p.mode == config::Mode::passive ? xdp::Mode::take_all : xdp::Mode::beside;
            const auto take = config::parse_take(p.take, config.track);
            if (!take) return take.error();
            one.takes = config::take_text(*take);
            auto steering =
                xdp::Steering::prepare(p.interface, mode, wanted(*take), attach_of(p.xdp));
            if (!steering) return steering.error();
            one.steering = std::move(*steering);
            if (one.steering->removed_stale())
                say(p.name + ": took off the XDP program a killed lacuna had left behind");
        }
        ports_.push_back(std::move(one));
    }
    return {};
}

Status RunPorts::open(const pipeline::PipelineConfig& pipeline, std::uint32_t buffers,
                      const std::string& complaint, const Say& say, const Say& opening) {
    constexpr unsigned kCache = 256;
    port::RunNeeds needs;
    needs.under_way = pipeline::buffers_in_flight(pipeline, kCache);
    needs.buffers = buffers;
    needs.lcores = pipeline.layout.lcores();
    needs.complaint = complaint;
    for (std::size_t i = 0; i < ports_.size(); ++i) {
        One& one = ports_[i];
        const std::string program = one.steering ? one.steering->program_path() : "";
        opening("port " + one.config.name);
        auto opened = port::LivePort::open(one.config, i, needs, program);
        if (!opened) return opened.error();
        one.port = std::move(*opened);
        if (one.steering)
            if (Status s = one.steering->adopt(); !s) return s;

        const port::Granted& g = one.port->granted();
        std::vector<std::string>& words = one.granted;
        words = {
            fmt::format("{} queue{} of {}", g.queues, g.queues == 1 ? "" : "s", g.descriptors)};
        if (one.steering)
            words.push_back(
                fmt::format("{} XDP, {}", one.steering->attached_as(),
                            one.config.mode == config::Mode::passive
                                ? "every frame is taken from the kernel"
                                : one.takes + " are taken from the kernel, the rest is its"));
        words.insert(words.end(), g.lines.begin(), g.lines.end());
        say(fmt::format("port {}: {}; {}", one.port->name(), g.driver, fmt::join(words, "; ")));
        one.link = one.port->link_up();
        if (!one.link) say(fmt::format("port {}: the link is down", one.port->name()));
        port::KernelSide kernel;
        if (one.steering && kernel.open(one.config.interface) && kernel.queues() > 1)
            say(fmt::format("port {}: {} RX queues, of which lacuna serves one; what it wants on "
                            "the others counts as dropped. Run: ethtool -L {} combined 1",
                            one.port->name(), kernel.queues(), one.config.interface));
    }
    return {};
}

Status RunPorts::make_sources(const pipeline::Layout& layout, std::atomic<std::int64_t>* left,
                              TimeNs clock_tolerance) {
    auto field = port::TimeField::make();
    if (!field) return field.error();
    time_offset_ = field->offset();
    const std::size_t receivers = layout.kind == pipeline::Layout::Kind::rtc ? layout.queues : 1;
    for (std::size_t r = 0; r < receivers; ++r) {
        std::vector<port::QueueRef> queues;
        std::vector<std::size_t> owners;
        for (std::size_t i = 0; i < ports_.size(); ++i) {
            for (std::uint16_t q = 0; q < ports_[i].port->granted().queues; ++q) {
                if (q % receivers != r) continue;
                queues.push_back({ports_[i].port.get(), q});
                owners.push_back(i);
            }
        }
        sources_.push_back(
            std::make_unique<port::PortQueues>(queues, clock_, *field, left, clock_tolerance));
        polled_.push_back(std::move(owners));
    }
    return {};
}

pipeline::MbufInput RunPorts::input() const {
    pipeline::MbufInput in{sources_.front().get(), {}};
    for (std::size_t i = 1; i < sources_.size(); ++i)
        in.more.push_back(sources_[i].get());
    in.format.time_offset = time_offset_;
    for (const One& one : ports_)
        in.format.origins.resize(
            std::max<std::size_t>(in.format.origins.size(), one.port->id() + 1u));
    return in;
}

std::uint64_t RunPorts::received(std::size_t port, std::uint16_t queue) const {
    // As make_sources() deals them: each receiver has every so-many-th queue, port after port.
    const std::size_t s = queue % sources_.size();
    std::uint16_t at = static_cast<std::uint16_t>(s);
    for (std::size_t q = 0; q < polled_[s].size(); ++q) {
        if (polled_[s][q] != port) continue;
        if (at == queue) return sources_[s]->received(q);
        at = static_cast<std::uint16_t>(at + sources_.size());
    }
    return 0;
}

std::uint64_t RunPorts::received(std::size_t port) const {
    std::uint64_t n = 0;
    for (std::size_t s = 0; s < sources_.size(); ++s)
        for (std::size_t q = 0; q < polled_[s].size(); ++q)
            if (polled_[s][q] == port) n += sources_[s]->received(q);
    return n;
}

void RunPorts::tend_losses(std::size_t port, const Say& say) {
    One& one = ports_[port];
    one.port->watch().look_by_name();
    const port::DropWatch& watch = one.port->watch();
    const double now =
        std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
    const std::uint64_t lost = watch.total() + watch.damaged();
    if (!one.deaf.notice(now, received(port), lost)) return;
    const std::string named = text_of(watch.named(true)) + text_of(watch.named(false));
    say(fmt::format("port {}: receives nothing although frames arrive: missed {}, no buffer {}{}. "
                    "Try fewer descriptors, or a larger mtu",
                    one.port->name(), watch.missed(), watch.nombuf(), named));
}

void RunPorts::judge_spread(std::size_t port, const Say& say) {
    One& one = ports_[port];
    constexpr std::uint64_t kEnough = 10'000;
    const std::uint16_t queues = one.port->granted().queues;
    if (one.spread_judged || queues == 1 || received(port) < kEnough) return;
    one.spread_judged = true;
    std::uint16_t used = 0;
    for (std::uint16_t q = 0; q < queues; ++q)
        used = static_cast<std::uint16_t>(used + (received(port, q) != 0 ? 1 : 0));
    if (used == 1)
        say(fmt::format("port {}: the NIC spreads nothing: all frames came over one of {} queues. "
                        "One queue and a pipeline share the work better",
                        one.port->name(), queues));
}

/// Each queue tells of an outage with its own first packet; of a port it is one.
void RunPorts::gather_outages() {
    for (std::size_t s = 0; s < sources_.size(); ++s) {
        for (port::QueueOutage o{}; sources_[s]->take_outage(o);) {
            One& one = ports_[polled_[s][o.queue]];
            std::vector<flow::Outage>& list = one.latest_outages;
            if (!list.empty() && o.from <= list.back().to && o.to >= list.back().from) {
                list.back().from = std::min(list.back().from, o.from);
                continue;
            }
            ++one.outages;
            if (list.size() == flow::kOutages) list.erase(list.begin());
            list.push_back({o.from, o.to});
        }
    }
}

void RunPorts::tend(const Say& say) {
    gather_outages();
    // The names of losses may be slow to ask: four times a second is enough.
    constexpr std::uint64_t kSeldom = 5;
    if (tended_++ % kSeldom == 0) {
        for (std::size_t i = 0; i < ports_.size(); ++i) {
            tend_losses(i, say);
            judge_spread(i, say);
        }
    }
    for (One& one : ports_) {
        const bool up = !one.gone && one.port->link_up();
        if (!up && !one.gone && one.port->gone()) {
            one.gone = true;
            say(fmt::format("port {}: the interface is gone", one.port->name()));
        } else if (up != one.link) {
            one.link_since = up ? now() : 0;
            say(fmt::format("port {}: the link is {}", one.port->name(), up ? "up" : "down"));
        }
        one.link = up;
        if (!one.steering) continue;
        const std::uint64_t astray = one.steering->verdicts()[STEER_NO_SOCKET];
        one.port->watch().add_missed(astray - one.no_socket);
        one.no_socket = astray;
    }
}

bool RunPorts::all_gone() const {
    return std::all_of(ports_.begin(), ports_.end(), [](const One& one) { return one.gone; });
}

std::vector<flow::PortFigures> RunPorts::figures() const {
    std::vector<flow::PortFigures> out;
    for (std::size_t i = 0; i < ports_.size(); ++i) {
        const One& one = ports_[i];
        flow::PortFigures f;
        f.name = one.port->name();
        f.driver = one.port->granted().driver;
        f.granted = one.granted;
        f.received = received(i);
        f.missed = one.port->watch().missed();
        f.nombuf = one.port->watch().nombuf();
        f.link = one.link;
        f.link_since = one.link_since;
        f.outages = one.outages;
        f.latest_outages = one.latest_outages;
        for (std::size_t s = 0; s < sources_.size(); ++s)
            for (std::size_t q = 0; q < polled_[s].size(); ++q)
                if (polled_[s][q] == i) f.odd_times += sources_[s]->odd_times(q);
        if (one.steering) {
            const xdp::Verdicts verdicts = one.steering->verdicts();
            for (std::size_t v = 0; v < verdicts.size(); ++v)
                f.steering.emplace_back(xdp::kVerdictNames[v], verdicts[v]);
        }
        out.push_back(std::move(f));
    }
    return out;
}

std::vector<std::string> RunPorts::notes() const {
    std::vector<std::string> out;
    for (std::size_t i = 0; i < ports_.size(); ++i)
        add_port_notes(*ports_[i].port, received(i), out);
    return out;
}

void RunPorts::drain() {
    for (One& one : ports_) {
        if (one.steering) one.steering->detach();
        one.port->close();
    }
    for (const auto& source : sources_)
        source->drain();
}

std::uint64_t RunPorts::unaccounted() const {
    std::uint64_t n = 0;
    for (std::size_t i = 0; i < ports_.size(); ++i) {
        if (!ports_[i].steering) continue;
        const std::uint64_t given = xdp::redirected(ports_[i].steering->verdicts());
        const port::DropWatch& watch = ports_[i].port->watch();
        const std::uint64_t known = received(i) + watch.missed() - ports_[i].no_socket;
        if (given > known) n += given - known;
    }
    return n;
}

bool RunPorts::may_drop_privileges() const {
    return std::none_of(ports_.begin(), ports_.end(), [](const One& one) {
        return !one.config.interface.empty() && one.config.driver == config::Driver::tap;
    });
}

Status RunPorts::promiscuous(std::size_t port, bool on) {
    return ports_[port].port->promiscuous(on);
}

} // namespace lacuna::app
