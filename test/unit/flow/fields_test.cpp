// The table of fields: how values sum, what orders rows, which columns there are.
#include "catch.hpp"
#include "flow/fields/order.hpp"
#include "flow/fields/table.hpp"
#include "report/json/field_json.hpp"
#include "report/views.hpp"
#include "support/store_samples.hpp"

#include <set>

using namespace lacuna;
using namespace lacuna::flow;
using namespace lacuna::test;

namespace {

SaSummary sample(std::uint64_t salt) {
    return sample_summary(sa("macsec-0200000000010001-0"), 5, salt);
}

/// An SA with `received` packets, and so many numbers lost, blind and doubtful.
SaSummary losses(std::uint64_t received, std::uint64_t lost, std::uint64_t blind = 0,
                 std::uint64_t doubtful = 0) {
    SaSummary s{};
    s.received = received;
    s.lost = lost;
    s.lost_blind = blind;
    s.lost_doubtful = doubtful;
    return s;
}

} // namespace

TEST_CASE("fields: each sums as its row says") {
    const SaSummary a = sample(1000);
    const SaSummary b = sample(7);
    Totals t;
    t.add(a);
    t.add(b);
    Totals other;
    other.add(a);
    other.rekeys = 3;
    Totals merged = t;
    merged += other;
    std::size_t sums = 0;
    each_field([&]<std::size_t I>() {
        constexpr const Field& f = kFields[I];
        CAPTURE(f.name);
        if constexpr (std::holds_alternative<CountAt<Totals>>(f.total)
                      && std::holds_alternative<CountAt<SaSummary>>(f.sa)) {
            constexpr auto total = std::get<CountAt<Totals>>(f.total);
            constexpr auto sa = std::get<CountAt<SaSummary>>(f.sa);
            REQUIRE(a.*sa != 0);
            if constexpr (f.sum == Sum::max) {
                CHECK(t.*total == std::max(a.*sa, b.*sa));
                CHECK(merged.*total == t.*total);
            } else {
                CHECK(f.sum == Sum::add);
                CHECK(t.*total == a.*sa + b.*sa);
                CHECK(merged.*total == a.*sa * 2 + b.*sa);
            }
            ++sums;
        } else if constexpr (std::holds_alternative<HistogramAt<Totals>>(f.total)) {
            constexpr auto total = std::get<HistogramAt<Totals>>(f.total);
            constexpr auto sa = std::get<HistogramAt<SaSummary>>(f.sa);
            for (std::size_t k = 0; k < kLog2Buckets; ++k)
                CHECK((merged.*total)[k] == (a.*sa)[k] * 2 + (b.*sa)[k]);
            ++sums;
        }
    });
    CHECK(sums == 22);
    CHECK(t.flows == 2);
    CHECK(merged.flows == 3);
    CHECK(merged.rekeys == 3);
    CHECK(t.macsec_out_of_order == a.late + b.late);
}

TEST_CASE("fields: a share of loss leaves out what is blind or doubtful") {
    struct Case {
        const char* what;
        SaSummary s;
        double ratio;
    };
    SaSummary disorder = losses(110, 10);
    disorder.duplicates = 4;
    disorder.too_old = 3;
    disorder.before_first = 2;
    disorder.outliers = 1;
    const Case cases[] = {
        {"nothing seen", losses(0, 0), 0},
        {"no loss", losses(100, 0), 0},
        {"one in ten", losses(90, 10), 0.1},
        {"half of it blind", losses(90, 20, 10), 0.1},
        {"a third blind, a third doubtful", losses(90, 30, 10, 10), 0.1},
        {"all of it blind or doubtful", losses(90, 30, 10, 20), 0},
        {"numbers that came twice or cannot be placed are not counted", disorder, 10.0 / 110},
    };
    for (const Case& c : cases) {
        CAPTURE(c.what);
        CHECK(loss_ratio(c.s) == Approx(c.ratio));
        Totals t;
        t.add(c.s);
        CHECK(loss_ratio(t) == Approx(c.ratio));
    }
}

TEST_CASE("fields: names are found, and only those of the table") {
    CHECK(find_field("loss_ratio") == &field("loss_ratio"));
    CHECK(find_field("losses") == nullptr);
    CHECK(find_field("") == nullptr);
    CHECK(sortable(field("last_time")));
    CHECK(sortable(field("evicted")));
    CHECK_FALSE(sortable(field("id")));
    CHECK_FALSE(sortable(field("replay_window")));
    CHECK_FALSE(sortable(field("loss_periods")));
    CHECK_FALSE(sortable(field("rekeys")));  // of the totals alone
    CHECK_FALSE(sortable(field("rate_ns"))); // in no view
    CHECK(sortable_names().starts_with("received, bytes, first, "));
}

TEST_CASE("fields: a sort key grows with the value, of every kind") {
    SaSummary low{};
    SaSummary high{};
    low.first_ext = -5;
    high.first_ext = 3;
    low.last_time = -1;
    high.last_time = 1;
    low.received = 100;
    high.received = 100;
    high.lost = 1;
    high.evicted = 1;
    high.bytes = ~std::uint64_t{0};
    for (const char* name : {"first_ext", "last_time", "lost", "evicted", "bytes", "loss_ratio"}) {
        CAPTURE(name);
        const Field& f = *find_field(name);
        CHECK(sort_key(f, low) < sort_key(f, high));
        CHECK(RowRank(low, &f) < RowRank(high, &f));
        CHECK(sort_key(f, low) == sort_key(f, low));
    }
    // Equal in the field: the worse one first.
    CHECK(RowRank(low, &field("received")) < RowRank(high, &field("received")));
    CHECK(RowRank(low, nullptr) < RowRank(high, nullptr));
}

TEST_CASE("fields: columns of CSV keep their place") {
    CHECK(report::csv_header()
          == "id,protocol,received,bytes,first,highest,first_ext,highest_ext,lost,lost_blind,gaps,"
             "max_gap,duplicates,late,max_late_extent,too_old,before_first,outliers,restarts,"
             "first_time,last_time,min_interarrival_ns,mean_interarrival_ns,max_interarrival_ns,"
             "lost_doubtful,loss_ratio,reused_ans,src,dst,inside,stations,recovered\r\n");
    std::string names;
    for (const Field* f : report::total_fields())
        if (f->kind == Kind::integer) names += std::string(f->name) + ",";
    CHECK(
        names
        == "flows,received,bytes,lost,lost_blind,gaps,duplicates,late,too_old,before_first,"
           "outliers,restarts,rekeys,max_gap,max_late_extent,lost_doubtful,reused_ans,recovered,");
}

TEST_CASE("fields: every row says what it is") {
    for (const Field& f : kFields) {
        CAPTURE(f.name);
        CHECK(std::string(f.help).ends_with('.'));
        CHECK((f.digits != 0) == (f.kind == Kind::ratio));
        const bool of_totals = !std::holds_alternative<std::monostate>(f.total);
        CHECK(((f.in & kTotals) == 0 || of_totals));
        CHECK((f.metric == nullptr || (f.in & kTotals) != 0));
        const bool of_sa = !std::holds_alternative<std::monostate>(f.sa);
        CHECK(
            ((f.in & (kReport | kCsv | kRest | kSocket)) == 0 || of_sa || f.kind == Kind::object));
    }
}
