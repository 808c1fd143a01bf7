// Late packets: what is told of them, what is taken back, and pages of them.
#include "catch.hpp"
#include "flow/tracker/late_rate.hpp"
#include "store/store.hpp"
#include "support/store_samples.hpp"

using namespace lacuna;
using namespace lacuna::store;
using namespace lacuna::test;

namespace {

constexpr TimeNs kSecond = 1'000'000'000;
constexpr std::uint8_t kVerdictLate = 5;

flow::Event late(const wire::SaIdentity& id, TimeNs time, Seq64 number,
                 std::uint8_t aux = kVerdictLate, Seq64 extent = 3) {
    return {id, 1, time, number, extent, 0, flow::EventKind::late, 0, aux, 0, {}, {}};
}

std::vector<Seq64> numbers(const StoreReader& reader, const wire::SaIdentity* only,
                           TimeNs since = INT64_MIN, TimeNs until = INT64_MAX) {
    std::vector<Seq64> list;
    REQUIRE(reader.each_late(1, only, since, until, [&list](const flow::Event& e) {
        list.push_back(e.a);
        return true;
    }));
    return list;
}

} // namespace

TEST_CASE("late rate: the first few of a row and second, and of all rows", "[flow]") {
    flow::LateRate rate;
    const auto taken = [&rate](std::uint32_t row, TimeNs time, int tries) {
        int n = 0;
        for (int i = 0; i < tries; ++i)
            n += rate.take(row, time) ? 1 : 0;
        return n;
    };
    CHECK(taken(7, 5 * kSecond, 100) == 16);
    CHECK(taken(8, 5 * kSecond + 1, 100) == 16);
    CHECK(taken(7, 6 * kSecond - 1, 100) == 0);
    CHECK(taken(7, 6 * kSecond, 100) == 16);
    CHECK(taken(7, -kSecond - 1, 100) == 16);
    int all = 0;
    for (std::uint32_t row = 0; row < 1000; ++row)
        all += taken(row, 9 * kSecond, 100);
    CHECK(all == 1024);
}

TEST_CASE("store: late packets by SA and time, without those taken back", "[store]") {
    const TempDir dir;
    const wire::SaIdentity a = sample_ids()[0];
    const wire::SaIdentity b = sample_ids()[4];
    const wire::SaIdentity other = sample_ids()[1];
    {
        auto writer = StoreWriter::open(dir / "s", {});
        REQUIRE(writer);
        const flow::Event events[] = {
            late(b, 10, 100),
            late(a, 5, 50),
            late(a, 5, 51),
            late(a, 7, 52),
            late(a, 7, 52),
            late(a, 7, (Seq64{1} << 32) + 53),
            late(a, 5, 51, flow::kTakenBack, 1), // as on the wire
            late(a, 7, 53, flow::kTakenBack, 1),
            late(a, 7, 52, flow::kTakenBack, 1), // one of the two
            late(a, 9, 54),
            late(a, 8, 54, flow::kTakenBack, 1), // a repetition told later
            sample_event(a, 1, 5),
        };
        REQUIRE((*writer)->put_events(events));
        REQUIRE((*writer)->end_run({}));
    }
    const auto reader = StoreReader::open(dir / "s");
    REQUIRE(reader);
    CHECK(numbers(**reader, nullptr) == std::vector<Seq64>{50, 52, 100});
    CHECK(numbers(**reader, &a) == std::vector<Seq64>{50, 52});
    CHECK(numbers(**reader, &a, 6) == std::vector<Seq64>{52});
    CHECK(numbers(**reader, &a, 5, 7) == std::vector<Seq64>{50});
    CHECK(numbers(**reader, nullptr, 6) == std::vector<Seq64>{52, 100});
    CHECK(numbers(**reader, &other).empty());

    // Events and gaps are as they would be without them.
    std::size_t events = 0;
    REQUIRE((*reader)->each_event(1, nullptr, [&events](const flow::Event&) {
        ++events;
        return true;
    }));
    CHECK(events == 1);

    std::vector<Seq64> paged;
    std::string cursor;
    for (int pages = 0; pages < 10; ++pages) {
        REQUIRE((*reader)->each_late(
            1, nullptr, INT64_MIN, INT64_MAX,
            [&paged](const flow::Event& e) {
                paged.push_back(e.a);
                return false;
            },
            &cursor));
        if (cursor.empty()) break;
    }
    CHECK(paged == std::vector<Seq64>{50, 52, 100});
}
