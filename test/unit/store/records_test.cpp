// Records to bytes and back, and the order of keys.
#include "catch.hpp"
#include "flow/fields/table.hpp"
#include "store/records/tagged.hpp"
#include "support/store_samples.hpp"

#include <algorithm>

using namespace lacuna;
using namespace lacuna::store;
using namespace lacuna::test;

namespace {

constexpr std::uint64_t kMax = ~std::uint64_t{0};

RunRecord sample_run() {
    RunRecord r;
    r.id = 0xFFFFFFFE;
    r.state = RunState::ended;
    r.started = kExtremes.front();
    r.ended = kExtremes.back();
    r.command = "analyze";
    r.inputs = {"", "a b.pcap", std::string("\0\xFF\n", 3), std::string(100'000, 'x')};
    r.config = {{"window", "1024"}, {"", ""}};
    flow::RunFigures& f = r.figures;
    f.frames.decoded = kMax - 6;
    f.frames.classes = {1, 2, 3, 4, 5};
    f.frames.dropped = 6;
    f.frames.bytes = kMax - 1;
    f.frames.other_kinds = {{"arp", 0}, {"ipv4/tcp", kMax}};
    f.totals.add(sample_summary(sa("macsec-0200000000010001-0"), 5, 1000));
    f.totals.flows = kMax;
    f.totals.rekeys = 77;
    f.final = {kMax - 2 - 30, 10, 20};
    f.earliest = kExtremes.front();
    f.latest = kExtremes.back();
    f.probe = {1, kMax, 3, 4, 5};
    f.causes_known = true;
    return r;
}

} // namespace

TEST_CASE("store: numbers of every length come back", "[store]") {
    std::vector<std::uint64_t> values = {0, 127, 128, 16383, 16384, kMax, kMax - 1, kSign};
    for (unsigned bit = 0; bit < 64; ++bit)
        values.push_back(std::uint64_t{1} << bit);
    for (const std::uint64_t v : values) {
        CAPTURE(v);
        std::string bytes;
        ByteWriter w(bytes);
        w.var(v);
        w.u64(v);
        w.ordered(static_cast<std::int64_t>(v));
        CHECK(bytes.size() == 16 + std::max<std::size_t>(1, (std::bit_width(v) + 6) / 7));
        ByteReader r(bytes);
        CHECK(r.var() == v);
        CHECK(r.u64() == v);
        CHECK(r.ordered() == static_cast<std::int64_t>(v));
        CHECK(r.ok());
        CHECK(r.left() == 0);
        CHECK(r.u8() == 0);
        CHECK_FALSE(r.ok());
    }
}

TEST_CASE("store: a number of more than 64 bits is none", "[store]") {
    const std::string nine(9, '\xFF');
    for (const auto& [last, good] :
         {std::pair{'\x01', true}, std::pair{'\x02', false}, std::pair{'\x80', false}}) {
        const std::string bytes = nine + last + '\0';
        ByteReader r(bytes);
        CHECK((r.var() == kMax) == good);
        CHECK(r.ok() == good);
    }
}

TEST_CASE("store: a run comes back as it was", "[store]") {
    const RunRecord run = sample_run();
    const auto back = decode_run(run_key(run.id), encode(run));
    REQUIRE(back);
    CHECK(back->id == run.id);
    CHECK(back->state == run.state);
    CHECK(back->started == run.started);
    CHECK(back->ended == run.ended);
    CHECK(back->command == run.command);
    CHECK(back->inputs == run.inputs);
    CHECK(back->config == run.config);
    const flow::RunFigures& f = run.figures;
    const flow::RunFigures& g = back->figures;
    CHECK(g.frames.offered() == kMax);
    CHECK(g.frames.decoded == f.frames.decoded);
    CHECK(g.frames.classes == f.frames.classes);
    CHECK(g.frames.dropped == f.frames.dropped);
    CHECK(g.frames.bytes == f.frames.bytes);
    CHECK(g.frames.other_kinds == f.frames.other_kinds);
    CHECK(same_bytes(g.totals, f.totals));
    CHECK(g.final == f.final);
    CHECK(g.earliest == f.earliest);
    CHECK(g.latest == f.latest);
    CHECK(g.probe == f.probe);
    CHECK(g.causes_known);
    CHECK(encode(*back) == encode(run));
}

TEST_CASE("store: summaries come back as they were", "[store]") {
    for (const wire::SaIdentity& id : sample_ids())
        for (const TimeNs time : kExtremes)
            for (const std::uint64_t salt : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{2},
                                             std::uint64_t{1} << 40, kMax - 200}) {
                flow::SaSummary s = sample_summary(id, time, salt);
                s.last_time = time;
                const auto back = decode_summary(row_key(9, id, time), encode(s));
                REQUIRE(back);
                CHECK(same_bytes(*back, s));
            }
    // What most of millions of rows look like takes little room.
    flow::SaSummary plain{};
    plain.received = 1'000'000;
    CHECK(encode(plain).size() < 64);
}

TEST_CASE("store: events come back as they were", "[store]") {
    using flow::EventKind;
    for (const wire::SaIdentity& id : sample_ids())
        for (const std::int64_t v : kExtremes)
            for (const EventKind kind :
                 {EventKind::hole_opened, EventKind::hole_filled, EventKind::restart,
                  EventKind::restart_undone, EventKind::rekey, EventKind::exhaustion,
                  EventKind::evicted, EventKind::jump, EventKind::counter, EventKind::moved}) {
                flow::Event e{id, v, -(v / 2), v, v / 3, 0xFFFFFFFF, kind, 3, 255, 0, {}, {}};
                if (kind == EventKind::moved)
                    for (std::uint8_t i = 0; i < 16; ++i) {
                        e.from[i] = i;
                        e.to[i] = static_cast<std::uint8_t>(200 - i);
                    }
                const auto back = decode_event(event_key(3, e, kMax), encode(e));
                REQUIRE(back);
                CHECK(same_bytes(*back, e));
            }
}

TEST_CASE("store: keys sort by run, identity, time and serial", "[store]") {
    std::vector<std::string> rows;
    std::vector<std::string> events;
    const wire::SaIdentity id = sa("esp-0000c0de-192.0.2.1");
    for (const RunId run : {1u, 2u, 255u, 256u, 0x7FFFFFFFu, 0x80000000u, 0xFFFFFFFFu}) {
        for (const TimeNs time : kExtremes) {
            rows.push_back(row_key(run, id, time));
            for (const std::uint64_t serial :
                 {std::uint64_t{0}, std::uint64_t{255}, std::uint64_t{256}, kMax})
                events.push_back(event_key(run, sample_event(id, time, 1), serial));
        }
    }
    CHECK(std::is_sorted(rows.begin(), rows.end()));
    CHECK(std::is_sorted(events.begin(), events.end()));
    CHECK(std::adjacent_find(rows.begin(), rows.end()) == rows.end());
    CHECK(std::adjacent_find(events.begin(), events.end()) == events.end());
    for (const std::string& key : rows)
        CHECK(key.size() == kRowKeyOctets);
}

TEST_CASE("store: an SA's prefix holds its own keys and no others", "[store]") {
    const auto ids = sample_ids();
    for (const wire::SaIdentity& mine : ids)
        for (const wire::SaIdentity& other : ids)
            for (const RunId run : {7u, 8u}) {
                const std::string prefix = sa_prefix(7, mine);
                const bool same = mine == other && run == 7;
                for (const TimeNs time : kExtremes) {
                    CHECK((row_key(run, other, time).rfind(prefix, 0) == 0) == same);
                    CHECK((event_key(run, sample_event(other, time, 1), 5).rfind(prefix, 0) == 0)
                          == same);
                }
            }
}

/// Leaves out what a record has tagged fields for.
template <typename Figures>
static void clear_tagged(Figures& f) {
    f.lost_doubtful = f.reused_ans = 0;
    f.recovered = f.recovered_blind = f.recovered_doubtful = 0;
}

TEST_CASE("store: cut records are refused at every length", "[store]") {
    const auto id = sample_ids().back();
    const flow::Event e = sample_event(id, 5, 9);
    auto s = sample_summary(id, 5, 70'000);
    auto run = sample_run();
    // Without tagged fields, between which a record may end.
    clear_tagged(s);
    clear_tagged(run.figures.totals);
    const auto refused = [](const std::string& key, const std::string& value, auto decode) {
        REQUIRE(decode(key, value));
        const std::size_t step = value.size() > 1000 ? 97 : 1;
        for (std::size_t n = 0; n < value.size(); n += step)
            CHECK_FALSE(decode(key, std::string_view(value).substr(0, n)));
        for (std::size_t n = 0; n < key.size(); ++n)
            CHECK_FALSE(decode(std::string_view(key).substr(0, n), value));
    };
    refused(run_key(1), encode(run), decode_run);
    refused(row_key(1, id, 5), encode(s), decode_summary);
    refused(event_key(1, e, 5), encode(e), decode_event);
}

TEST_CASE("store: a record of a later version is read, its new fields skipped", "[store]") {
    const auto s = sample_summary(sample_ids().front(), 5, 7);
    std::string value = encode(s);
    ByteWriter w(value);
    TaggedWriter(w).number(200, kMax);
    TaggedWriter(w).octets(kMax / 2, "fields to come");
    TaggedWriter(w).octets(201, "");
    value[0] = 9;
    const auto back = decode_summary(row_key(1, s.id, 5), value);
    REQUIRE(back);
    CHECK(same_bytes(*back, s));
    value[0] = 0;
    CHECK_FALSE(decode_summary(row_key(1, s.id, 5), value));
}

TEST_CASE("store: tagged fields are written where they are not zero", "[store]") {
    auto s = sample_summary(sample_ids().front(), 5, 7);
    const std::string key = row_key(1, s.id, 5);
    clear_tagged(s);
    const std::string without = encode(s);
    s.lost_doubtful = kMax;
    s.reused_ans = 1;
    const std::string with = encode(s);
    // An older program reads the same octets up to here.
    REQUIRE(with.starts_with(without));
    CHECK(with.size() == without.size() + 1 + 10 + 1 + 1);
    CHECK(same_bytes(*decode_summary(key, with), s));
    clear_tagged(s);
    CHECK(same_bytes(*decode_summary(key, without), s));

    // A record may end between them, not within one; what has no form is damaged.
    const std::size_t between = without.size() + 11;
    for (std::size_t n = without.size() + 1; n < with.size(); ++n)
        CHECK(decode_summary(key, with.substr(0, n)).has_value() == (n == between));
    CHECK_FALSE(decode_summary(key, without + "fields to come"));
}

TEST_CASE("store: every stored field of the table comes back", "[store]") {
    flow::SaSummary s{};
    flow::RunFigures figures;
    std::uint64_t next = 1;
    flow::each_field([&]<std::size_t I>() {
        constexpr const flow::Field& f = flow::kFields[I];
        if constexpr (f.tag != 0 && std::holds_alternative<flow::CountAt<flow::SaSummary>>(f.sa))
            s.*std::get<flow::CountAt<flow::SaSummary>>(f.sa) = next++;
        if constexpr (f.tag != 0 && std::holds_alternative<flow::CountAt<flow::Totals>>(f.total))
            figures.totals.*std::get<flow::CountAt<flow::Totals>>(f.total) = next++;
    });
    s.id = sample_ids().front();
    CHECK(next > 30);
    CHECK(same_bytes(*decode_summary(row_key(1, s.id, 0), encode(s)), s));
    RunRecord run = sample_run();
    run.figures.totals = figures.totals;
    const auto back = decode_run(run_key(run.id), encode(run));
    REQUIRE(back);
    CHECK(same_bytes(back->figures.totals, figures.totals));
}

TEST_CASE("records: what MKA said comes back", "[store]") {
    store::MkaRecord mka;
    mka.beyond = 3;
    wire::MkaParticipant& p = mka.participants.emplace_back();
    p.ckn.octets = 6;
    std::copy_n("link-1", 6, p.ckn.octet.begin());
    p.sci = 0x0200000000100001;
    p.cipher_suite = wire::kGcmAesXpn256;
    p.messages = 12;
    p.first_time = -5;
    p.last_time = 7;
    p.last.ckn = p.ckn;
    p.last.sci = p.sci;
    p.last.member = {1, 2, 3};
    p.last.key_server = p.last.uses = true;
    p.last.priority = 200;
    p.last.latest = {9, 2, true, true, std::uint64_t{5} << 32 | 77};
    mka.events.push_back({-5, wire::MkaEvent::Kind::joined, 0, 0, 0, 0});
    mka.events.push_back({7, wire::MkaEvent::Kind::distributed, 2, 0, 9, wire::kGcmAesXpn256});
    const std::string octets = store::encode(mka);
    const auto back = store::decode_mka(octets);
    REQUIRE(back);
    CHECK(store::encode(*back) == octets);
    CHECK(back->beyond == 3);
    REQUIRE(back->participants.size() == 1);
    CHECK(back->participants[0].last.latest.lowest_pn == (std::uint64_t{5} << 32 | 77));
    CHECK(back->participants[0].last.ckn == p.ckn);
    CHECK(back->participants[0].first_time == -5);
    REQUIRE(back->events.size() == 2);
    CHECK(back->events[1].cipher_suite == wire::kGcmAesXpn256);
    for (std::size_t n = 0; n < octets.size(); ++n)
        CHECK_FALSE(store::decode_mka(std::string_view(octets).substr(0, n)));
    mka.events[1].participant = 1; // nobody
    CHECK_FALSE(store::decode_mka(store::encode(mka)));
    mka.events[1].participant = 0;
    mka.participants[0].ckn.octets = 33;
    CHECK_FALSE(store::decode_mka(store::encode(mka)));

    store::RunRecord run;
    run.id = 4;
    run.mka = std::make_shared<const store::MkaRecord>(*back);
    const auto read = store::decode_run(store::run_key(4), store::encode(run));
    REQUIRE(read);
    REQUIRE(read->mka);
    CHECK(store::encode(*read->mka) == octets);
}
