// What the doctor finds on made-up hosts, and the command that mends it.
#include "catch.hpp"
#include "support/fake_host.hpp"

#include <algorithm>
#include <functional>
#include <linux/capability.h>

using namespace lacuna;
using host::Level;
using test::FakeHost;

namespace {

constexpr std::uint64_t bit(int capability) {
    return std::uint64_t{1} << capability;
}
constexpr std::uint64_t kXdpCaps =
    bit(CAP_NET_RAW) | bit(CAP_NET_ADMIN) | bit(CAP_BPF) | bit(CAP_PERFMON) | bit(CAP_IPC_LOCK);

/// A host that is ready for anything, a description of it, and the configuration it is meant for.
struct Case {
    Case() {
        host.hugepages(2048, 1024, 1024);
        host.interface("eth1", 1500, 1);
        host.nic("0000:03:00.0", "vfio-pci", 12, 0);
        host.file("dev/vfio/12", "");
        host.folder("sys/module/vfio_pci");
        host.node(0, "0-7");
        host.file("sys/devices/system/cpu/isolated", "2-7");
        for (int cpu = 0; cpu < 8; ++cpu)
            governor(cpu, "performance");
        description.process = {false, kXdpCaps, 8 << 20};
        description.cpus = {0, 1, 2, 3, 4, 5, 6, 7};
        description.loops = 4;
        description.dpdk = "DPDK 22.11.7";
        description.runtime = "var/run/dpdk";
    }

    void governor(int cpu, const char* name) {
        host.file("sys/devices/system/cpu/cpu" + std::to_string(cpu) + "/cpufreq/scaling_governor",
                  name);
    }
    config::PortConfig& add(const char* interface, const char* pci = "") {
        config::PortConfig port;
        port.interface = interface;
        port.pci = pci;
        port.name = port.interface + port.pci;
        config.ports.push_back(port);
        return config.ports.back();
    }
    host::Findings check_host() {
        description.tree = host.tree();
        if (!config.ports.empty()) description.config = &config;
        return host::check_host(description);
    }

    FakeHost host;
    host::HostDescription description;
    config::RunConfig config;
};

struct Row {
    const char* name;
    std::function<void(Case&)> change; ///< what is wrong with the host
    Level level;
    const char* topic;
    const char* what; ///< part of the line
    const char* mend; ///< part of the command
};

void af_xdp(Case& c) {
    c.add("eth1");
}
void af_packet(Case& c) {
    c.add("eth1").driver = config::Driver::af_packet;
}
void pci(Case& c) {
    c.add("", "0000:03:00.0");
}

/// First one port, then what is wrong.
std::function<void(Case&)> with(void (*port)(Case&), std::function<void(Case&)> change) {
    return [port, change = std::move(change)](Case& c) {
        port(c);
        change(c);
    };
}

const Row kRows[] = {
    {"no hugepages", [](Case& c) { c.host.hugepages(2048, 0, 0); }, Level::warning, "hugepages",
     "512 MiB are wanted", "echo 256 > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages"},
    {"hugepages in use", [](Case& c) { c.host.hugepages(2048, 300, 56); }, Level::warning,
     "hugepages", "56 free of 300 of 2 MiB", "echo 500 > "},
    {"hugepages insisted on",
     with(af_xdp,
          [](Case& c) {
              c.config.run.hugepages = config::Hugepages::yes;
              c.host.hugepages(2048, 0, 0);
          }),
     Level::problem, "hugepages", "512 MiB are needed", "echo 256 > "},
    {"a NIC without IOMMU needs hugepages",
     with(pci,
          [](Case& c) {
              c.host.hugepages(2048, 0, 0);
              c.host.remove("sys/kernel/iommu_groups");
          }),
     Level::problem, "hugepages", "are needed", "echo 256 > "},
    {"hugepages on the other node",
     with(pci,
          [](Case& c) {
              c.host.node(1, "8-15");
              c.host.nic("0000:03:00.0", "vfio-pci", 12, 1);
              c.host.hugepages(2048, 1024, 1024, 0);
              c.host.hugepages(2048, 0, 0, 1);
          }),
     Level::warning, "hugepages", "NUMA node 1", "/node1/hugepages/hugepages-2048kB/nr_hugepages"},
    {"no memory at all",
     with(af_xdp,
          [](Case& c) {
              c.config.run.hugepages = config::Hugepages::no;
              c.host.file("proc/meminfo", "MemAvailable: 100000 kB");
          }),
     Level::problem, "memory", "97 MiB available, 512 MiB are needed", "memory in [run]"},
    {"a kernel without XDP links",
     with(af_xdp, [](Case& c) { c.host.file("proc/sys/kernel/osrelease", "5.4.0-26"); }),
     Level::warning, "kernel", "5.4.0", "5.9"},
    {"a kernel without AF_XDP",
     with(af_xdp, [](Case& c) { c.host.file("proc/sys/kernel/osrelease", "4.19.0"); }),
     Level::problem, "kernel", "4.19.0", "5.9"},
    {"built without AF_XDP", with(af_xdp, [](Case& c) { c.description.xdp_built = false; }),
     Level::problem, "xdp", "without AF_XDP", "-Dlive=enabled"},
    {"BPF interpreted", [](Case& c) { c.host.file("proc/sys/net/core/bpf_jit_enable", "0"); },
     Level::warning, "xdp", "interpreted", "sysctl -w net.core.bpf_jit_enable=1"},
    {"as many loops as CPUs",
     [](Case& c) {
         c.description.cpus = {0, 1, 2, 3};
     },
     Level::warning, "cpus", "4 CPUs to run on, 4 loops", "smaller layout"},
    {"no isolated CPUs for a NIC",
     with(pci, [](Case& c) { c.host.file("sys/devices/system/cpu/isolated", ""); }), Level::warning,
     "isolation", "no CPU is kept free", "isolcpus=4-7 nohz_full=4-7"},
    {"no isolated CPUs, and more loops than there are",
     with(pci,
          [](Case& c) {
              c.host.file("sys/devices/system/cpu/isolated", "");
              c.description.cpus = {0, 1};
          }),
     Level::warning, "isolation", "no CPU is kept free", "isolcpus=1 "},
    {"one CPU",
     with(pci,
          [](Case& c) {
              c.host.file("sys/devices/system/cpu/isolated", "");
              c.description.cpus = {0};
          }),
     Level::warning, "isolation", "no CPU is kept free", "give it more CPUs"},
    {"named CPUs are not isolated",
     with(af_xdp,
          [](Case& c) {
              c.config.pipeline.lcores = {0, 1, 2, 3};
          }),
     Level::warning, "isolation", "CPUs 0-1", "isolcpus=0-3"},
    {"two threads of a core",
     with(af_xdp,
          [](Case& c) {
              c.config.pipeline.lcores = {2, 3, 4, 5};
              c.host.file("sys/devices/system/cpu/cpu2/topology/thread_siblings_list", "2,4");
          }),
     Level::warning, "cpus", "CPUs 2 and 4", "one CPU of each core"},
    {"CPUs that save power", [](Case& c) { c.governor(3, "powersave"); }, Level::warning,
     "governor", "powersave", "echo performance"},
    {"a counter that drifts", [](Case& c) { c.host.file("proc/cpuinfo", "flags : fpu tsc"); },
     Level::warning, "clock", "not constant", "governor"},
    {"CPUs far from the NIC",
     with(pci,
          [](Case& c) {
              c.host.node(1, "8-15");
              c.host.nic("0000:03:00.0", "vfio-pci", 12, 1);
              c.config.pipeline.lcores = {2, 3, 8, 9};
          }),
     Level::warning, "numa", "CPUs 2-3 are not", "node1/cpulist"},
    {"no such NIC", [](Case& c) { c.add("", "0000:99:00.0"); }, Level::problem, "0000:99:00.0",
     "no PCI device", "lspci"},
    {"the kernel has the NIC",
     with(pci, [](Case& c) { c.host.nic("0000:03:00.0", "i40e", 12, 0); }), Level::problem,
     "0000:03:00.0", "driver i40e", "dpdk-devbind.py -b vfio-pci 0000:03:00.0"},
    {"a disk",
     with(pci, [](Case& c) { c.host.file("sys/bus/pci/devices/0000:03:00.0/class", "0x010802"); }),
     Level::problem, "0000:03:00.0", "no network controller", "lspci"},
    {"nobody has the NIC", with(pci, [](Case& c) { c.host.nic("0000:03:00.0", "", 12, 0); }),
     Level::problem, "0000:03:00.0", "no driver", "modprobe vfio-pci"},
    {"no IOMMU",
     with(pci,
          [](Case& c) {
              c.host.remove("sys/kernel/iommu_groups");
              c.host.remove("sys/bus/pci/devices/0000:03:00.0/iommu_group");
          }),
     Level::problem, "0000:03:00.0", "no IOMMU group", "intel_iommu=on"},
    {"no IOMMU, and a vfio that needs one",
     with(pci,
          [](Case& c) {
              c.host.remove("sys/kernel/iommu_groups");
              c.host.remove("sys/bus/pci/devices/0000:03:00.0/iommu_group");
          }),
     Level::problem, "0000:03:00.0", "no IOMMU group",
     "modprobe uio_pci_generic; dpdk-devbind.py -b uio_pci_generic 0000:03:00.0"},
    {"no IOMMU, and the kernel has the NIC",
     with(pci,
          [](Case& c) {
              c.host.remove("sys/kernel/iommu_groups");
              c.host.nic("0000:03:00.0", "e1000e", -1, 0);
          }),
     Level::problem, "0000:03:00.0", "the kernel has it", "-b uio_pci_generic 0000:03:00.0"},
    {"no IOMMU, and a vfio that does without",
     with(pci,
          [](Case& c) {
              c.host.remove("sys/kernel/iommu_groups");
              c.host.file("sys/module/vfio/parameters/enable_unsafe_noiommu_mode", "Y");
              c.host.nic("0000:03:00.0", "e1000e", -1, 0);
          }),
     Level::problem, "0000:03:00.0", "the kernel has it", "-b vfio-pci 0000:03:00.0"},
    {"a NIC that cannot tell what it drops",
     with(pci, [](Case& c) { c.host.file("sys/bus/pci/devices/0000:03:00.0/vendor", "0x1af4"); }),
     Level::warning, "0000:03:00.0", "no counter of drops", "CPUs"},
    {"a group shared with the kernel",
     with(pci, [](Case& c) { c.host.nic("0000:03:00.1", "i40e", 12, 0); }), Level::problem,
     "0000:03:00.0", "shares IOMMU group 12 with 0000:03:00.1", "-b vfio-pci 0000:03:00.1"},
    {"a narrow slot",
     with(pci,
          [](Case& c) {
              const std::string at = "sys/bus/pci/devices/0000:03:00.0/";
              c.host.file(at + "current_link_width", "4");
              c.host.file(at + "max_link_width", "8");
          }),
     Level::warning, "0000:03:00.0", "x4", "wider slot"},
    {"a NIC the kernel shares needs capabilities",
     with(pci,
          [](Case& c) {
              c.host.nic("0000:03:00.0", "mlx5_core", 12, 0);
              c.description.process.capabilities = 0;
          }),
     Level::problem, "privileges", "lacks cap_net_raw,cap_net_admin", "setcap"},
    {"no capture for DPDK's device",
     [](Case& c) { c.add("").vdev = "net_pcap0,rx_pcap=/none/a.pcap"; }, Level::problem, "",
     "no file /none/a.pcap", "rx_pcap"},
    {"no interface for DPDK's device",
     [](Case& c) { c.add("").vdev = "net_af_packet0,iface=eth9,qpairs=1"; }, Level::problem, "",
     "no interface eth9", "ip link"},
    {"no such interface", [](Case& c) { c.add("eth9"); }, Level::problem, "eth9",
     "no interface eth9", "ip link"},
    {"no carrier", with(af_xdp, [](Case& c) { c.host.interface("eth1", 1500, 1, false); }),
     Level::warning, "eth1", "link is down", "ip link set dev eth1 up"},
    {"jumbo frames", with(af_xdp, [](Case& c) { c.host.interface("eth1", 9000, 1); }),
     Level::problem, "eth1", "MTU 9000", "ip link set dev eth1 mtu 3498"},
    {"many queues", with(af_xdp, [](Case& c) { c.host.interface("eth1", 1500, 8); }),
     Level::warning, "eth1", "8 RX queues", "ethtool -L eth1 combined 1"},
    {"a program of somebody else",
     with(af_xdp,
          [](Case& c) {
              c.description.programs = {{"eth1", 7, "cilium", false}};
          }),
     Level::problem, "eth1", "XDP program 7 (cilium)", "ip link set dev eth1 xdp off"},
    {"a program left behind",
     with(af_xdp,
          [](Case& c) {
              c.description.programs = {{"eth1", 7, "lacuna_steer", true}};
          }),
     Level::warning, "eth1", "left it behind", "xdp off"},
    {"a program left behind elsewhere",
     [](Case& c) {
         c.description.programs = {{"eth3", 9, "lacuna_steer", true}};
     },
     Level::warning, "xdp", "attached to eth3", "ip link set dev eth3 xdp off"},
    {"a tap whose name is taken", [](Case& c) { c.add("eth1").driver = config::Driver::tap; },
     Level::problem, "eth1", "exists already", "ip link del eth1"},
    {"no capabilities", with(af_xdp, [](Case& c) { c.description.process.capabilities = 0; }),
     Level::problem, "privileges", "lacks cap_net_raw",
     "setcap cap_net_raw,cap_net_admin,cap_bpf,cap_perfmon,cap_ipc_lock+ep "},
    {"af_packet needs fewer",
     with(af_packet, [](Case& c) { c.description.process.capabilities = bit(CAP_NET_RAW); }),
     Level::problem, "privileges", "lacks cap_net_admin",
     "setcap cap_net_raw,cap_net_admin,cap_ipc_lock+ep "},
    {"a tap needs fewest",
     [](Case& c) {
         c.add("t0").driver = config::Driver::tap;
         c.host.file("dev/net/tun", "");
         c.description.process.capabilities = 0;
     },
     Level::problem, "privileges", "lacks cap_net_admin", "setcap cap_net_admin,cap_ipc_lock+ep "},
    {"little memory to lock",
     with(af_packet, [](Case& c) { c.description.process.capabilities &= ~bit(CAP_IPC_LOCK); }),
     Level::problem, "memlock", "8 MiB of memory may be locked, 16 MiB are needed", "cap_ipc_lock"},
    {"killed runs",
     [](Case& c) {
         c.host.folder("var/run/dpdk/lacuna-4711");
         c.host.folder("var/run/dpdk/lacuna-4712");
         c.host.folder("var/run/dpdk/other");
         c.host.folder("proc/4712");
     },
     Level::warning, "telemetry", "var/run/dpdk/lacuna-4711", "rm -r /var/run/dpdk/lacuna-4711"},
    {"many killed runs",
     [](Case& c) {
         for (int pid = 1000; pid < 1100; ++pid)
             c.host.folder("var/run/dpdk/lacuna-" + std::to_string(pid));
     },
     Level::warning, "telemetry", "100 killed runs left files in /var/run/dpdk",
     "find /var/run/dpdk "},
};

} // namespace

TEST_CASE("the doctor names what is wrong and what mends it", "[host]") {
    for (const Row& row : kRows) {
        CAPTURE(row.name);
        Case c;
        row.change(c);
        const auto findings = c.check_host();
        const auto found = std::find_if(findings.begin(), findings.end(), [&](const auto& f) {
            return f.level == row.level && f.topic == row.topic
                   && f.what.find(row.what) != std::string::npos;
        });
        std::string all;
        for (const auto& f : findings)
            all += std::string(host::level_name(f.level)) + " " + f.topic + ": " + f.what + " -> "
                   + f.mend + "\n";
        CAPTURE(all);
        REQUIRE(found != findings.end());
        CHECK(found->mend.find(row.mend) != std::string::npos);
        CHECK(found->mend.find("4712") == std::string::npos);
        CHECK(found->what.size() + found->mend.size() < 400);
    }
}

TEST_CASE("a host that is ready hears of nothing else", "[host]") {
    for (const auto port : {af_xdp, af_packet, pci}) {
        Case c;
        port(c);
        c.description.process.memlock = 1 << 30;
        for (const auto& f : c.check_host()) {
            CAPTURE(f.topic, f.what);
            CHECK(f.level == Level::ok);
            CHECK(f.mend == "");
        }
    }
    Case shared;
    shared.add("", "0000:03:00.0");
    shared.host.nic("0000:03:00.0", "mlx5_core", -1, 0);
    shared.host.remove("sys/module/vfio_pci");
    shared.host.remove("sys/kernel/iommu_groups");
    for (const auto& f : shared.check_host()) {
        CAPTURE(f.topic, f.what);
        CHECK(f.level == Level::ok);
    }
    // An emulated NIC: its slot has no width, or the widest that an octet holds.
    for (const auto& [now, most] : {std::pair{"0", "255"}, {"255", "255"}, {"1", "0"}}) {
        Case emulated;
        emulated.add("", "0000:03:00.0");
        const std::string at = "sys/bus/pci/devices/0000:03:00.0/";
        emulated.host.file(at + "current_link_width", now);
        emulated.host.file(at + "max_link_width", most);
        emulated.host.file(at + "current_link_speed", "Unknown");
        emulated.host.file(at + "max_link_speed", "2.5 GT/s PCIe");
        for (const auto& f : emulated.check_host()) {
            CAPTURE(f.topic, f.what);
            CHECK(f.what.find("slot") == std::string::npos);
        }
    }
    Case unnamed;
    for (const auto& f : unnamed.check_host()) {
        CAPTURE(f.topic, f.what);
        CHECK(f.level == Level::ok);
    }
}

TEST_CASE("a broken host is no reason to fail", "[host]") {
    Case c;
    c.host.remove("sys");
    c.host.remove("proc");
    c.host.remove("var");
    const auto findings = c.check_host();
    CHECK(findings.size() > 5);
}
