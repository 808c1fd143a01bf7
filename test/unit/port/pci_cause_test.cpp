// Why a NIC cannot be had, in words.
#include "catch.hpp"
#include "port/live/pci_cause.hpp"

#include <cerrno>
#include <cstdio>
#include <unistd.h>

using namespace lacuna;

TEST_CASE("what opening a vfio group says", "[port]") {
    const auto judge = [](int code, const char* holder = "") {
        return port::judge_group("0000:03:00.0", "/dev/vfio/12", code, holder);
    };
    CHECK(judge(0));
    CHECK(judge(ENOENT));
    const auto denied = judge(EACCES);
    REQUIRE_FALSE(denied);
    CHECK(denied.error().exit_code == 1);
    CHECK(denied.error().what == "no permission for /dev/vfio/12");
    CHECK(denied.error().hint.find("chown $USER /dev/vfio/12") != std::string::npos);
    const auto held = judge(EBUSY, "lacuna-full (process 4711)");
    REQUIRE_FALSE(held);
    CHECK(held.error().what == "/dev/vfio/12 is in use by lacuna-full (process 4711)");
    CHECK(judge(EBUSY).error().what == "/dev/vfio/12 is in use by another process");
    CHECK_FALSE(judge(EINVAL));
}

TEST_CASE("who holds a file is found, but never oneself", "[port]") {
    CHECK(port::holder_of("/no/such/file").empty());
    char path[] = "/tmp/lacuna-holder-XXXXXX";
    const int fd = mkstemp(path);
    REQUIRE(fd >= 0);
    CHECK(port::holder_of(path).empty());
    const std::string command = std::string("exec 7<") + path + "; echo open; cat";
    FILE* const other = popen(("bash -c '" + command + "' >" + path + ".out").c_str(), "w");
    REQUIRE(other != nullptr);
    std::string holder;
    for (int i = 0; i < 200 && holder.empty(); ++i) {
        holder = port::holder_of(path);
        usleep(50'000);
    }
    CHECK(holder.find("(process ") != std::string::npos);
    pclose(other);
    CHECK(port::holder_of(path).empty());
    close(fd);
    unlink(path);
    unlink((std::string(path) + ".out").c_str());
}

TEST_CASE("a device no driver took says what DPDK complained of", "[port]") {
    const Error with = port::no_driver("p", "Cannot open /dev/vfio/12", true);
    CHECK(with.what == "no driver of DPDK took the device: Cannot open /dev/vfio/12");
    CHECK(with.hint.find("hugepages") == std::string::npos);
    const Error without = port::no_driver("p", "", false);
    CHECK(without.what == "no driver of DPDK took the device");
    CHECK(without.hint.find("scripts/hugepages set") != std::string::npos);
}
