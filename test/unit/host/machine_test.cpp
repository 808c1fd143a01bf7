// What is read of a host.
#include "catch.hpp"
#include "support/fake_host.hpp"

using namespace lacuna;
using test::FakeHost;

TEST_CASE("files of the kernel that are not there are no error", "[host]") {
    const FakeHost host;
    const host::Tree tree = host.tree();
    CHECK(tree.line("sys/none") == "");
    CHECK(tree.names("sys/none").empty());
    CHECK(tree.target("sys/none") == "");
    CHECK_FALSE(tree.number("sys/none"));
    CHECK_FALSE(tree.exists("sys/none"));
    CHECK_FALSE(tree.writable("sys/none"));
    CHECK(host::read_nics(tree).empty());
    CHECK(host::numa_nodes(tree).empty());
    CHECK_FALSE(host::read_pci(tree, "0000:03:00.0"));
}

TEST_CASE("numbers of the kernel", "[host]") {
    FakeHost host;
    struct Row {
        const char* text;
        std::optional<std::uint64_t> number;
    };
    for (const Row& row : {Row{"17", 17}, Row{"0x158b", 0x158b}, Row{"-1", {}}, Row{"", {}},
                           Row{"0x", {}}, Row{"12 kB", {}}, Row{"18446744073709551616", {}}}) {
        CAPTURE(row.text);
        host.file("n", row.text);
        CHECK(host.tree().number("n") == row.number);
    }
}

TEST_CASE("CPUs, nodes and isolation", "[host]") {
    FakeHost host;
    host.node(0, "0-3,8");
    host.node(1, "4-7");
    host.file("sys/devices/system/node/node1x/cpulist", "9"); // no node
    host.file("sys/devices/system/cpu/isolated", "5-6");
    const host::Cpus cpus = host::read_cpus(host.tree());
    CHECK(host::numa_nodes(host.tree()) == std::vector<int>{0, 1});
    CHECK(cpus.node(0) == 0);
    CHECK(cpus.node(8) == 0);
    CHECK(cpus.node(7) == 1);
    CHECK(cpus.node(9) == -1);
    CHECK(cpus.is_isolated(5));
    CHECK_FALSE(cpus.is_isolated(7));
}

TEST_CASE("hugepages by size and node", "[host]") {
    FakeHost host;
    host.hugepages(1048576, 2, 1);
    host.hugepages(2048, 512, 100);
    host.hugepages(2048, 256, 10, 1);
    const auto all = host::read_hugepages(host.tree());
    REQUIRE(all.size() == 2);
    CHECK(all[0].kib == 2048);
    CHECK(all[1].total == 2);
    CHECK(host::free_mib(all) == 1024 + 200);
    CHECK(host::free_mib(host::read_hugepages(host.tree(), 1)) == 20);
    CHECK(host::read_hugepages(host.tree(), 2).empty());
    CHECK(host::hugepages_file(2048, 1)
          == "/sys/devices/system/node/node1/hugepages/hugepages-2048kB/nr_hugepages");
}

TEST_CASE("NICs, their drivers, groups and names", "[host]") {
    FakeHost host;
    host.nic("0000:03:00.0", "i40e", 12, 1);
    host.folder("sys/bus/pci/devices/0000:03:00.0/net/eth1");
    host.nic("0000:00:03.0", "virtio-pci", -1);
    host.folder("sys/bus/pci/devices/0000:00:03.0/virtio0/net/eth0");
    host.nic("0000:05:00.0", "", 3);
    host.file("sys/bus/pci/devices/0000:07:00.0/class", "0x010000"); // a disk's

    const auto nics = host::read_nics(host.tree());
    REQUIRE(nics.size() == 3);
    CHECK(nics[0].interfaces == "eth0");
    CHECK(nics[0].iommu_group == -1);
    CHECK(nics[1].driver == "i40e");
    CHECK(nics[1].model == "8086:158b");
    CHECK(nics[1].interfaces == "eth1");
    CHECK(nics[1].node == 1);
    CHECK(nics[1].iommu_group == 12);
    CHECK(nics[2].driver == "");

    for (const char* yes : {"vfio-pci", "uio_pci_generic", "igb_uio", "mlx5_core", "mana"})
        CHECK(host::leaves_to_dpdk(yes));
    for (const char* no : {"", "i40e", "virtio-pci", "ena"})
        CHECK_FALSE(host::leaves_to_dpdk(no));
}
