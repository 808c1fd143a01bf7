// Which numbers are stamped: the same ones everywhere, few of each SA, those that arrive first.
#include "catch.hpp"
#include "flow/stamps/stamper.hpp"
#include "flow/tracker.hpp"
#include "support/esp_packet.hpp"
#include "wire/text/sa_text.hpp"

#include <map>
#include <random>
#include <set>

using namespace lacuna;

namespace {

constexpr TimeNs kSecond = 1'000'000'000;
constexpr TimeNs kStart = 1'700'000'000 * kSecond;

/// FNV-1a as its authors describe it, octet by octet.
std::uint64_t fnv1a(std::string text, Seq64 number, bool with_number = true) {
    if (with_number)
        for (int shift = 56; shift >= 0; shift -= 8)
            text += static_cast<char>(static_cast<std::uint64_t>(number) >> shift & 0xFF);
    std::uint64_t hash = 14695981039346656037u;
    for (const char c : text) {
        hash ^= static_cast<unsigned char>(c);
        hash *= 1099511628211u;
    }
    return hash;
}

unsigned zeros(std::uint64_t hash) {
    unsigned n = 0;
    while (n < 64 && (hash >> n & 1) == 0)
        ++n;
    return n;
}

struct Told {
    Seq64 number;
    TimeNs time;
};
using ToldBySa = std::map<std::string, std::vector<Told>>;

ToldBySa stamps_of(const std::vector<wire::Observation>& all, std::size_t burst,
                   std::uint32_t rate) {
    flow::FlowBudget budget(100'000);
    auto made =
        flow::Tracker::create({.max_flows = 100'000, .events = true, .stamps = rate}, budget);
    REQUIRE(made);
    ToldBySa told;
    for (std::size_t i = 0; i < all.size(); i += burst) {
        (*made)->track(all.data() + i, std::min(burst, all.size() - i));
        for (const flow::Event& e : (*made)->events())
            if (e.kind == flow::EventKind::stamp)
                told[wire::sa_text(e.id)].push_back({e.a, e.time});
        (*made)->clear_events();
    }
    return told;
}

} // namespace

TEST_CASE("stamps: the hash is FNV-1a", "[flow]") {
    CHECK(fnv1a("a", 0, false) == 0xAF63DC4C8601EC8Cu);
    CHECK(fnv1a("foobar", 0, false) == 0x85944171F73967E8u);
    for (const std::string id : {"esp-00000001-10.0.0.1", "macsec-0200000000010001-0", ""})
        for (const Seq64 n : {Seq64{0}, Seq64{1}, Seq64{255}, Seq64{256}, Seq64{1} << 40})
            CHECK(flow::StampHash(id).of(n) == fnv1a(id, n));
}

TEST_CASE("stamps: the next number is the least one that is selected", "[flow]") {
    const std::string id = "esp-00000001-10.0.0.1";
    const flow::StampHash hash(id);
    std::mt19937_64 random(7);
    for (unsigned level = 0; level <= 20; ++level)
        for (int i = 0; i < 40; ++i) {
            const auto from = static_cast<Seq64>(random() % (1u << 24));
            Seq64 n = from + 1;
            while (n < from + flow::StampHash::kReach && zeros(fnv1a(id, n)) < level)
                ++n;
            REQUIRE(hash.next(from, level) == n);
            REQUIRE(hash.selects(n, level) == (zeros(fnv1a(id, n)) >= level));
        }
}

TEST_CASE("stamps: few of each SA, whatever the bursts, and nested", "[flow]") {
    // Three SAs of 7, 100 and 3000 packets a second, lossy, with late ones and copies.
    std::mt19937 random(3);
    std::vector<wire::Observation> all;
    const std::uint32_t rates[] = {7, 100, 3000};
    std::map<std::string, std::map<Seq64, TimeNs>> arrived;
    for (std::uint32_t s = 0; s < 3; ++s) {
        std::uint32_t held = 0;
        for (std::uint32_t n = 1; n < rates[s] * 30; ++n) {
            const TimeNs time = kStart + TimeNs{n} * kSecond / rates[s];
            if (random() % 50 == 0) continue;
            if (held == 0 && random() % 50 == 0) {
                held = n;
                continue;
            }
            all.push_back(test::esp_packet(s + 1, n, time));
            if (random() % 50 == 0) all.push_back(test::esp_packet(s + 1, n, time + 10));
            if (held != 0 && n > held + 5) {
                all.push_back(test::esp_packet(s + 1, held, time + 20));
                held = 0;
            }
        }
    }
    std::stable_sort(all.begin(), all.end(),
                     [](const auto& a, const auto& b) { return a.time < b.time; });
    for (const wire::Observation& o : all)
        arrived[wire::sa_text(o.identity())].try_emplace(static_cast<Seq64>(o.seq), o.time);

    const ToldBySa told = stamps_of(all, 128, 10);
    REQUIRE(told.size() == 3);
    for (const auto& [id, list] : told) {
        std::map<TimeNs, std::size_t> in_second;
        std::set<Seq64> once;
        for (const Told& t : list) {
            REQUIRE(arrived.at(id).at(t.number) == t.time); // the first arrival
            REQUIRE(once.insert(t.number).second);
            ++in_second[t.time / kSecond];
        }
        for (const auto& [second, count] : in_second)
            CHECK(count <= 20);
        CHECK(list.size() >= 30 * 5); // of 30 seconds, 7 packets a second at least
        // Once it has settled, all that a level selects and nothing else.
        unsigned level = 64;
        for (const Told& t : list)
            if (t.time >= kStart + 20 * kSecond)
                level = std::min(level, zeros(fnv1a(id, t.number)));
        std::size_t missed = 0;
        for (const auto& [number, time] : arrived.at(id))
            if (time >= kStart + 20 * kSecond && zeros(fnv1a(id, number)) > level + 1)
                missed += once.count(number) == 0 ? 1 : 0;
        CHECK(missed == 0);
    }
    for (const std::size_t burst : {std::size_t{1}, std::size_t{7}}) {
        const ToldBySa other = stamps_of(all, burst, 10);
        REQUIRE(other.size() == told.size());
        for (const auto& [id, list] : told) {
            REQUIRE(other.at(id).size() == list.size());
            for (std::size_t i = 0; i < list.size(); ++i)
                REQUIRE(other.at(id)[i].number == list[i].number);
        }
    }
    CHECK(stamps_of(all, 128, 0).empty());
}

TEST_CASE("stamps: many SAs share a bound", "[flow]") {
    std::vector<wire::Observation> all;
    for (std::uint32_t n = 1; n < 40; ++n)
        for (std::uint32_t s = 0; s < 1000; ++s)
            all.push_back(
                test::esp_packet(s + 1, n, kStart + TimeNs{n} * kSecond / 10 + TimeNs{s} * 1000));
    std::map<TimeNs, std::size_t> in_second;
    for (const auto& [id, list] : stamps_of(all, 128, 10))
        for (const Told& t : list)
            ++in_second[t.time / kSecond];
    REQUIRE_FALSE(in_second.empty());
    for (const auto& [second, count] : in_second)
        CHECK(count <= flow::Stamper::kOfAll);
}
