// Both text formats: what is asked for, and what becomes of names, labels and numbers.
#include "catch.hpp"
#include "support/full_snapshot.hpp"
#include "telemetry/text/metrics_text.hpp"

using namespace lacuna;
using telemetry::Format;

namespace {

bool has_line(const std::string& text, const std::string& line) {
    return ("\n" + text).find("\n" + line + "\n") != std::string::npos;
}

} // namespace

TEST_CASE("the format is the one an Accept header asks for") {
    const struct {
        const char* accept;
        Format want;
    } cases[] = {
        {"", Format::prometheus},
        {"*/*", Format::prometheus},
        {"text/plain", Format::prometheus},
        {"application/openmetrics-text", Format::openmetrics},
        {"Application/OpenMetrics-Text; version=1.0.0; charset=utf-8", Format::openmetrics},
        {"application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;"
         "q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
         Format::openmetrics},
        {"application/openmetrics-text;q=0.4,text/plain;q=0.5", Format::prometheus},
        {"application/openmetrics-text;q=0", Format::prometheus},
        {"application/openmetrics-text;q=nan", Format::prometheus},
        {"application/openmetrics-text;q=-3", Format::prometheus},
        {"application/openmetrics-text;q=", Format::prometheus},
        {"application/openmetrics-textile", Format::prometheus},
        {",,;;,; ,application/json", Format::prometheus},
        {" application/openmetrics-text ;\tq=1 ", Format::openmetrics},
        {"\xff\xfe;q=1,application/openmetrics-text", Format::openmetrics},
    };
    for (const auto& c : cases) {
        CAPTURE(c.accept);
        CHECK(telemetry::wanted_format(c.accept) == c.want);
    }
    CHECK(telemetry::wanted_format(std::string(100'000, ',')) == Format::prometheus);
    CHECK(telemetry::wanted_format(std::string(100'000, ';')) == Format::prometheus);
}

TEST_CASE("Prometheus text 0.0.4") {
    const std::string text = telemetry::metrics_text(test::full_snapshot(), Format::prometheus);
    CHECK(has_line(text, "# TYPE lacuna_packets_total counter"));
    CHECK(has_line(text, "lacuna_packets_total{protocol=\"macsec\"} 1234567890123"));
    CHECK(has_line(text, "lacuna_lost_packets_total{why=\"network\"} 50"));
    CHECK(has_line(text, "lacuna_lost_packets_total{why=\"blind\"} 6"));
    CHECK(has_line(text, "lacuna_lost_packets_total{why=\"doubtful\"} 4"));
    CHECK(has_line(text, "# TYPE lacuna_missing_packets gauge"));
    CHECK(has_line(text, "lacuna_missing_packets 40"));
    CHECK(has_line(text, "lacuna_probe_dropped_total{cause=\"events_lost\"} 5"));
    CHECK(has_line(text, "lacuna_lcore_busy_ratio{lcore=\"3\",stage=\"parse\"} 0.125"));
    CHECK(has_line(text, "lacuna_build_info{version=\"1.2.3\",dpdk=\"DPDK 22.11\"} 1"));
    CHECK(has_line(text,
                   "lacuna_port_received_packets_total{port=\"tap \\\"a\\\"\\\\\\n\xEF\xBF\xBD\","
                   "driver=\"net_af_xdp\"} 77"));
    CHECK(text.find("# EOF") == text.npos);
    CHECK(text.find("# UNIT") == text.npos);
    CHECK(text.back() == '\n');
}

TEST_CASE("OpenMetrics 1.0") {
    const std::string text = telemetry::metrics_text(test::full_snapshot(), Format::openmetrics);
    CHECK(has_line(text, "# TYPE lacuna_packets counter"));
    CHECK(has_line(text, "# UNIT lacuna_packets packets"));
    CHECK(has_line(text, "lacuna_packets_total{protocol=\"macsec\"} 1234567890123"));
    CHECK(has_line(text, "# TYPE lacuna_build info"));
    CHECK(has_line(text, "lacuna_build_info{version=\"1.2.3\",dpdk=\"DPDK 22.11\"} 1"));
    CHECK(has_line(text, "lacuna_latest_packet_timestamp_seconds 1704067200.5"));
    CHECK(has_line(text,
                   "lacuna_port_steered_packets_total{port=\"tap \\\"a\\\"\\\\\\n\xEF\xBF\xBD\","
                   "driver=\"net_af_xdp\",verdict=\"no_socket\"} 1"));
    CHECK(text.ends_with("# EOF\n"));
    CHECK(text.find("# EOF\n") == text.size() - 6);
}

TEST_CASE("values that are no numbers are never shown") {
    telemetry::Snapshot s = test::full_snapshot();
    s.age_s = std::numeric_limits<double>::quiet_NaN();
    s.lcores[0].busy_ratio = std::numeric_limits<double>::infinity();
    for (const Format f : {Format::prometheus, Format::openmetrics}) {
        const std::string text = telemetry::metrics_text(s, f);
        CHECK(has_line(text, "lacuna_sums_age_seconds 0"));
        CHECK(text.find(" NaN") == text.npos);
        CHECK(text.find(" nan\n") == text.npos);
        CHECK(text.find("Inf") == text.npos);
        CHECK(text.find(" inf\n") == text.npos);
    }
}

TEST_CASE("content types") {
    CHECK(std::string(telemetry::content_type(Format::prometheus))
          == "text/plain; version=0.0.4; charset=utf-8");
    CHECK(std::string(telemetry::content_type(Format::openmetrics))
          == "application/openmetrics-text; version=1.0.0; charset=utf-8");
}
