// IPFIX: how many records a message has, by templates, by what numbers show, and where neither
// says.
#include "catch.hpp"
#include "flow/tracker.hpp"
#include "wire/record_sets.hpp"

#include <cstring>
#include <memory>

using namespace lacuna;
using wire::RecordNews;
using wire::RecordSet;
using wire::RecordSets;

namespace {

const wire::HashKey kKey = wire::HashKey::fixed(7);

struct Run {
    flow::FlowBudget budget{1000};
    std::unique_ptr<flow::Tracker> tracker;
    TimeNs time = 1'000'000'000;

    Run() {
        flow::TrackerConfig config;
        config.max_flows = 1000;
        tracker = std::move(*flow::Tracker::create(config, budget));
    }
    void tell(RecordNews news, std::uint32_t number, const RecordSets& sets, unsigned domain = 1) {
        wire::Observation o;
        std::memset(static_cast<void*>(&o), 0, sizeof o);
        o.id.key.protocol = Protocol::ipfix;
        o.id.key.family = wire::Family::ipv4;
        o.id.key.addr[0] = 10;
        o.id.key.spi = domain;
        std::memcpy(o.id.src, &sets, sizeof sets);
        o.hash = wire::identity_hash(o.id, kKey);
        o.bytes = 200;
        o.flags = wire::kRun;
        o.time = time += 1'000'000;
        o.seq = wire::record_seq(news, number);
        tracker->track(&o, 1);
    }
    void message(std::uint32_t number, unsigned octets, std::uint16_t id = 256) {
        tell(RecordNews::message, number, {RecordSet{id, static_cast<std::uint16_t>(octets)}});
    }
    void length(std::uint16_t id, std::uint16_t octets) {
        tell(RecordNews::templates, 0, {RecordSet{id, octets}});
    }
    flow::Totals sums() const { return tracker->sums().of(Protocol::ipfix); }
};

} // namespace

TEST_CASE("records: a template tells how many a message has", "[flow]") {
    Run run;
    run.length(256, 10);
    run.message(0xFFFFFFFE, 32); // three, and padding
    run.message(1, 20);
    CHECK(run.sums().received == 5);
    run.message(5, 10); // 3 and 4 are missing
    CHECK(run.sums().received == 6);
    CHECK(run.sums().lost == 2);
    CHECK(run.sums().gaps == 1);
    CHECK(run.sums().bytes == 600);
    run.message(5, 10); // again
    CHECK(run.sums().duplicates == 1);
    run.message(6, 0); // templates alone
    CHECK(run.sums().received == 7);
    run.length(256, 20); // another of the same id
    run.message(6, 40);
    CHECK(run.sums().received == 9);
    CHECK(run.sums().lost == 2);
}

TEST_CASE("records: several templates in a message", "[flow]") {
    Run run;
    run.tell(RecordNews::templates, 0, {RecordSet{256, 10}, RecordSet{257, 7}});
    run.tell(RecordNews::message, 100, {RecordSet{256, 30}, RecordSet{257, 14}});
    run.message(107, 10); // two of them are missing
    CHECK(run.sums().received == 6);
    CHECK(run.sums().lost == 2);
}

TEST_CASE("records: without templates numbers that agree tell", "[flow]") {
    Run run;
    for (unsigned i = 0; i < 3; ++i)
        run.message(4 * i, 48);
    CHECK(run.sums().flows == 0);
    run.message(12, 48);
    CHECK(run.sums().received == 16); // all from the first one on
    run.message(20, 24);              // a message of four is missing
    run.message(22, 48);
    CHECK(run.sums().received == 22);
    CHECK(run.sums().lost == 4);
}

TEST_CASE("records: loss among the first messages does not mislead", "[flow]") {
    Run run;
    for (const unsigned number : {0u, 6u, 9u, 18u, 21u, 24u, 27u, 33u}) // three each
        run.message(number, 36);
    CHECK(run.sums().received == 24);
    CHECK(run.sums().lost == 12); // 3 to 5, 12 to 17, 30 to 32
}

TEST_CASE("records: exporters that number messages", "[flow]") {
    Run run;
    const unsigned octets[] = {48, 96, 12, 48, 60, 24, 48};
    unsigned number = 10;
    for (const unsigned n : octets)
        run.message(number++, n);
    run.message(number + 1, 48);
    CHECK(run.sums().received == 8);
    CHECK(run.sums().lost == 1);
    Run empty;
    for (const std::uint32_t n : {1u, 2u, 3u, 4u, 5u, 7u})
        empty.tell(RecordNews::message, n, {});
    CHECK(empty.sums().received == 6);
    CHECK(empty.sums().lost == 1);
    Run broken;
    for (const std::uint32_t n : {1u, 2u, 3u, 4u, 5u, 7u})
        broken.tell(RecordNews::unknown, n, {});
    CHECK(broken.sums().received == 6);
    CHECK(broken.sums().lost == 1);
}

TEST_CASE("records: what cannot be told reaches to the next message", "[flow]") {
    Run run;
    run.length(256, 10);
    run.length(300, wire::kVariableRecord);
    run.message(0, 20);
    run.message(2, 90, 300);
    CHECK(run.sums().received == 2); // it waits
    run.message(7, 10);
    CHECK(run.sums().received == 8);
    CHECK(run.sums().lost == 0);
    run.message(8, 20, 300);
    run.message(50, 10); // more than so many octets can hold
    CHECK(run.sums().received == 10);
    CHECK(run.sums().lost == 41);
}

TEST_CASE("records: a flood of exporters costs bounded memory", "[flow]") {
    Run run;
    for (unsigned i = 0; i < 20'000; ++i)
        run.tell(RecordNews::message, 1, {RecordSet{256, 40}}, i);
    CHECK(run.sums().flows == 0);
    run.length(256, 10);
    run.message(1, 40);
    CHECK(run.sums().received == 4);
}
