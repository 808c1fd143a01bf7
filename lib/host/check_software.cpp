// Kernel and DPDK: old enough to be missed, new enough to be known.
#include "host/checkup.hpp"

#include <cstdio>
#include <fmt/format.h>

namespace lacuna::host {

namespace {

struct Release {
    unsigned major = 0;
    unsigned minor = 0;
    bool before(unsigned a, unsigned b) const { return major < a || (major == a && minor < b); }
};

} // namespace

void check_software(const HostDescription& description, Findings& out) {
    const std::string text = description.tree.line("proc/sys/kernel/osrelease");
    Release kernel;
    std::sscanf(text.c_str(), "%u.%u", &kernel.major, &kernel.minor);
    const std::string name = "Linux " + (text.empty() ? "of an unknown release" : text);
    if (kernel.before(5, 9)) {
        const bool needed = description.uses(config::Driver::af_xdp) && kernel.before(5, 4);
        out.push_back({needed ? Level::problem : Level::warning, "kernel",
                       name
                           + (needed ? ": AF_XDP as lacuna uses it came with 5.4"
                                     : ": a killed lacuna leaves its XDP program attached"),
                       "install a kernel of 5.9 or later"});
    } else {
        out.push_back({Level::ok, "kernel", name, ""});
    }
    out.push_back({Level::ok, "dpdk", description.dpdk, ""});

    if (!description.xdp_built) {
        out.push_back({description.uses(config::Driver::af_xdp) ? Level::problem : Level::warning,
                       "xdp", "this lacuna was built without AF_XDP",
                       "build with -Dlive=enabled (libbpf-dev, clang), or use driver = "
                       "\"af_packet\""});
    } else if (description.tree.number("proc/sys/net/core/bpf_jit_enable") == 0) {
        out.push_back({Level::warning, "xdp", "BPF programs are interpreted: XDP is slow",
                       "sysctl -w net.core.bpf_jit_enable=1"});
    } else {
        out.push_back({Level::ok, "xdp", "AF_XDP is built in", ""});
    }
}

} // namespace lacuna::host
