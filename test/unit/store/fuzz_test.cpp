// The fuzz target's body over records: whole, cut, and bent one octet at a time.
#include "catch.hpp"
#include "fuzz/records_body.hpp"
#include "store/read/notable.hpp"
#include "store/read/series.hpp"
#include "support/store_samples.hpp"

using namespace lacuna;
using namespace lacuna::store;
using namespace lacuna::test;

namespace {

std::string input(const std::string& key, const std::string& value) {
    return std::string(1, static_cast<char>(key.size())) + key + value;
}

std::vector<std::string> record_corpus() {
    RunRecord run;
    run.id = 3;
    run.command = "analyze";
    run.inputs = {"a", "b.pcap"};
    run.config = {{"window", "1024"}};
    run.figures.frames.other_kinds = {{"arp", 1000}};
    const auto id = sa("ah-00000100-ff02::5-2001:db8::1");
    const flow::Event e = sample_event(id, 5, 9);
    const flow::Sample sample{id, 5, 60'000, 70'000, 100, 6000, 1, 0, 300, 2, 0, 1};
    return {input(run_key(3), encode(run)),
            input(row_key(1, id, -5), encode(flow::SaSummary{})),
            input(row_key(1, id, 5), encode(sample_summary(id, 5, 70'000))),
            input(event_key(1, e, 5), encode(e)),
            input(notable_key(1, e.time, 5), encode_notable(1, e, 5)),
            input(series_key(1, Level::minute, sample), encode(sample))};
}

void fuzz(const std::string& octets) {
    fuzz_records(reinterpret_cast<const std::uint8_t*>(octets.data()), octets.size());
}

} // namespace

// The body aborts where something does not hold.
TEST_CASE("store: records cut and bent", "[store]") {
    std::size_t inputs = 0;
    for (const std::string& seed : record_corpus()) {
        for (std::size_t n = 0; n <= seed.size(); ++n, ++inputs)
            fuzz(seed.substr(0, n));
        std::string bent = seed;
        for (std::size_t at = 0; at < seed.size(); ++at) {
            for (const unsigned value : {0x00u, 0x01u, 0x7Fu, 0x80u, 0xFFu}) {
                bent[at] = static_cast<char>(value);
                fuzz(bent);
                ++inputs;
            }
            bent[at] = seed[at];
        }
    }
    CHECK(inputs > 3'000);
}
