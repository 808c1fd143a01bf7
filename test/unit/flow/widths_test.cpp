// Counters of every width against a naive model made of a set: random loss, disorder and
// repetition, through several turns of the number where it has fewer than 32 bits.
#include "catch.hpp"
#include "flow/tracker.hpp"

#include <algorithm>
#include <cstring>
#include <memory>
#include <random>
#include <set>
#include <vector>

using namespace lacuna;

namespace {

const wire::HashKey kKey = wire::HashKey::fixed(7);

/// Numbers as they arrive: each may be lost, sent twice, or come up to 40 places later.
std::vector<std::uint64_t> arrivals(std::uint64_t first, std::size_t count,
                                    std::mt19937_64& random) {
    std::vector<std::pair<std::uint64_t, std::uint64_t>> places;
    const auto one_in = [&random](unsigned n) { return random() % n == 0; };
    for (std::uint64_t i = 0; i < count; ++i) {
        if (i < 64) { // what a counter begins with stays plain
            places.emplace_back(i * 4, first + i);
            continue;
        }
        if (one_in(20)) continue;
        const std::uint64_t later = one_in(10) ? random() % 40 : 0;
        places.emplace_back((i + later) * 4, first + i);
        if (one_in(15)) places.emplace_back((i + later + random() % 10) * 4 + 1, first + i);
    }
    std::stable_sort(places.begin(), places.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    std::vector<std::uint64_t> numbers;
    for (const auto& place : places)
        numbers.push_back(place.second);
    return numbers;
}

struct Naive {
    std::set<std::uint64_t> seen;
    std::uint64_t duplicates = 0;
    std::uint64_t late = 0;

    void take(std::uint64_t number) {
        if (seen.contains(number))
            ++duplicates;
        else if (!seen.empty() && number < *seen.rbegin())
            ++late;
        seen.insert(number);
    }
    std::uint64_t lost() const { return *seen.rbegin() - *seen.begin() + 1 - seen.size(); }
};

} // namespace

TEST_CASE("widths: counters of 16, 24, 32 and 64 bits are what a set says", "[flow]") {
    const struct {
        Protocol protocol;
        std::uint64_t first;
        std::size_t count;
    } cases[] = {
        {Protocol::gtp_u, 65'000, 200'000},
        {Protocol::hsr, 3, 70'000},
        {Protocol::declared16, 0xFFFF, 140'000},
        {Protocol::l2tpv3, 0xFFFF00, 5000},
        {Protocol::roce, 0xFFFFF0, 5000},
        {Protocol::declared24, 1, 5000},
        {Protocol::esp, 0xFFFFF000, 20'000},
        {Protocol::gre, 0, 20'000},
        {Protocol::netflow9, 0x7FFFF000, 20'000},
        {Protocol::wireguard, 0, 20'000},
        {Protocol::declared64, 0xFFFFF000, 20'000},
        {Protocol::declared64, 1ull << 47, 20'000},
        {Protocol::nebula, 0xFFFFFFFF'00000000, 5000},
    };
    std::mt19937_64 random(18);
    for (const auto& c : cases) {
        CAPTURE(protocol_name(c.protocol), c.first);
        const unsigned bits = wire::row_of(c.protocol).bits;
        flow::FlowBudget budget(10);
        const auto tracker = std::move(*flow::Tracker::create({.max_flows = 10}, budget));
        Naive naive;
        wire::Observation o;
        std::memset(static_cast<void*>(&o), 0, sizeof o);
        o.id.key.protocol = c.protocol;
        o.id.key.family = wire::Family::ipv4;
        o.id.key.addr[0] = 10;
        o.hash = wire::identity_hash(o.id, kKey);
        o.bytes = 100;
        std::uint64_t received = 0;
        for (const std::uint64_t number : arrivals(c.first, c.count, random)) {
            o.time += 1'000'000;
            o.seq = bits < 64 ? number & ((std::uint64_t{1} << bits) - 1) : number;
            tracker->track(&o, 1);
            naive.take(number);
            ++received;
        }
        tracker->finish(o.time);
        const flow::Totals sums = tracker->sums().of(c.protocol);
        CHECK(sums.flows == 1);
        CHECK(sums.received == received);
        CHECK(sums.lost == naive.lost());
        CHECK(sums.duplicates == naive.duplicates);
        CHECK(sums.late == naive.late);
        CHECK(sums.too_old + sums.before_first + sums.outliers + sums.restarts == 0);
    }
}
