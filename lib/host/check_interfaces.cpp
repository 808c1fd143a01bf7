// Interfaces of the kernel that a run listens to, and XDP programs on any of them.
#include "host/checkup.hpp"

#include "config/take_words.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace lacuna::host {

namespace {

/// Largest payload AF_XDP carries here: a page less what DPDK and the kernel keep of it.
constexpr std::uint64_t kXdpMtu = 3498;

std::string off(const std::string& interface) {
    return fmt::format("ip link set dev {} xdp off", interface);
}

void check_program(const XdpProgram& program, const std::string& topic, bool wanted,
                   Findings& out) {
    const std::string which =
        fmt::format("XDP program {}{}", program.id,
                    program.name.empty() ? "" : fmt::format(" ({})", program.name));
    if (program.ours)
        out.push_back({Level::warning, topic,
                       fmt::format("{} is attached to {}: another lacuna is at work there, or a "
                                   "killed one left it behind",
                                   which, program.interface),
                       "stop the other lacuna; one left behind goes at the next start, or with: "
                           + off(program.interface)});
    else
        out.push_back(
            {wanted ? Level::problem : Level::ok, topic,
             fmt::format("{} of someone else is attached to {}", which, program.interface),
             wanted ? off(program.interface) + "; or choose another interface" : ""});
}

std::size_t rx_queues(const Tree& tree, const std::string& folder) {
    const auto names = tree.names(folder + "/queues");
    return static_cast<std::size_t>(std::count_if(
        names.begin(), names.end(), [](const std::string& n) { return n.starts_with("rx-"); }));
}

void check_af_xdp(const HostDescription& description, const config::PortConfig& port,
                  Findings& out) {
    const std::string folder = "sys/class/net/" + port.interface;
    const std::uint64_t mtu =
        port.mtu != 0 ? port.mtu : description.tree.number(folder + "/mtu").value_or(0);
    if (mtu > kXdpMtu)
        out.push_back({Level::problem, port.name,
                       fmt::format("MTU {}: AF_XDP carries {} here", mtu, kXdpMtu),
                       fmt::format("ip link set dev {} mtu {}; or use driver = \"af_packet\"",
                                   port.interface, kXdpMtu)});
    if (description.config != nullptr)
        out.push_back(
            {Level::ok, port.name, config::take_words(port, description.config->track), ""});
    if (const std::size_t queues = rx_queues(description.tree, folder); queues > 1)
        out.push_back({Level::warning, port.name,
                       fmt::format("{} RX queues, of which lacuna serves one: what it wants on "
                                   "the others is counted as dropped",
                                   queues),
                       fmt::format("ethtool -L {} combined 1", port.interface)});
    for (const XdpProgram& program : description.programs)
        if (program.interface == port.interface) check_program(program, port.name, true, out);
}

void check_tap(const HostDescription& description, const config::PortConfig& port, Findings& out) {
    if (description.tree.exists("sys/class/net/" + port.interface))
        out.push_back({Level::problem, port.name,
                       "exists already; tap makes an interface of its own",
                       "ip link del " + port.interface + "; or choose another name"});
    else if (!description.tree.exists("dev/net/tun"))
        out.push_back({Level::problem, port.name, "there is no /dev/net/tun", "modprobe tun"});
    else
        out.push_back({Level::ok, port.name, "will be made as a tap", ""});
}

/// What a device of DPDK's is to read or to listen to.
void check_device(const HostDescription& description, const config::PortConfig& port,
                  Findings& out) {
    const auto each = [&port](std::string_view key) {
        std::vector<std::string> values;
        for (auto at = port.vdev.find(key); at != port.vdev.npos; at = port.vdev.find(key, at)) {
            at += key.size();
            values.push_back(port.vdev.substr(at, port.vdev.find(',', at) - at));
        }
        return values;
    };
    for (const std::string& file : each(",rx_pcap="))
        if (file.starts_with('/') && !description.tree.exists(file.substr(1)))
            out.push_back({Level::problem, port.name, "there is no file " + file,
                           "name a capture in rx_pcap="});
    for (const std::string_view key : {",iface=", ",rx_iface="})
        for (const std::string& interface : each(key))
            if (!port.vdev.starts_with("net_tap")
                && !description.tree.exists("sys/class/net/" + interface))
                out.push_back({Level::problem, port.name, "there is no interface " + interface,
                               "ip link; then set " + std::string(key.substr(1))});
}

void check_port(const HostDescription& description, const config::PortConfig& port, Findings& out) {
    if (port.driver == config::Driver::tap) return check_tap(description, port, out);
    const std::string folder = "sys/class/net/" + port.interface;
    if (!description.tree.exists(folder)) {
        out.push_back({Level::problem, port.name, "there is no interface " + port.interface,
                       "ip link; then set interface"});
        return;
    }
    const std::string driver = description.tree.target(folder + "/device/driver");
    const std::string mtu = description.tree.line(folder + "/mtu");
    if (description.tree.number(folder + "/carrier") != 1)
        out.push_back({Level::warning, port.name, "its link is down",
                       fmt::format("ip link set dev {} up; plug in the cable", port.interface)});
    else
        out.push_back(
            {Level::ok, port.name,
             fmt::format("{}, {}, MTU {}, the link is up", port.interface,
                         driver.empty() ? "a virtual interface" : "driver " + driver, mtu),
             ""});
    if (port.driver == config::Driver::af_xdp) check_af_xdp(description, port, out);
}

} // namespace

void check_interfaces(const HostDescription& description, Findings& out) {
    const auto ports = description.ports();
    for (const config::PortConfig* p : ports)
        p->interface.empty() ? check_device(description, *p, out)
                             : check_port(description, *p, out);
    for (const XdpProgram& program : description.programs) {
        const bool named =
            std::any_of(ports.begin(), ports.end(), [&program](const config::PortConfig* p) {
                return p->interface == program.interface && p->driver == config::Driver::af_xdp;
            });
        if (!named) check_program(program, "xdp", false, out);
    }
}

} // namespace lacuna::host
