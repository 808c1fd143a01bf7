// A made-up host: files of the kernel in a folder of the test's, removed at its end.
#pragma once

#include "host/checkup.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace lacuna::test {

class FakeHost {
public:
    FakeHost() {
        std::string name = (std::filesystem::temp_directory_path() / "lacuna-host-XXXXXX").string();
        if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp");
        root_ = name;
        file("proc/sys/kernel/osrelease", "6.1.0-13-amd64");
        file("proc/meminfo", "MemTotal: 16000000 kB\nMemAvailable: 8000000 kB\n");
        file("proc/cpuinfo", "flags : fpu tsc constant_tsc nonstop_tsc\n");
        folder("var/run");
        hugepages(2048, 0, 0);
    }
    ~FakeHost() {
        std::error_code ignored;
        std::filesystem::remove_all(root_, ignored);
    }
    FakeHost(const FakeHost&) = delete;
    FakeHost& operator=(const FakeHost&) = delete;

    void file(const std::string& path, const std::string& text) {
        std::filesystem::create_directories((root_ / path).parent_path());
        std::ofstream(root_ / path) << text << '\n';
    }
    void folder(const std::string& path) { std::filesystem::create_directories(root_ / path); }
    void link(const std::string& path, const std::string& target) {
        std::filesystem::create_directories((root_ / path).parent_path());
        std::filesystem::remove(root_ / path);
        std::filesystem::create_symlink(target, root_ / path);
    }

    void remove(const std::string& path) { std::filesystem::remove_all(root_ / path); }

    /// `node` -1: of the whole host.
    void hugepages(unsigned kib, unsigned total, unsigned free, int node = -1) {
        const std::string at =
            (node < 0 ? "sys/kernel/mm/hugepages"
                      : "sys/devices/system/node/node" + std::to_string(node) + "/hugepages")
            + "/hugepages-" + std::to_string(kib) + "kB/";
        file(at + "nr_hugepages", std::to_string(total));
        file(at + "free_hugepages", std::to_string(free));
    }
    void node(int number, const std::string& cpus) {
        file("sys/devices/system/node/node" + std::to_string(number) + "/cpulist", cpus);
    }
    /// A NIC; `driver` empty: bound to none; `group` -1: no IOMMU.
    void nic(const std::string& address, const std::string& driver, int group, int node = -1) {
        const std::string at = "sys/bus/pci/devices/" + address;
        file(at + "/class", "0x020000");
        file(at + "/vendor", "0x8086");
        file(at + "/device", "0x158b");
        file(at + "/numa_node", std::to_string(node));
        std::filesystem::remove(root_ / at / "driver");
        if (!driver.empty()) link(at + "/driver", "../../../bus/pci/drivers/" + driver);
        if (group < 0) return;
        const std::string groups = "sys/kernel/iommu_groups/" + std::to_string(group);
        link(at + "/iommu_group", "../../../kernel/iommu_groups/" + std::to_string(group));
        folder(groups + "/devices/" + address);
    }
    void interface(const std::string& name, unsigned mtu, unsigned queues, bool up = true) {
        const std::string at = "sys/class/net/" + name;
        file(at + "/mtu", std::to_string(mtu));
        file(at + "/carrier", up ? "1" : "0");
        for (unsigned q = 0; q < queues; ++q)
            folder(at + "/queues/rx-" + std::to_string(q));
    }

    host::Tree tree() const { return host::Tree(root_); }

private:
    std::filesystem::path root_;
};

} // namespace lacuna::test
