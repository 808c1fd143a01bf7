// The rules for whole inputs, one case a line: what doc/semantics.md says, asked of the naive
// model.
#include "catch.hpp"
#include "model/link.hpp"

#include <sstream>

namespace {

using model::Link;
using model::Step;

struct Rule {
    const char* why;
    const char* packets; ///< words: [SOURCES:]FIRST[-LAST], see feed()
    std::uint64_t flows, lost, duplicates, late, too_old, before_first, outliers, restarts;
};

/// "b:5-8" are 5, 6, 7, 8 from source b; "a/b:1-9" sends each number from both.
void feed(Link& link, const std::string& text) {
    std::istringstream words(text);
    std::int64_t time = 0;
    for (std::string w; words >> w;) {
        std::string sources = "a";
        if (const auto colon = w.find(':'); colon != std::string::npos) {
            sources = w.substr(0, colon);
            w = w.substr(colon + 1);
        }
        const auto dash = w.find('-');
        const std::uint64_t first = std::stoull(w);
        const std::uint64_t last =
            dash == std::string::npos ? first : std::stoull(w.substr(dash + 1));
        for (std::uint64_t n = first; n <= last; ++n)
            for (const char s : sources)
                if (s != '/')
                    link.packet({Step::esp, 1, 1, s - 'a', static_cast<std::uint32_t>(n), ++time});
    }
}

// clang-format off
constexpr Rule kRules[] = {
    // why                                      packets                     flows lost dup late old before out restarts
    {"in order",                                "1-100",                        1,   0, 0, 0, 0, 0, 0, 0},
    {"late fills the hole",                     "1-10 12-20 11",                1,   0, 0, 1, 0, 0, 0, 0},
    {"a repetition",                            "1-10 10 11",                   1,   0, 1, 0, 0, 0, 0, 0},
    {"a counter may begin out of order",        "102 100 101 103-200",          1,   0, 0, 0, 0, 2, 0, 0},
    {"a short jump",                            "1-100 1124-1200",              1, 1023, 0, 0, 0, 0, 0, 0},
    {"a forged number",                         "1-100 900000 101-200",         1,   0, 0, 0, 0, 0, 1, 0},
    {"two forged numbers in step",              "1-100 900000-900001 101-200",  1,   0, 0, 0, 0, 0, 2, 0},
    {"a far jump that nothing contradicts",     "1-100 60000-60100",            1, 59899, 0, 0, 0, 0, 0, 0},
    {"farther than 65,536: one is not enough",  "1-100 80000",                  1,   0, 0, 0, 0, 0, 1, 0},
    {"farther than 65,536: two are",            "1-100 80000-80001",            1, 79899, 0, 0, 0, 0, 0, 0},
    {"a sample of an outage",                   "1-50 3000 6000 9000-9060",     1, 8947, 0, 0, 0, 0, 0, 0},
    {"the peer began again at 1",               "1-500 1-20",                   1,   0, 0, 0, 0, 0, 0, 1},
    {"the beginning replayed",                  "1-500 1-20 501-600",           1,   0, 20, 0, 0, 0, 0, 0},
    {"replayed beside the sender",              "1-500 1 501 2 502 3 503-600",  1,   0, 3, 0, 0, 0, 0, 0},
    {"began again at 30: eight packets tell",   "100-500 30-37",                1,   0, 0, 0, 0, 0, 0, 1},
    {"an earlier packet repeats nothing",       "16 14 31 434 1131 30-35",      1, 1112, 0, 0, 6, 1, 0, 0},
    {"seven do not",                            "100-500 30-36",                1,   0, 0, 0, 0, 7, 0, 0},
    {"began again anywhere: sixty-four tell",   "5000-9000 200-263",            1,   0, 0, 0, 0, 0, 0, 1},
    {"began again before the wrap",             "4294950000-4294950800 1-9",    1,   0, 0, 0, 0, 0, 0, 1},
    {"the numbers wrap",                        "4294967200-4294967295 0-99",   1,   0, 0, 0, 0, 0, 0, 0},
    {"one low number before a wrap",            "4294964000-4294964100 7 4294964101-4294964200", 1, 0, 0, 0, 0, 0, 1, 0},
    {"the same from two places",                "a/b:1-100",                    1,   0, 100, 0, 0, 0, 0, 0},
    {"two senders with near numbers",           "a:1-20 b:200-220 a:21-40 b:221-240 a:41-60 b:241-260", 2, 0, 0, 0, 0, 0, 0, 0},
    {"two senders with far numbers",            "a:1-20 b:1000000-1000020 a:21-40 b:1000021-1000040 a:41-60 b:1000041-1000060", 2, 0, 0, 0, 0, 0, 0, 0},
    {"a peer moves",                            "a:1-100 b:104-200",            1,   3, 0, 0, 0, 0, 0, 0},
    {"a peer moves far",                        "a:1-100 b:5000-5099",          1, 4899, 0, 0, 0, 0, 0, 0},
    {"an old stretch from elsewhere, too short","a:1-100 b:40-42 a:101-200",    1,   0, 3, 0, 0, 0, 0, 0},
    {"a source nobody went on beside",          "a:1-100 b:900000-900099",      2,   0, 0, 0, 0, 0, 0, 0},
};
// clang-format on

} // namespace

TEST_CASE("the naive model follows the rules for misfits, branches and senders") {
    for (const Rule& r : kRules) {
        INFO(r.why << ": " << r.packets);
        Link link({});
        feed(link, r.packets);
        link.end();
        model::Figures f;
        std::size_t flows = 0;
        for (const auto& identity : link.results())
            for (const auto& row : identity.rows) {
                f.add(row.figures);
                ++flows;
            }
        CHECK(flows == r.flows);
        CHECK(f.lost == r.lost);
        CHECK(f.duplicates == r.duplicates);
        CHECK(f.late == r.late);
        CHECK(f.too_old == r.too_old);
        CHECK(f.before_first == r.before_first);
        CHECK(f.outliers == r.outliers);
        CHECK(f.restarts == r.restarts);
    }
}

TEST_CASE("the naive model tells rekeys from stragglers") {
    const auto rekeys = [](std::initializer_list<std::array<std::uint32_t, 3>> stretches) {
        Link link({});
        for (const auto& [an, first, last] : stretches)
            for (std::uint32_t n = first; n <= last; ++n)
                link.packet({Step::macsec, 1, an, 0, n, 0});
        link.end();
        return link.rekeys();
    };
    CHECK(rekeys({{0, 1, 100}}) == 0);
    CHECK(rekeys({{0, 1, 100}, {1, 1, 100}}) == 1);
    // three stragglers of the old AN in the middle of the new
    CHECK(rekeys({{0, 1, 100}, {1, 1, 50}, {0, 101, 103}, {1, 51, 100}}) == 1);
    // two packets of a new AN make nothing active
    CHECK(rekeys({{0, 1, 100}, {1, 1, 2}, {0, 101, 200}}) == 0);
    // all four in turn, and the first again under a new key
    CHECK(rekeys({{0, 1, 200}, {1, 1, 200}, {2, 1, 200}, {3, 1, 200}, {0, 1, 200}}) == 4);
}
