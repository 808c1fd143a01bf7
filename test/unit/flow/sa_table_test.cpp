// Identities whose hash says the least.
#include "catch.hpp"
#include "flow/table/sa_table.hpp"

using namespace lacuna;

namespace {

wire::Observation observation(std::uint32_t hash, std::uint8_t an, std::uint32_t spi) {
    wire::Observation o{};
    o.hash = hash;
    o.id.key.an = an & 3;
    o.id.key.spi = spi;
    return o;
}

} // namespace

TEST_CASE("table: no identity is taken for a free entry", "[flow]") {
    for (const std::uint32_t hash : {0u, 1u, 2u, 3u, 0x80000000u, 0x80000003u, 0xFFFFFFFFu})
        for (std::uint8_t an = 0; an < 4; ++an) {
            CAPTURE(hash, an);
            flow::SaTable table;
            REQUIRE(table.reserve(64, false));
            const wire::Observation o = observation(hash, an, 7);
            CHECK(table.lookup().candidate(o) == nullptr);
            CHECK(table.find(o) == flow::kNoRow);
            const flow::Row row = table.insert(o);
            REQUIRE(row == 0);
            CHECK(table.lookup().candidate(o) == &table.at(row));
            CHECK(table.find(o) == row);
            // Another one of the same hash in the same bucket, then holes.
            const wire::Observation twin = observation(hash, an, 8);
            const flow::Row second = table.insert(twin);
            CHECK(table.find(twin) == second);
            table.erase(row);
            CHECK(table.find(o) == flow::kNoRow);
            CHECK(table.find(twin) == second);
            table.erase(second);
            CHECK(table.lookup().candidate(twin) == nullptr);
        }
}
