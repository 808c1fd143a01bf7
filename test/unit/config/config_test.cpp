// From TOML and options to a checked configuration, and back; what is refused, and where it says
// so.
#include "catch.hpp"
#include "config/key.hpp"
#include "config/load.hpp"

using namespace lacuna;
using config::Override;

namespace {

const config::Machine kMachine{{0, 1, 2, 3}};

struct Bad {
    const char* name;
    const char* text;
    std::vector<Override> overrides;
    const char* says; ///< part of the one line
};

const Bad kBad[] = {
    {"not TOML", "[[port]\n", {}, "c.toml:1"},
    {"an unknown section", "[prot]\n", {}, "prot"},
    {"an unknown key", "[[port]]\ninterface = \"e\"\nmtv = 3\n", {}, "mtu"},
    {"no port", "", {}, "no port is named"},
    {"a port without address", "[[port]]\nqueues = 2\n", {}, "without address"},
    {"a port with two", "[[port]]\ninterface = \"e\"\npci = \"03:00.0\"\n", {}, "two addresses"},
    {"the same port twice",
     "[[port]]\npci = \"03:00.0\"\n[[port]]\npci = \"0000:03:00.0\"\n",
     {},
     "named twice"},
    {"an interface twice, once as DPDK's device",
     "[[port]]\ninterface = \"e\"\n[[port]]\nvdev = \"net_af_packet7,blocksz=4096,iface=e\"\n",
     {},
     "c.toml:3:1: e is named twice"},
    {"the same the other way round",
     "[[port]]\nvdev = \"net_pcap0,rx_iface=e\"\n[[port]]\ninterface = \"e\"\n",
     {},
     "c.toml:3:1: e is named twice"},
    {"an address that is none", "[[port]]\npci = \"eth1\"\n", {}, "PCI address"},
    {"a number out of range", "[[port]]\ninterface = \"e\"\nqueues = 65\n", {}, "from 1 to 64"},
    {"a number as text", "[[port]]\ninterface = \"e\"\nqueues = \"2\"\n", {}, "c.toml:3"},
    {"a word that is none", "[[port]]\ninterface = \"e\"\nmode = \"besides\"\n", {}, "beside"},
    {"beside without AF_XDP", "[[port]]\npci = \"03:00.0\"\nmode = \"beside\"\n", {}, "af_xdp"},
    {"taking what no header leads to",
     "[[port]]\ninterface = \"e\"\ntake = \"macsec,vxlam\"\n",
     {},
     "\"vxlam\" is nothing"},
    {"taking without AF_XDP", "[[port]]\npci = \"03:00.0\"\ntake = \"esp\"\n", {}, "af_xdp"},
    {"several packet sockets",
     "[[port]]\ninterface = \"e\"\ndriver = \"af_packet\"\nqueues = 2\n",
     {},
     "set queues = 1"},
    {"a ring no burst fits into", "", {{"interface", "e"}, {"parser-ring", "64"}}, "128"},
    {"a ring no batch fits into", "", {{"interface", "e"}, {"worker-ring", "512"}}, "1024"},
    {"a ring that is no power of two", "", {{"interface", "e"}, {"worker-ring", "1500"}}, "power"},
    {"a speed out of range", "", {{"interface", "e"}, {"link-speed", "10"}}, "from 1k to 1000T"},
    {"a speed that is none",
     "[[port]]\ninterface = \"e\"\n[track]\nlink-speed = \"10Gb\"\n",
     {},
     "c.toml:4"},
    {"too little memory for records",
     "",
     {{"interface", "e"}, {"max-record-memory", "4K"}},
     "1MiB"},
    {"a CPU that is not there", "", {{"interface", "e"}, {"lcores", "7"}}, "no CPU 7"},
    {"a CPU named twice", "", {{"interface", "e"}, {"lcores", "1,1"}}, "named twice"},
    {"fewer CPUs than loops",
     "",
     {{"pci", "03:00.0"}, {"queues", "3"}, {"layout", "rtc:3"}, {"lcores", "1-2"}},
     "3 loops"},
    {"more CPUs than loops",
     "",
     {{"interface", "e"}, {"layout", "rtc:1"}, {"lcores", "1-2"}},
     "rtc:1 has 1 loop; "},
    {"more receivers than queues",
     "[[port]]\npci = \"03:00.0\"\nqueues = 3\n[pipeline]\nlayout = \"rtc:4\"\n",
     {},
     "c.toml:5:10: 4 lcores receive, but no port has more than 3 RX queues"},
    {"a window that is no multiple", "", {{"interface", "e"}, {"window", "100"}}, "multiple of 64"},
    {"a time that is none", "", {{"interface", "e"}, {"duration", "soon"}}, "90s"},
    {"retention without a store", "", {{"interface", "e"}, {"retain", "1d"}}, "without a store"},
    {"a certificate without a server", "", {{"interface", "e"}, {"tls-cert", "a"}}, "set listen"},
    {"a certificate without its key",
     "[http]\nlisten = \"127.0.0.1:1\"\ntls-cert = \"a\"\n",
     {{"interface", "e"}},
     "go together"},
    {"a key without its certificate",
     "",
     {{"interface", "e"}, {"http", "127.0.0.1:1"}, {"tls-key", "a"}},
     "go together"},
    {"two forms of report", "[output]\njson = true\ncsv = true\n", {{"interface", "e"}}, "contra"},
};

} // namespace

TEST_CASE("a configuration that is wrong is refused in one line", "[config]") {
    for (const Bad& bad : kBad) {
        CAPTURE(bad.name);
        const auto loaded = config::parse(bad.text, "c.toml", bad.overrides, kMachine);
        REQUIRE_FALSE(loaded);
        const std::string line = loaded.error().text();
        CAPTURE(line);
        CHECK(loaded.error().exit_code == 2);
        CHECK(line.find(bad.says) != std::string::npos);
        CHECK(line.find('\n') == std::string::npos);
    }
}

TEST_CASE("options win over the file, and name ports of their own", "[config]") {
    const char* const file = "[[port]]\ninterface = \"eth1\"\nmtu = 1400\n[track]\nwindow = 128\n";
    const auto plain = config::parse(file, "c.toml", {}, kMachine);
    REQUIRE(plain);
    CHECK(plain->ports.front().name == "eth1");
    CHECK(plain->ports.front().mode == config::Mode::beside);
    CHECK(plain->track.window == 128);

    const auto over = config::parse(file, "c.toml", {{"window", "256"}, {"mtu", "1300"}}, kMachine);
    REQUIRE(over);
    CHECK(over->track.window == 256);
    CHECK(over->ports.front().mtu == 1300);

    const auto other = config::parse(file, "c.toml", {{"pci", "3B:00.1"}}, kMachine);
    REQUIRE(other);
    REQUIRE(other->ports.size() == 1);
    CHECK(other->ports.front().pci == "0000:3b:00.1");
    CHECK(other->ports.front().mtu == 0);
}

TEST_CASE("the speed of the link is in bit/s, with thousands", "[config]") {
    const auto plain = config::parse("[[port]]\ninterface = \"e\"\n", "c.toml", {}, kMachine);
    REQUIRE(plain);
    CHECK(plain->track.link_speed == 400'000'000'000);
    CHECK(plain->track.record_memory == 0);
    const auto set = config::parse("[[port]]\ninterface = \"e\"\n"
                                   "[track]\nlink-speed = \"2.5G\"\nmax-record-memory = \"256M\"\n",
                                   "c.toml", {}, kMachine);
    REQUIRE(set);
    CHECK(set->track.link_speed == 2'500'000'000);
    CHECK(set->track.record_memory == std::uint64_t{256} << 20);
    const auto bits = config::parse("[[port]]\ninterface = \"e\"\n[track]\nlink-speed = 64000\n",
                                    "c.toml", {{"link-speed", "10M"}}, kMachine);
    REQUIRE(bits);
    CHECK(bits->track.link_speed == 10'000'000);
}

TEST_CASE("what a configuration means reads back the same", "[config]") {
    const std::vector<Override> set[] = {
        {{"interface", "eth1"}},
        {{"interface", "eth1"}, {"driver", "af_packet"}, {"duration", "90s"}},
        {{"pci", "03:00.0"}, {"queues", "4"}, {"layout", "rtc:4"}, {"wait", "spin"}},
        {{"vdev", "net_pcap0,rx_pcap=a\\b \"c\".pcap"}, {"lcores", "1-2"}, {"layout", "auto"}},
        {{"interface", "a"}, {"interface", "b"}, {"db", "/x"}, {"idle-timeout", "1500ms"}},
        {{"interface", "a"}, {"link-speed", "2.5G"}, {"max-record-memory", "64M"}},
        {{"interface", "a"}, {"http", "[::]:1"}, {"tls-cert", "/c"}, {"tls-key", "/k"}},
    };
    for (const auto& overrides : set) {
        CAPTURE(overrides.front().second);
        const auto first = config::parse("", "", overrides, kMachine);
        REQUIRE(first);
        const std::string text = config::to_toml(*first);
        const auto again = config::parse(text, "again.toml", {}, kMachine);
        CAPTURE(text, again ? "" : again.error().text());
        REQUIRE(again);
        CHECK(*again == *first);
        CHECK(config::changes(*first, *again).empty());
    }
}

TEST_CASE("a change says whether it can be taken over at once", "[config]") {
    const auto before = config::parse("", "", {{"interface", "e"}}, kMachine);
    const auto after = config::parse(
        "", "", {{"interface", "e"}, {"interval", "5s"}, {"window", "128"}}, kMachine);
    REQUIRE(before);
    REQUIRE(after);
    const auto changes = config::changes(*before, *after);
    REQUIRE(changes.size() == 2);
    for (const config::Change& c : changes)
        CHECK(c.live == (c.key == "output.interval"));
}

TEST_CASE("config: what is taken from the kernel follows from the decoder's tables", "[config]") {
    config::TrackSettings track;
    const auto text = [&track](const char* list) {
        const auto take = config::parse_take(list, track);
        return take ? config::take_text(*take) : take.error().what;
    };
    CHECK(text(config::kUsualTake)
          == "macsec (EtherType 0x88e5), esp (IP protocol 50, UDP 4500), ah (IP protocol 51)");
    CHECK(text("vxlan,pppoe,gre")
          == "vxlan (UDP 4789, UDP 8472), pppoe (EtherType 0x8864), gre (IP protocol 47)");
    CHECK(text("wireguard,mpls")
          == "wireguard (UDP 51820), mpls (EtherType 0x8847, EtherType 0x8848, IP protocol 137, "
             "UDP 6635)");
    CHECK(text("gre,gre") == "gre (IP protocol 47)");
    CHECK(text("natt-ports") == "natt-ports (UDP 4501, UDP 10000, UDP 12346)");
    track.natt_ports = "14501";
    track.tunnel_ports = "vxlan=8473";
    CHECK(text("natt-ports,vxlan")
          == "natt-ports (UDP 14501), vxlan (UDP 4789, UDP 8472, UDP 8473)");
    for (const char* wrong : {"", "tcp", "esp,", "esp, ah", "ESP"}) {
        CAPTURE(wrong);
        CHECK_FALSE(config::parse_take(wrong, track));
    }
}
