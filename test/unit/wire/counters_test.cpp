// Numbers that travel in clear beside those of encrypted links: GRE, WireGuard, IPFIX and others.
#include "support/wrapped_frames.hpp"
#include "wire/record_sets.hpp"

#include <span>

using namespace lacuna;
using namespace lacuna::test;

TEST_CASE("encapsulation: GRE counts for itself where it was asked for", "[wire]") {
    const auto counted = [](const Bytes& frame, wire::ProtocolSet counters) {
        static const auto counts = std::make_unique<wire::FrameCounts>();
        static const auto out = std::make_unique<wire::Observation[]>(wire::kMaxObservations);
        *counts = {};
        wire::Frame f{};
        f.data = frame.data();
        f.caplen = f.wirelen = static_cast<std::uint32_t>(frame.size());
        f.link = wire::LinkType::ethernet;
        wire::Decoding decoding;
        decoding.counters = counters;
        const std::size_t n = wire::decode_burst(&f, 1, kTestKey, out.get(), *counts, decoding);
        return describe(out.get(), n, *counts);
    };
    const wire::ProtocolSet all = wire::kFurtherCounters;
    const Bytes plain = ipv4(17, udp(1000, 1000, octets(20)));
    const std::vector<std::string> with_key{"gre-00000055-192.0.2.1-192.0.2.2=7"};
    const std::vector<std::string> without{"gre-none-192.0.2.1-192.0.2.2=7"};

    CHECK(counted(over_ip(47, gre(0x3000, 0x0800, plain)), 0).what == "ipv4/udp");
    CHECK(counted(over_ip(47, gre(0x3000, 0x0800, plain)), all).what == "gre");
    CHECK(counted(over_ip(47, gre(0x3000, 0x0800, plain)), all).seen == with_key);
    CHECK(counted(over_ip(47, gre(0x1000, 0x0800, plain)), all).seen == without);
    CHECK(counted(over_ip(47, gre(0x2000, 0x0800, plain)), all).seen.empty());
    CHECK(counted(over_ip(47, be(0x1000, 2) + be(0x0800, 2)), all).what == "malformed");
    // An encrypted link inside: the frame is of its class, both are tracked.
    const Decoded both = counted(over_ip(47, gre(0x1000, 0x0800, kPacket)), all);
    CHECK(both.what == "esp");
    CHECK(both.seen == std::vector<std::string>{without[0], kEsp});
    for (const std::string& text : {with_key[0], without[0]}) {
        const std::string id = text.substr(0, text.find('='));
        const auto parsed = wire::sa_parse(id);
        REQUIRE(parsed);
        CHECK(wire::sa_text(*parsed) == id);
    }
}

TEST_CASE("encapsulation: WireGuard is told by its messages, on any port", "[wire]") {
    const auto data = [](std::uint64_t counter, std::size_t more = 32) {
        Bytes little;
        for (int i = 0; i < 8; ++i)
            little.push_back(static_cast<std::uint8_t>(counter >> (8 * i)));
        return be(0x04000000, 4) + be(0x44332211, 4) + little + octets(more);
    };
    check_cases({
        {"data", over_udp(51820, data(9)), "wireguard", {"wireguard-11223344-192.0.2.2=9"}},
        {"keepalive",
         over_udp(41194, data(10, 16)),
         "wireguard",
         {"wireguard-11223344-192.0.2.2=10"}},
        {"handshake", over_udp(51820, be(0x01000000, 4) + octets(144)), "wireguard"},
        {"response", over_udp(51820, be(0x02000000, 4) + octets(88)), "wireguard"},
        {"reserved octets in use", over_udp(51820, be(0x04000001, 4) + octets(44)), "ipv4/udp"},
        {"no multiple of 16", over_udp(51820, data(9, 33)), "ipv4/udp"},
        {"a number no session reaches", over_udp(51820, data(std::uint64_t{1} << 40)), "ipv4/udp"},
    });
}

TEST_CASE("encapsulation: further counters, each with its identity", "[wire]") {
    wire::UdpPorts ports;
    ports.set(5004, wire::UdpUse::rtp);
    ports.set(5555, wire::UdpUse::declared);
    wire::DeclaredCounters declared;
    declared.row[0] = {
        wire::Carrier::udp_port, 5555, Protocol::declared32, wire::ByteOrder::little, 2, 0, 2, 1};
    declared.row[1] = {
        wire::Carrier::ethertype, 0x88B5, Protocol::declared16, wire::ByteOrder::big, 1, 0, 1, 0};
    declared.count = 2;
    const auto counted = [&](const Bytes& frame) {
        static const auto counts = std::make_unique<wire::FrameCounts>();
        static const auto out = std::make_unique<wire::Observation[]>(wire::kMaxObservations);
        *counts = {};
        wire::Frame f{};
        f.data = frame.data();
        f.caplen = f.wirelen = static_cast<std::uint32_t>(frame.size());
        wire::Decoding decoding;
        decoding.counters = wire::kFurtherCounters;
        decoding.ports = &ports;
        decoding.declared = &declared;
        return describe(out.get(),
                        wire::decode_burst(&f, 1, kTestKey, out.get(), *counts, decoding), *counts);
    };
    const Bytes plain = ipv4(17, udp(1000, 1000, octets(20)));
    const Bytes roce = be(0x0400, 2) + be(0xFFFF, 2) + be(0x00000ABC, 4) + be(0x80FFFFFE, 4);
    const Bytes netflow = be(9, 2) + be(1, 2) + octets(8) + be(77, 4) + be(0x200, 4);
    const Bytes sflow = be(5, 4) + be(1, 4) + octets(4) + be(3, 4) + be(88, 4) + octets(8);
    const Bytes sflow6 = be(5, 4) + be(2, 4) + octets(16) + be(3, 4) + be(89, 4) + octets(8);
    const struct {
        const char* what;
        Bytes frame;
        const char* cls;
        const char* seen;
    } cases[] = {
        {"Nebula", over_udp(4242, be(0x11000000, 4) + be(0x77, 4) + be(5, 8) + octets(16)),
         "nebula", "nebula-00000077-192.0.2.2=5"},
        {"OpenVPN", over_udp(1194, be(0x48000003, 4) + be(6, 4) + octets(16)), "openvpn",
         "openvpn-3-192.0.2.2-1194=6"},
        {"OpenVPN, to a client", over_udp(40000, be(0x48000003, 4) + be(6, 4) + octets(16), 1194),
         "openvpn", "openvpn-3-192.0.2.2-40000=6"},
        {"GTP-U", over_udp(2152, gtp(plain, 0x32, be(0xFFFE, 2) + be(0, 2))), "gtp-u",
         "gtp-u-0000abcd-192.0.2.2=65534"},
        {"RoCE", over_udp(4791, roce + octets(16)), "roce", "roce-00000abc-192.0.2.2=16777214"},
        {"NetFlow 9", over_udp(2055, netflow), "netflow9", "netflow9-00000200-192.0.2.1=77"},
        {"sFlow", over_udp(6343, sflow), "sflow", "sflow-00000003-192.0.2.1=88"},
        {"sFlow, agent of IPv6", over_udp(6343, sflow6), "sflow", "sflow-00000003-192.0.2.1=89"},
        {"R-TAG", eth(0x8100, tag(0xF1C1, be(0, 2) + be(9, 2) + be(0x0800, 2) + plain)), "r-tag",
         "r-tag-02:11:22:33:44:55-02:00:00:00:00:01-100=9"},
        {"HSR", eth(0x892F, be(0x1040, 2) + be(10, 2) + be(0x0800, 2) + plain), "hsr",
         "hsr-02:11:22:33:44:55-1=10"},
        {"RTP on a named port",
         over_udp(5004, be(0x8000, 2) + be(12, 2) + be(160, 4) + be(0xAB, 4)), "rtp",
         "rtp-000000ab-192.0.2.1-192.0.2.2=12"},
        {"PRP", eth(0x0800, plain + prp(13, 0xA000 + plain.size() + 6)), "prp",
         "prp-02:11:22:33:44:55-a=13"},
        {"PRP, LAN B, in a VLAN",
         eth(0x8100, tag(0x0800, plain + prp(14, 0xB000 + plain.size() + 6))), "prp",
         "prp-02:11:22:33:44:55-b=14"},
        {"L2TPv3", over_ip(115, be(0x1234, 4) + be(0x40FFFFFE, 4) + eth(0x0806, octets(28))),
         "l2tpv3", "l2tpv3-00001234-192.0.2.2=16777214"},
        {"L2TPv3 over UDP, cookie",
         over_udp(1701, be(0x00030000, 4) + be(0x1234, 4) + octets(4) + be(0x40000003, 4)
                            + eth(0x0806, octets(28))),
         "l2tpv3", "l2tpv3-00001234-192.0.2.2=3"},
        {"declared, little endian, the second of its width",
         over_udp(5555, be(0x1122, 2) + be(0x04030201, 4)), "declared32",
         "declared32-00001122.1-192.0.2.1-192.0.2.2=16909060"},
        {"declared for an EtherType", eth(0x88B5, be(7, 1) + be(0x0102, 2)), "declared16",
         "declared16-00000007-02:11:22:33:44:55-02:00:00:00:00:01-0=258"},
    };
    for (const auto& c : cases) {
        CAPTURE(c.what);
        const Decoded d = counted(c.frame);
        CHECK(d.what == c.cls);
        CHECK(d.seen == std::vector<std::string>{c.seen});
        const std::string id = std::string(c.seen).substr(0, std::string(c.seen).find('='));
        const auto parsed = wire::sa_parse(id);
        REQUIRE(parsed);
        CHECK(wire::sa_text(*parsed) == id);
        REQUIRE(d.observations.size() == 1);
        CHECK(d.observations[0].identity() == *parsed);
        const bool in_vlan = id.find("-100") != std::string::npos && c.cls == std::string("r-tag");
        if (in_vlan) CHECK(d.observations[0].vlan() == (wire::kTagged | 100));
    }
    const Bytes netflow5 = be(5, 2) + be(2, 2) + octets(12) + be(77, 4) + be(0x0102, 2) + be(0, 2);
    const Decoded records = counted(over_udp(2055, netflow5 + octets(96)));
    CHECK(records.what == "netflow5");
    REQUIRE(records.observations.size() == 1);
    CHECK(records.observations[0].flags == wire::kRun);
    CHECK(records.observations[0].seq == (std::uint64_t{2} << 32 | 77));
    CHECK(wire::sa_text(records.observations[0].identity()) == "netflow5-00000102-192.0.2.1");
    CHECK(counted(over_udp(2055, netflow5 + octets(95))).what == "netflow");
    CHECK(counted(over_udp(2055, be(10, 2) + octets(30))).what == "ipfix");
    CHECK(counted(over_udp(5004, be(0x80C8, 2) + octets(30))).what == "rtcp");
    CHECK(counted(over_udp(5004, octets(30, 0))).what == "rtp");
    CHECK(counted(over_udp(5555, octets(5))).what == "malformed");
    CHECK(counted(eth(0x0800, plain + prp(13, 0xA000 + plain.size()))).what == "ipv4/udp");
    CHECK(counted(eth(0x0800, plain + prp(13, 0x9000 + plain.size() + 6))).what == "ipv4/udp");
    CHECK(counted(over_udp(9, be(0xC0000000, 4) + be(0x02, 1) + octets(20))).what == "ipv4/udp");
    CHECK(counted(over_udp(9, be(0xC0, 1) + be(1, 4) + octets(20))).what == "quic");
    CHECK(counted(over_udp(9, be(0x16FEFD, 3) + octets(20))).what == "dtls");
    // A session without a readable frame: its number is told by the sublayer's first octet alone.
    const Decoded opaque = counted(over_ip(115, be(0x1234, 4) + be(0x40000005, 4) + octets(40, 0)));
    CHECK(opaque.what == "l2tpv3");
    CHECK(opaque.seen == std::vector<std::string>{"l2tpv3-00001234-192.0.2.2=5"});
    CHECK(counted(over_ip(115, be(0x1234, 4) + octets(40, 0))).what == "ipv4/l2tp");
    // Inside an encrypted link both are tracked, and the frame is of the link's class.
    CHECK(counted(over_udp(2152, gtp(kPacket, 0x32, be(7, 2) + be(0, 2)))).what == "esp");
    CHECK(counted(over_udp(1194, be(0x38000000, 4) + octets(20))).what == "openvpn"); // a handshake
    CHECK(counted(over_udp(2055, be(5, 2) + octets(30))).what
          == "netflow"); // no such count of records
}

TEST_CASE("encapsulation: IPFIX tells what its records follow", "[wire]") {
    static const auto counts = std::make_unique<wire::FrameCounts>();
    static const auto out = std::make_unique<wire::Observation[]>(wire::kMaxObservations);
    const auto decode = [&](const Bytes& frame, std::size_t captured) {
        *counts = {};
        wire::Frame f{};
        f.data = frame.data();
        f.caplen = static_cast<std::uint32_t>(captured);
        f.wirelen = static_cast<std::uint32_t>(frame.size());
        wire::Decoding decoding;
        decoding.counters = wire::bit_of(Protocol::ipfix);
        return std::span(out.get(),
                         wire::decode_burst(&f, 1, kTestKey, out.get(), *counts, decoding));
    };
    const auto ipfix = [](const Bytes& sets) {
        return over_udp(4739, be(10, 2) + be(16 + sets.size(), 2) + be(1, 4) + be(77, 4)
                                  + be(0x200, 4) + sets);
    };
    const auto set = [](unsigned id, const Bytes& body) {
        return be(id, 2) + be(4 + body.size(), 2) + body;
    };
    const Bytes field = be(8, 2) + be(4, 2);
    const Bytes own = be(0x8001, 2) + be(6, 2) + be(9, 4); // of an enterprise
    const Bytes open = be(82, 2) + be(0xFFFF, 2);          // without a fixed length
    const Bytes templates =
        set(2, be(256, 2) + be(2, 2) + field + own + be(257, 2) + be(1, 2) + open);
    const Bytes options = set(3, be(258, 2) + be(2, 2) + be(1, 2) + field + field);
    const Bytes frame = ipfix(templates + options + set(256, octets(30)) + set(257, octets(9))
                              + set(256, octets(12)));
    const auto seen = decode(frame, frame.size());
    CHECK(counts->of(wire::class_of(Protocol::ipfix)) == 1);
    REQUIRE(seen.size() == 3);
    CHECK(wire::sa_text(seen[2].identity()) == "ipfix-00000200-192.0.2.1");
    const auto told = [&](std::size_t i, std::size_t j) {
        const wire::RecordSet s = wire::record_sets(seen[i])[j];
        return std::pair<unsigned, unsigned>(s.id, s.octets);
    };
    using Told = std::pair<unsigned, unsigned>;
    CHECK(wire::record_news(seen[0]) == wire::RecordNews::templates);
    CHECK(told(0, 0) == Told{256, 10});
    CHECK(told(0, 1) == Told{257, wire::kVariableRecord});
    CHECK(told(0, 2) == Told{0, 0});
    CHECK(told(1, 0) == Told{258, 8});
    CHECK(wire::record_news(seen[2]) == wire::RecordNews::message);
    CHECK(seen[2].seq32() == 77);
    CHECK(told(2, 0) == Told{256, 42});
    CHECK(told(2, 1) == Told{257, 9});

    // Cut, or sets that do not fit: the number is there, the records are not known.
    const auto cut = decode(frame, frame.size() - 1);
    REQUIRE(cut.size() == 1);
    CHECK(wire::record_news(cut[0]) == wire::RecordNews::unknown);
    const Bytes broken = ipfix(be(256, 2) + be(3, 2) + octets(4));
    REQUIRE(decode(broken, broken.size()).size() == 1);
    CHECK(wire::record_news(out[0]) == wire::RecordNews::unknown);
    Bytes many;
    for (unsigned id = 256; id < 261; ++id) // more than an observation has room for
        many = many + set(id, octets(4));
    const Bytes wide = ipfix(many);
    REQUIRE(decode(wide, wide.size()).size() == 1);
    CHECK(wire::record_news(out[0]) == wire::RecordNews::unknown);
    // No header, and a length that cannot be.
    CHECK(decode(over_udp(4739, be(10, 2) + octets(13)), 14 + 20 + 8 + 15).empty());
    CHECK(decode(over_udp(4739, be(10, 2) + be(15, 2) + octets(20)), 14 + 20 + 8 + 24).empty());
}
