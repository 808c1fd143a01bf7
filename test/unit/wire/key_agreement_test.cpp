// MKPDUs and IKE messages: what is read of them, cuts, bounds, and several decoders of one stream.
#include "catch.hpp"
#include "support/frame_builder.hpp"
#include "wire/frame_counts.hpp"

#include <memory>

using namespace lacuna;
using namespace lacuna::test;
using wire::KeyAgreement;
using wire::MkaEvent;

namespace {

constexpr std::uint64_t kFirst = 0x0200000000100001;

Bytes set(unsigned type, unsigned flags, unsigned third, const Bytes& body) {
    Bytes padded = body;
    padded.resize((body.size() + 3) / 4 * 4);
    return be(type, 1) + be(flags, 1) + be(third << 4 | body.size() >> 8, 1)
           + be(body.size() & 255, 1) + padded;
}
/// What follows the EtherType.
Bytes mkpdu(std::uint64_t sci, const Bytes& sets = {}, unsigned member = 1, bool server = false) {
    const Bytes body =
        be(sci, 8) + be(member, 12) + be(1, 4) + be(0x0080C201, 4) + Bytes{'l', 'i', 'n', 'k', '1'};
    Bytes basic = set(3, 16, server ? 0xE : 0x6, body);
    const Bytes payload = basic + sets + octets(16);
    return be(0x0305, 2) + be(payload.size(), 2) + payload;
}
/// A latest key in use, with both halves of its lowest acceptable PN.
Bytes use(unsigned an, unsigned number, std::uint64_t lowest) {
    return set(3, an << 6 | 0x30, 1,
               octets(12) + be(number, 4) + be(lowest & 0xFFFFFFFF, 4) + octets(12, 0) + be(0, 8))
           + set(8, 0, 0, be(lowest >> 32, 4) + be(0, 4));
}
Bytes distributed(unsigned an, unsigned number) {
    return set(4, an << 6 | 0x10, 0, be(number, 4) + be(wire::kGcmAesXpn256, 8) + octets(40));
}
void take(KeyAgreement& mka, const Bytes& octets, TimeNs time) {
    mka.take(octets.data(), octets.size(), time);
}

std::vector<std::string> told(const KeyAgreement& mka) {
    std::vector<std::string> list;
    for (const MkaEvent& e : mka.events())
        list.push_back(std::string(wire::mka_event_name(e.kind)) + " " + std::to_string(e.time));
    return list;
}

Bytes ike(std::uint64_t initiator, unsigned message, unsigned flags = 8) {
    return be(initiator, 8) + be(7, 8) + be(46, 1) + be(0x20, 1) + be(36, 1) + be(flags, 1)
           + be(message, 4) + be(60, 4) + octets(32);
}

} // namespace

TEST_CASE("key agreement: what an MKPDU says", "[wire]") {
    const auto mka = std::make_unique<KeyAgreement>();
    take(*mka, mkpdu(kFirst, set(1, 0, 0, octets(32)), 1, true), 1);
    take(*mka, mkpdu(kFirst, distributed(1, 5), 1, true), 2);
    take(*mka, mkpdu(kFirst, use(1, 5, 0x500000007), 1, true), 3);
    take(*mka, mkpdu(kFirst, use(1, 5, 0x500000009), 1, true), 4);
    take(*mka, mkpdu(kFirst, {}, 2), 5);
    REQUIRE(mka->participants().size() == 1);
    const wire::MkaParticipant& p = mka->participants()[0];
    CHECK(p.sci == kFirst);
    CHECK(p.messages == 5);
    CHECK(p.cipher_suite == wire::kGcmAesXpn256);
    CHECK(p.ckn.octets == 5);
    CHECK(told(*mka)
          == std::vector<std::string>{"joined 1", "key-server 1", "distributed 2", "in-use 3",
                                      "sends 3", "restarted 5"});
    wire::Mkpdu m;
    const Bytes with_key = mkpdu(kFirst, set(1, 0, 0, octets(32)) + use(2, 9, 0x500000007));
    REQUIRE(wire::read_mkpdu(with_key.data(), with_key.size(), m));
    CHECK(m.live_peers == 2);
    CHECK(m.latest.an == 2);
    CHECK(m.latest.number == 9);
    CHECK(m.latest.tx);
    CHECK(m.latest.lowest_pn == 0x500000007);
    CHECK(m.old.number == 0);
}

TEST_CASE("key agreement: cuts and bounds", "[wire]") {
    const Bytes whole = mkpdu(kFirst, use(1, 5, 7) + distributed(2, 6));
    wire::Mkpdu m;
    for (std::size_t n = 0; n <= whole.size(); ++n) {
        const std::unique_ptr<std::uint8_t[]> exact(new std::uint8_t[n]);
        std::copy_n(whole.begin(), n, exact.get());
        CHECK(wire::read_mkpdu(exact.get(), n, m) == (n >= 4 + 4 + 28 + 5));
    }
    const auto mka = std::make_unique<KeyAgreement>();
    for (unsigned i = 0; i < 1000; ++i)
        take(*mka, mkpdu(i), i);
    CHECK(mka->participants().size() == KeyAgreement::kMostParticipants);
    CHECK(mka->beyond() == 1000 - KeyAgreement::kMostParticipants);
    for (unsigned i = 0; i < 1000; ++i)
        take(*mka, mkpdu(0, {}, i + 2), i);
    CHECK(mka->events().size() == KeyAgreement::kMostEvents);
}

TEST_CASE("key agreement: decoders that share a stream say what one would", "[wire]") {
    const auto alone = std::make_unique<wire::FrameCounts>();
    const auto first = std::make_unique<wire::FrameCounts>();
    const auto second = std::make_unique<wire::FrameCounts>();
    for (unsigned i = 0; i < 40; ++i) {
        const std::uint64_t sci = kFirst + i % 2;
        const unsigned key = i < 20 ? 1 : 2;
        const Bytes octets =
            mkpdu(sci, (i % 2 == 0 ? distributed(key, key) : Bytes{}) + use(key, key, 100 + i), 1,
                  i % 2 == 0);
        wire::FrameCounts& part = i / 3 % 2 == 0 ? *first : *second;
        take(alone->mka, octets, i);
        take(part.mka, octets, i);
        const Bytes message = ike(5, i / 4);
        const std::uint8_t address[4] = {10, 0, 0, 1};
        for (wire::FrameCounts* c : {alone.get(), &part})
            c->ike.take(message.data(), message.size(), wire::Family::ipv4, address, address, i);
    }
    *first += *second;
    CHECK(told(first->mka) == told(alone->mka));
    REQUIRE(first->mka.participants().size() == 2);
    for (std::size_t i = 0; i < 2; ++i) {
        const wire::MkaParticipant& a = alone->mka.participants()[i];
        const wire::MkaParticipant& b = first->mka.participants()[i];
        CHECK(a.sci == b.sci);
        CHECK(a.messages == b.messages);
        CHECK(a.last_time == b.last_time);
        CHECK(a.last.latest.lowest_pn == b.last.latest.lowest_pn);
    }
    CHECK(first->ike.total() == alone->ike.total());
    std::uint32_t copies = 0;
    for (const wire::IkeMessage& m : first->ike.messages())
        copies += m.copies;
    CHECK(copies == 40);
}

TEST_CASE("key agreement: IKE keeps the latest messages", "[wire]") {
    const auto ikes = std::make_unique<wire::Negotiations>();
    const std::uint8_t address[16] = {};
    for (unsigned i = 0; i < 2000; ++i) {
        const Bytes message = ike(9, i);
        ikes->take(message.data(), message.size(), wire::Family::ipv6, address, address, i);
    }
    CHECK(ikes->total() == 2000);
    CHECK(ikes->retransmitted() == 0);
    REQUIRE(ikes->messages().size() == wire::Negotiations::kMost);
    for (const wire::IkeMessage& m : ikes->messages())
        CHECK(m.first_time >= 2000 - static_cast<TimeNs>(wire::Negotiations::kMost));
    wire::IkeHeader header;
    const Bytes message = ike(9, 1, 0x28);
    CHECK(wire::read_ike(message.data(), 28, header));
    CHECK(header.response());
    CHECK_FALSE(wire::read_ike(message.data(), 27, header));
}
