// The report for people, and as comma-separated values.
#include "catch.hpp"
#include "flow/fields/table.hpp"
#include "report/text/verdict.hpp"
#include "support/report_run.hpp"

#include <sstream>

using namespace lacuna;
using namespace lacuna::test;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::StartsWith;

namespace {

/// A screen, as long as the table is made for it; stands for options that ask for nothing.
class On {
public:
    explicit On(std::size_t columns, bool colour = false) {
        report::screen() = {columns, colour, false};
    }
    ~On() { report::screen() = before_; }
    On(const On&) = delete;
    On& operator=(const On&) = delete;
    operator const report::ViewOptions&() const { return options_; }

private:
    report::Screen before_ = report::screen();
    report::ViewOptions options_;
};
/// No sentence is broken there.
constexpr std::size_t kWide = 200;

std::string verdict_of(const report::Report& r) {
    return report::verdict(r, report::faults_of(r.rows, 0, {})).text;
}

constexpr const char* kEsp = "esp-0000c0de-192.0.2.1";
constexpr const char* kMacsec = "macsec-0200000000010001-0";

std::vector<std::string> split(const std::string& text, const std::string& by) {
    std::vector<std::string> parts;
    std::size_t from = 0;
    for (std::size_t at; (at = text.find(by, from)) != text.npos; from = at + by.size())
        parts.push_back(text.substr(from, at - from));
    parts.push_back(text.substr(from));
    return parts;
}

/// 1..10 with 4 and 5 missing, then 7 a second time.
std::vector<Numbered> lossy() {
    std::vector<Numbered> p;
    append_run(p, kEsp, 1, 3, 0);
    append_run(p, kEsp, 6, 10, 5000);
    p.push_back({kEsp, 7, 10'000});
    return p;
}

} // namespace

TEST_CASE("CSV: a heading and a line per SA, the columns of the JSON names") {
    std::vector<Numbered> p = lossy();
    append_run(p, kMacsec, 1, 5, 0);
    const Run run(p);
    const std::vector<std::string> lines = split(run.csv(), "\r\n");
    REQUIRE(lines.size() == 4); // the last one ends, too
    CHECK(lines[3].empty());
    const std::vector<std::string> names = split(lines[0], ",");
    const nlohmann::json flows = parse_strictly(run.json()).at("flows");
    for (std::size_t row = 0; row < 2; ++row) {
        const std::vector<std::string> fields = split(lines[row + 1], ",");
        REQUIRE(fields.size() == names.size());
        for (std::size_t i = 0; i < names.size(); ++i) {
            CAPTURE(names[i]);
            if (!flows.at(row).contains(names[i])) { // said only where there is something to say
                CHECK(fields[i].empty());
                continue;
            }
            const nlohmann::json& value = flows.at(row).at(names[i]);
            if (value.is_number_float()) // the parser drops zeros behind the point
                CHECK(std::stod(fields[i]) == value.get<double>());
            else
                CHECK(fields[i] == (value.is_string() ? value.get<std::string>() : value.dump()));
        }
    }
    report::ViewOptions options;
    options.top = 1;
    CHECK(split(run.csv(options), "\r\n").size() == 3);
}

TEST_CASE("table: loss, the replay window and what is accounted for, in plain sentences") {
    std::vector<Numbered> p = lossy();
    append_run(p, kMacsec, 1, 99, 0);
    append_run(p, kMacsec, 101, 200, 100'000);
    p.push_back({kMacsec, 100, 300'000});
    Run run(p);
    run.report.input = {"a.pcap", "b.pcap"};
    const std::string text = run.table(On(kWide));
    CHECK_THAT(text, ContainsSubstring("input       a.pcap and 1 more\n"));
    CHECK_THAT(text, ContainsSubstring("every frame is accounted for"));
    CHECK_THAT(text, ContainsSubstring("seen        2024-01-01 00:00:00.000000 to "
                                       "00:00:00.000300 UTC, 0.000 s\n"));
    CHECK_THAT(text,
               StartsWith("1 of 2 associations lost packets: 2 of 210 numbers, 0.95 %; 1 came "
                          "late; 1 came twice; replay windows below 128 drop some.\n"));
    // 8 + 200 numbers seen, 2 missing
    CHECK_THAT(text,
               ContainsSubstring("Loss: 2 of 210 numbers (0.9524 %) never came, in one gap.\n"));
    CHECK_THAT(text,
               ContainsSubstring("Reordering: 1 packet (0.4808 %) came late, at most 100 numbers "
                                 "behind.\n"));
    CHECK_THAT(text, ContainsSubstring("Duplicates: 1 packet arrived again"));
    CHECK_THAT(text, ContainsSubstring(
                         "a receiver's window of 64 would have dropped 1 packet; 128 drops no "
                         "late one.\n"));
    for (const char* absent : {"Too old", "Restarts", "Outliers", "Exhaustion", "probe lost",
                               "table was full", "Truncated", "Note", "Blind"})
        CHECK_THAT(text, !ContainsSubstring(absent));
}

TEST_CASE("table: nothing wrong is said in one sentence") {
    std::vector<Numbered> p;
    append_run(p, kEsp, 5, 50, 0);
    const std::string text = Run(p).table(On(kWide));
    CHECK_THAT(text,
               StartsWith("No loss: every number between the first and the highest of each SA "
                          "was seen.\n\n1 association without a fault: 46 packets (--sort "
                          "received lists them)\n\ninput "));
    CHECK_THAT(text, !ContainsSubstring("Reordering"));
    CHECK_THAT(text, !ContainsSubstring("window:"));
}

TEST_CASE("table: a capture without a secured packet says what it holds instead") {
    Run run({});
    flow::FrameFigures& frames = run.report.figures.frames;
    const auto holds = [&](std::vector<std::pair<std::string, std::uint64_t>> kinds,
                           std::uint64_t malformed) {
        frames.decoded = malformed;
        for (const auto& kind : kinds)
            frames.decoded += kind.second;
        frames.classes = {};
        frames.classes[static_cast<std::size_t>(wire::FrameClass::malformed)] = malformed;
        frames.classes[static_cast<std::size_t>(wire::FrameClass::other)] =
            frames.decoded - malformed;
        frames.other_kinds = std::move(kinds);
        return verdict_of(run.report);
    };
    CHECK_THAT(holds({{"arp", 70}, {"ike", 66}}, 0),
               ContainsSubstring("No MACsec, ESP or AH here; 66 IKE frames: captured inside the "
                                 "tunnel?"));
    CHECK_THAT(holds({{"ike", 1}}, 0), ContainsSubstring("; 1 IKE frame: captured"));
    CHECK_THAT(holds({{"arp", 2}, {"ipv4/tcp", 1500}}, 3),
               ContainsSubstring("AH here; instead 1,500 ipv4/tcp, 3 malformed, 2 arp."));
    CHECK_THAT(holds({{"arp", 2}, {"icmp", 3}, {"ipv4/tcp", 9}, {"ipv4/udp", 8}}, 0),
               ContainsSubstring("instead 9 ipv4/tcp, 8 ipv4/udp, 3 icmp and 1 more kind."));
    CHECK_THAT(holds({}, 0), ContainsSubstring("AH here; no frame at all."));
    CHECK_THAT(holds({}, 0), !ContainsSubstring("No loss"));
}

TEST_CASE("table: one number of an SA tells nothing of loss, and many such SAs are a flood") {
    CHECK_THAT(Run({{kEsp, 7, 0}}).table(On(kWide)),
               ContainsSubstring("Loss cannot be told: 1 SA showed a single number.\n"));
    const std::string two = Run({{kEsp, 7, 0}, {kMacsec, 9, 1}, {kMacsec, 9, 2}}).table(On(kWide));
    CHECK_THAT(two, ContainsSubstring("Loss cannot be told: 2 SAs showed a single number each.\n"));
    CHECK_THAT(two, !ContainsSubstring("No loss"));
    CHECK_THAT(two, !ContainsSubstring("Flood"));

    std::vector<std::string> names;
    for (int i = 0; i < 1000; ++i)
        names.push_back("esp-0000c0de-192.0." + std::to_string(i / 250) + "."
                        + std::to_string(i % 250));
    std::vector<Numbered> p;
    for (std::size_t i = 0; i < names.size(); ++i)
        p.push_back({names[i].c_str(), 1, static_cast<TimeNs>(i)});
    append_run(p, kMacsec, 1, 500, 0);
    CHECK_THAT(Run(p).table(On(kWide)),
               ContainsSubstring("Flood: 1,001 SAs showed 1.5 numbers each"));
    p.pop_back();
    append_run(p, kMacsec, 500, 2000, 1'000'000);
    CHECK_THAT(Run(p).table(On(kWide)), !ContainsSubstring("Flood"));
}

TEST_CASE("table: what limits the answer is said") {
    std::vector<Numbered> p = lossy();
    append_run(p, kMacsec, 1, 5, 0);
    Run run(p);
    run.report.figures.truncated = {{"cut.pcap", 4242, "record header cut"}};
    run.report.figures.notes = {"the clock stepped back"};
    run.report.figures.probe.rx_missed = 7;
    run.report.figures.probe.table_full = 3;
    std::string text = run.table(On(kWide));
    CHECK_THAT(text,
               ContainsSubstring("Truncated input: cut.pcap ends inside the record at offset 4242 "
                                 "(record header cut).\n"));
    CHECK_THAT(text, ContainsSubstring("Note: the clock stepped back.\n"));
    CHECK_THAT(text,
               ContainsSubstring("The probe lost packets: missed 7, no buffer 0, ring full 0.\n"));
    CHECK_THAT(text,
               ContainsSubstring("The flow table was full: 3 packets of further SAs not tracked"));

    ++run.frames->offered; // a frame without a class
    text = run.table(On(kWide));
    CHECK_THAT(text, ContainsSubstring("FRAMES ARE UNACCOUNTED FOR"));
    CHECK_THAT(text, !ContainsSubstring("every frame is accounted for"));
}

TEST_CASE("table: rows pushed out of a full flow table are said, and no time span is guessed") {
    std::vector<std::string> names;
    std::vector<Numbered> p;
    for (int i = 0; i < 200; ++i)
        names.push_back("esp-0000c0de-192.0.2." + std::to_string(i));
    for (std::size_t i = 0; i < names.size(); ++i)
        p.push_back({names[i].c_str(), 1, static_cast<TimeNs>(i) * 1'000'000});
    flow::TrackerConfig config;
    config.max_flows = 64;
    const std::string text = Run(p, 1, config).table(On(kWide));
    CHECK_THAT(text, ContainsSubstring("The flow table was full: "));
    CHECK_THAT(text, !ContainsSubstring("\nseen "));
}

TEST_CASE("table: an attack that sends old stretches again") {
    std::vector<Numbered> p;
    append_run(p, kEsp, 1, 5000, 0);
    append_run(p, kEsp, 3000, 3049, 10'000'000);
    const std::string text = Run(p).table(On(kWide));
    CHECK_THAT(text, ContainsSubstring(
                         "Too old: 50 packets from beyond the memory of --window; sent again, "
                         "since nothing is missing.\n"));
    CHECK_THAT(text, ContainsSubstring("No loss:"));
}

TEST_CASE("table: exhaustion, for the run and for the row") {
    std::vector<Numbered> p;
    for (std::uint32_t i = 0; i < 20; ++i)
        p.push_back({kEsp, 0xF0000000 + i * 1000, i * TimeNs{1'000'000'000}});
    const std::string text = Run(p).table(On(kWide));
    CHECK_THAT(text,
               ContainsSubstring("Exhaustion: 1 SA past three quarters of the 32-bit numbers; the "
                                 "first has none left in "));
    CHECK_THAT(text, ContainsSubstring("  number 4,026,550,840 of 4,294,967,295: none left in "));
}

TEST_CASE("table: lines keep to the width of a terminal") {
    std::vector<Numbered> p;
    const std::vector<const char*> longest = {
        "esp-0000c0de-2001:db8:1234:5678:9abc:def0:1234:5678",
        "ah-00000100-ff02:1234:5678:9abc:def0:1234:5678:9abc-2001:db8:1234:5678:9abc:def0:1234:"
        "5678",
        kMacsec};
    for (const char* id : longest) {
        append_run(p, id, 1, 200, 0);
        append_run(p, id, 70'000, 70'200, 1'000'000'000);
    }
    Run run(p);
    wire::FrameCounts& f = *run.frames;
    for (std::size_t kind = 0; kind < 200; ++kind) {
        f.ipv4[kind] = 1'000'000 + kind;
        f.offered += f.ipv4[kind];
        f.cls[static_cast<std::size_t>(wire::FrameClass::other)] += f.ipv4[kind];
    }
    for (const std::size_t columns : {60u, 80u, 100u, 160u}) {
        std::istringstream text(run.table(On(columns)));
        std::size_t kinds = 0;
        for (std::string line; std::getline(text, line);) {
            CAPTURE(line, columns);
            if (line.find("ipv4/") != line.npos) {
                ++kinds;
                CHECK(line.size() <= 80);
            } else if (line.find(":5678:9abc:def0:") != line.npos) {
                continue; // an address is whole, also where there is no room
            } else {
                CHECK(report::width_of(line) <= std::max(columns, std::size_t{64}));
            }
        }
        CHECK(kinds >= 3);
    }
    CHECK_THAT(run.table(On(kWide)), ContainsSubstring(" and 188 more\n"));
    for (const char* id : longest)
        CHECK_THAT(run.table(On(kWide)), ContainsSubstring(id));
}

TEST_CASE("table: gaps where asked for") {
    report::ViewOptions options;
    options.gaps = true;
    const std::string text = Run(lossy()).table(options);
    CHECK_THAT(text, ContainsSubstring(
                         "2024-01-01 00:00:00.000005 UTC              4            6         2  "
                         "esp-0000c0de-192.0.2.1\n"));
    CHECK_THAT(Run(lossy()).table(On(kWide)), !ContainsSubstring("first missing"));
}

TEST_CASE("views: a stream that cannot be written is told") {
    std::FILE* const full = std::fopen("/dev/full", "w");
    REQUIRE(full != nullptr);
    const Run run(lossy());
    CHECK_FALSE(report::write_json(full, run.report, {}));
    CHECK_FALSE(report::write_table(full, run.report, {}));
    CHECK_FALSE(report::write_csv(full, run.report, {}));
    std::fclose(full);
}

TEST_CASE("table: further counters have a line each, for their sums are their own") {
    std::vector<Numbered> p = lossy();
    CHECK(Run(p).table().find("gre:") == std::string::npos);
    append_run(p, "gre-none-203.0.113.1-203.0.113.2", 1, 3, 0);
    append_run(p, "gre-none-203.0.113.1-203.0.113.2", 6, 8, 5000);
    const Run run(p);
    CHECK_THAT(run.table(On(kWide)),
               ContainsSubstring("gre: 6 packets in 1 stream, 2 lost in 1 gap, 0 late, 0 "
                                 "duplicates\n"));
    const nlohmann::json report = parse_strictly(run.json());
    CHECK(report.at("counters").at("gre").at("lost") == 2);
    CHECK(report.at("totals").at("lost") == 2); // of the SA alone
    CHECK(report.at("packets").at("gre") == 6);
}

TEST_CASE("table: what is without a fault is summed, and a column is there for what there is") {
    std::vector<Numbered> p = lossy();
    append_run(p, kMacsec, 1, 5, 0);
    const Run run(p);
    report::ViewOptions options;
    const std::string text = run.table(options);
    CHECK_THAT(text, ContainsSubstring("\n1 other association without a fault: 5 packets\n"));
    CHECK_THAT(text,
               ContainsSubstring("\nSA                                received  loss %  lost"));
    CHECK_THAT(text,
               ContainsSubstring("\nesp 0000c0de 0.0.0.0 → 192.0.2.1         9    20.0     2"));
    CHECK(text.find(kMacsec) == text.npos);
    for (const char* absent : {"old", "outliers", "window", "blind"})
        CHECK_THAT(text.substr(text.find("\nSA"), text.find("\n\n", text.find("\nSA"))),
                   !ContainsSubstring(absent));
    options.sort = &flow::field("received");
    CHECK_THAT(run.table(options), ContainsSubstring("macsec 02:00:00:00:00:01/1 AN 0 "));
}

TEST_CASE("table: wider shows more, and a colour adds no words") {
    const Run run(lossy());
    const std::string narrow = run.table();
    const std::string broad = run.table(On(kWide));
    for (const char* heading : {" gaps", " id"}) {
        CHECK(narrow.substr(0, narrow.find("input")).find(heading) == narrow.npos);
        CHECK_THAT(broad.substr(0, broad.find("input")), ContainsSubstring(heading));
    }
    std::string painted = run.table(On(80, true));
    CHECK(painted != narrow);
    for (std::size_t at; (at = painted.find('\033')) != painted.npos;)
        painted.erase(at, painted.find('m', at) + 1 - at);
    CHECK(painted == narrow);
}

TEST_CASE("verdict: what is blind or doubtful is no loss on the way") {
    std::vector<Numbered> p = lossy();
    Run run(p);
    flow::Totals& t = run.report.figures.totals;
    t.lost_blind = 2;
    CHECK(verdict_of(run.report)
          == "No loss on the way in 1 association; 2 more fell while the probe or the capture "
             "itself lost packets; 1 came twice.");
    t.lost_blind = 0;
    t.flows = 3; // two have left
    CHECK_THAT(verdict_of(run.report), StartsWith("3 associations lost packets: 2 of 10 numbers"));
}
