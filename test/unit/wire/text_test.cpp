// Text ids: both ways, RFC 5952, and what is refused.
#include "support/decode_one.hpp"

using namespace lacuna;
using namespace lacuna::test;

namespace {

wire::SaIdentity esp_to(const Bytes& dst, const Bytes& src = {}) {
    wire::SaIdentity id{};
    id.key.spi = 0xABCDEF01;
    id.key.protocol = Protocol::esp;
    id.key.family = dst.size() == 16 ? wire::Family::ipv6 : wire::Family::ipv4;
    std::copy(dst.begin(), dst.end(), id.key.addr);
    if (!src.empty()) {
        id.key.multicast = 1;
        std::copy(src.begin(), src.end(), src.size() == 16 ? id.src : id.key.addr + 4);
    }
    return id;
}
Bytes address6(std::initializer_list<unsigned> groups) {
    Bytes out;
    for (const unsigned g : groups)
        out = out + be(g, 2);
    return out;
}

} // namespace

TEST_CASE("text: IPv6 in RFC 5952 form", "[wire]") {
    struct Row {
        Bytes address;
        const char* text;
    };
    const Row rows[] = {
        {address6({0, 0, 0, 0, 0, 0, 0, 0}), "::"},
        {address6({0, 0, 0, 0, 0, 0, 0, 1}), "::1"},
        {address6({1, 0, 0, 0, 0, 0, 0, 0}), "1::"},
        {address6({0x2001, 0xdb8, 0, 0, 0, 0, 2, 1}), "2001:db8::2:1"},
        {address6({0x2001, 0xdb8, 0, 1, 1, 1, 1, 1}), "2001:db8:0:1:1:1:1:1"}, // 4.2.2
        {address6({0x2001, 0, 0, 1, 0, 0, 0, 1}), "2001:0:0:1::1"},            // 4.2.3, longest
        {address6({0x2001, 0xdb8, 0, 0, 1, 0, 0, 1}), "2001:db8::1:0:0:1"},    // 4.2.3, first
        {address6({0, 0, 1, 0, 0, 0, 0, 0}), "0:0:1::"},
        {address6({0, 0, 0, 1, 0, 0, 0, 2}), "::1:0:0:0:2"},
        {address6({0, 1, 2, 3, 4, 5, 6, 7}), "0:1:2:3:4:5:6:7"},
        {address6({1, 2, 3, 4, 5, 6, 7, 0}), "1:2:3:4:5:6:7:0"},
        {address6({0, 0, 2, 3, 4, 5, 0, 0}), "::2:3:4:5:0:0"},
        {address6({0x2001, 0xdb8, 0xaaaa, 0xbbbb, 0xcccc, 0xdddd, 0xeeee, 0xaaaa}),
         "2001:db8:aaaa:bbbb:cccc:dddd:eeee:aaaa"},
        {address6({0, 0, 0, 0, 0, 0xffff, 0xc000, 0x0201}), "::ffff:192.0.2.1"}, // 5
        {address6({0, 0, 0, 0, 0, 0, 0xc000, 0x0201}), "::c000:201"},
        {address6({0x64, 0xff9b, 0, 0, 0, 0, 0xc000, 0x0201}), "64:ff9b::c000:201"},
        {address6({0xfe80, 0, 0, 0, 0xa00, 0x27ff, 0xfe00, 0}), "fe80::a00:27ff:fe00:0"},
    };
    for (const Row& row : rows) {
        const wire::SaIdentity id = esp_to(row.address);
        const std::string text = wire::sa_text(id);
        CHECK(text == std::string("esp-abcdef01-") + row.text);
        const auto back = wire::sa_parse(text);
        REQUIRE(back);
        CHECK(*back == id);
    }
}

TEST_CASE("text: ids go out and come back", "[wire]") {
    for (const char* text : {
             "macsec-0000000000000000-0",
             "macsec-ffffffffffffffff-3",
             "macsec-0200000070010001-2",
             "esp-00000000-0.0.0.0",
             "esp-c0ffee01-255.255.255.255",
             "ah-00000100-fe80::2",
             "ah-00000001-192.0.2.1",
             "esp-00001001-239.1.2.3-10.0.0.1",
             "esp-00001001-ff02::1-fe80::1",
             "ah-00001001-ff02::1-::",
             "esp-00001001-10.0.0.2-10.0.0.1", // one of several counters
             "esp-00001001-10.0.0.2-10.0.0.1#2",
             "ah-00001001-fe80::2-fe80::1#16",
             "macsec-0200000070010001-2#3",
         }) {
        const auto id = wire::sa_parse(text);
        INFO(text);
        REQUIRE(id);
        CHECK(wire::sa_text(*id) == text);
    }
    CHECK(wire::sa_text(*wire::sa_parse("macsec-02ABCDEF70010001-1"))
          == "macsec-02abcdef70010001-1");
    CHECK(wire::sa_text(*wire::sa_parse("esp-ABCDEF01-2001:DB8:0::1"))
          == "esp-abcdef01-2001:db8::1");
    CHECK(wire::sci_text(wire::sa_parse("macsec-02abcdef70010001-1")->key) == "02abcdef70010001");

    std::string longest = "esp-00001001";
    for (const char* a : {"-ffff", "-aaaa"})
        for (int i = 0; i < 8; ++i)
            longest += (i == 0 ? std::string(a) : ":dddd");
    const auto id = wire::sa_parse(longest);
    REQUIRE(id);
    CHECK(wire::sa_text(*id) == longest);
    CHECK(longest.size() <= 100);
}

TEST_CASE("text: what is no id is refused", "[wire]") {
    for (const char* text : {
             "",
             "-",
             "macsec",
             "macsec-",
             "esp-",
             "ah-",
             "tcp-00000001-10.0.0.1",
             "macsec-020000007001000-0",   // 15 digits
             "macsec-02000000700100011-0", // 17 digits
             "macsec-0200000070010001",    // no AN
             "macsec-0200000070010001-4",  // no such AN
             "macsec-0200000070010001-00",
             "macsec-0200000070010001-0-1",
             "macsec-02000000700100g1-0",
             "macsec-0x00000070010001-0",
             "MACSEC-0200000070010001-0",
             "esp-1001-10.0.0.2", // short SPI
             "esp-000010011-10.0.0.2",
             "esp-00001001",
             "esp-00001001-",
             "esp-00001001-10.0.0",
             "esp-00001001-10.0.0.256",
             "esp-00001001-10.0.0.2 ",
             "esp-00001001-10.0.0.2-", // no source
             "esp-00001001-10.0.0.2-10.0.0.1#1",
             "esp-00001001-10.0.0.2-10.0.0.1#02",
             "esp-00001001-10.0.0.2-10.0.0.1#64",
             "esp-00001001-10.0.0.2-10.0.0.1#",
             "esp-00001001-10.0.0.2#2", // counters of a source, but of which
             "esp-00001001-239.1.2.3",  // a group without a source
             "esp-00001001-239.1.2.3-",
             "esp-00001001-239.1.2.3-fe80::1", // families mixed
             "esp-00001001-ff02::1-10.0.0.1",
             "esp-00001001-ff02::1-fe80::1-1",
             "esp-00001001-fe80::1%eth0",
             "esp-00001001-:::",
             "esp--0001001-10.0.0.2",
             "esp-+0001001-10.0.0.2",
         }) {
        INFO(text);
        CHECK_FALSE(wire::sa_parse(text));
    }
    CHECK_FALSE(wire::sa_parse(std::string(1000, 'a')));
    CHECK_FALSE(wire::sa_parse("esp-00001001-" + std::string(1000, '1')));
    CHECK_FALSE(wire::sa_parse(std::string_view("esp-00001001-10.0.0.2\0junk", 26)));
}

TEST_CASE("text: identities are equal as octets and hashed without the AN", "[wire]") {
    const auto id = [](const char* text) { return *wire::sa_parse(text); };
    const auto hash = [](const wire::SaIdentity& i) { return wire::identity_hash(i, kTestKey); };
    // Ids made from text equal those the decoder makes.
    const Decoded d = decode_one(eth(0x86DD, ipv6(50, esp(0x1001, 9), {.dst = group6(7)})));
    REQUIRE(d.observations.size() == 1);
    CHECK(d.observations[0].identity() == id("esp-00001001-ff0e::7-2001:db8::1"));

    CHECK(hash(id("macsec-0200000070010001-0")) == hash(id("macsec-0200000070010001-3")));
    CHECK(hash(id("macsec-0200000070010001-0")) != hash(id("macsec-0200000070010002-0")));
    CHECK(hash(id("esp-00000001-10.0.0.1")) != hash(id("ah-00000001-10.0.0.1")));
    CHECK(hash(id("esp-00000001-10.0.0.1")) != hash(id("esp-00000002-10.0.0.1")));
    CHECK(hash(id("esp-00000001-ff02::1-::1")) != hash(id("esp-00000001-ff02::1-::2")));
    CHECK(hash(id("esp-00000001-224.0.0.1-10.0.0.1"))
          != hash(id("esp-00000001-224.0.0.1-10.0.0.2")));
    CHECK(wire::identity_hash(id("esp-00000001-10.0.0.1"), wire::HashKey::fixed(1))
          != wire::identity_hash(id("esp-00000001-10.0.0.1"), wire::HashKey::fixed(2)));
}
