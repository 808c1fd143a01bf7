// Captures through the net_pcap driver: where they end, what is refused, what arrives.
#include "catch.hpp"
#include "port/net_pcap.hpp"
#include "port/pool.hpp"
#include "traffic.hpp"

#include <cstdio>
#include <filesystem>
#include <fstream>

using namespace lacuna;

namespace {

namespace fs = std::filesystem;

/// A directory that goes away with the test; its name holds what devargs would trip over.
struct Scratch {
    Scratch() {
        std::string name = (fs::temp_directory_path() / "lacuna, = [0] XXXXXX").string();
        REQUIRE(mkdtemp(name.data()) != nullptr);
        dir = name;
    }
    ~Scratch() { fs::remove_all(dir); }
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
    fs::path dir;
};

struct FileSpec {
    std::size_t records = 100;
    std::size_t octets = 64; ///< of each record
    bool big_endian = false;
    bool nanoseconds = false;
    std::uint32_t link = 1; ///< LINKTYPE_
    std::uint32_t snap_length = 262'144;
    std::uint32_t fcs = 0;   ///< octets, as the header says
    std::size_t tail = 0;    ///< octets cut off at the end
    bool cut_frames = false; ///< frames were longer on the wire
};

void put32(std::string& to, std::uint32_t v, bool big_endian) {
    for (int i = 0; i < 4; ++i)
        to.push_back(static_cast<char>(v >> (8 * (big_endian ? 3 - i : i))));
}

/// A classic capture of MACsec frames numbered from `first`, one per millisecond.
std::string write_pcap(const fs::path& path, const FileSpec& spec, std::uint32_t first = 1) {
    std::string out;
    const bool be = spec.big_endian;
    put32(out, spec.nanoseconds ? 0xA1B23C4D : 0xA1B2C3D4, be);
    put32(out, be ? 0x00020004 : 0x00040002, be);
    put32(out, 0, be);
    put32(out, 0, be);
    put32(out, spec.snap_length, be);
    put32(out, spec.link | (spec.fcs > 0 ? 0x04000000u | (spec.fcs / 2) << 28 : 0), be);
    for (std::size_t i = 0; i < spec.records; ++i) {
        test::Packet p =
            test::macsec(0x0200000000010000, 0, first + static_cast<std::uint32_t>(i), 0);
        p.bytes.resize(spec.octets);
        const auto n = static_cast<std::uint32_t>(p.bytes.size());
        put32(out, 1'700'000'000u + static_cast<std::uint32_t>(i / 1000), be);
        put32(out, static_cast<std::uint32_t>(i % 1000) * (spec.nanoseconds ? 1'000'000u : 1000u),
              be);
        put32(out, n, be);
        put32(out, spec.cut_frames ? n + 100 : n, be);
        out.append(p.bytes.begin(), p.bytes.end());
    }
    out.resize(out.size() - spec.tail);
    std::ofstream(path, std::ios::binary) << out;
    return path.string();
}

struct Received {
    std::uint64_t frames = 0;
    std::uint64_t octets = 0;
    std::vector<std::uint16_t> origins; ///< in the order they appear
    TimeNs first = 0;
    TimeNs last = 0;
};

/// Takes all of a source, as RX and a parser in one.
Received drain(port::PcapSource& source) {
    Received r;
    pipeline::Retired retired;
    pipeline::Credit credit(std::span<const pipeline::Retired>(&retired, 1));
    const pipeline::MbufFormat format = source.format();
    pipeline::MbufAccess access(format);
    rte_mbuf* burst[wire::kRxBurst];
    wire::Frame frames[wire::kRxBurst];
    while (!source.ended()) {
        const std::size_t n = source.receive(burst, wire::kRxBurst, credit);
        if (n == 0) continue;
        access.open(burst, n, frames);
        for (std::size_t i = 0; i < n; ++i) {
            if (r.frames + i == 0) r.first = frames[i].time;
            r.last = frames[i].time;
            r.octets += frames[i].caplen;
            if (r.origins.empty() || r.origins.back() != frames[i].source)
                r.origins.push_back(frames[i].source);
        }
        r.frames += n;
        const std::uint64_t units = access.units(burst, n);
        credit.sent(units);
        retired.units.add_release(units);
        access.release(burst, n);
    }
    return r;
}

struct Opened {
    port::BufferPool pool;
    std::unique_ptr<port::PcapSource> source;
};

Opened open_all(const std::vector<std::string>& paths) {
    const auto files = port::check_pcap_files(paths);
    REQUIRE(files);
    pipeline::PipelineConfig config;
    auto pool = port::make_pool(config, port::buffer_demand(*files));
    REQUIRE(pool);
    auto source = port::PcapSource::open(*files, pool->pool.get(), pool->limit);
    REQUIRE(source);
    return Opened{std::move(*pool), std::move(*source)};
}

} // namespace

TEST_CASE("every record of a file arrives, and its end is known", "[pmd][net_pcap]") {
    Scratch scratch;
    struct Case {
        const char* name;
        FileSpec spec;
        std::uint64_t octets; ///< of a frame
    };
    const Case cases[] = {
        {"small", {}, 64},
        {"no record at all", {.records = 0}, 64},
        {"exactly one burst", {.records = 64}, 64},
        {"big endian", {.big_endian = true}, 64},
        {"nanoseconds", {.nanoseconds = true}, 64},
        {"big endian nanoseconds", {.big_endian = true, .nanoseconds = true}, 64},
        {"many bursts", {.records = 20'000}, 64},
        {"larger than a buffer", {.records = 1000, .octets = 9000}, 9000},
        {"as long as IP allows", {.records = 300, .octets = 65'535}, 65'535},
        {"FCS in the file", {.fcs = 4}, 60},
        {"snap length 0", {.snap_length = 0}, 64},
    };
    for (const Case& c : cases) {
        DYNAMIC_SECTION(c.name) {
            const std::string path = write_pcap(scratch.dir / "a.pcap", c.spec);
            Opened o = open_all({path});
            const Received r = drain(*o.source);
            CHECK(r.frames == c.spec.records);
            CHECK(r.octets == c.spec.records * c.octets);
            CHECK(o.source->outcome());
            CHECK(o.source->truncated().empty());
            CHECK(o.source->position() == fs::file_size(path));
            if (c.spec.records > 0) {
                CHECK(r.first == 1'700'000'000'000'000'000);
                CHECK(r.last
                      == 1'700'000'000'000'000'000
                             + static_cast<TimeNs>(c.spec.records - 1) * 1'000'000);
            }
            CHECK(rte_mempool_in_use_count(o.pool.pool.get()) == 0);
        }
    }
}

TEST_CASE("a pool is no larger than its files can use", "[pmd][net_pcap]") {
    Scratch scratch;
    const auto size = [](const Opened& o) { return o.pool.pool->size; };
    const std::string few = write_pcap(scratch.dir / "few", {.records = 100});
    const std::string jumbo = write_pcap(scratch.dir / "jumbo", {.records = 50, .octets = 9000});
    const auto files = port::check_pcap_files({few, jumbo});
    REQUIRE(files);
    const port::BufferDemand demand = port::buffer_demand(*files);
    CHECK(demand.longest == 9000);
    CHECK(demand.in_all == 100 + 50 * 5);
    CHECK(size(open_all({few})) < 2000);

    // Beyond the first look anything may come.
    const std::string many = write_pcap(scratch.dir / "many", {.records = 250'000});
    const auto more = port::check_pcap_files({few, many});
    REQUIRE(more);
    CHECK(port::buffer_demand(*more).longest == port::kLongestRecord);
    CHECK(size(open_all({few, many})) > 16'000);

    SECTION("and a file that grows after the look is still read whole") {
        const auto before = port::check_pcap_files({few});
        REQUIRE(before);
        pipeline::PipelineConfig config;
        const auto pool = port::make_pool(config, port::buffer_demand(*before));
        REQUIRE(pool);
        write_pcap(few, {.records = 20'000});
        const auto source = port::PcapSource::open(*before, pool->pool.get(), pool->limit);
        REQUIRE(source);
        CHECK(drain(**source).frames == 20'000);
        CHECK_FALSE((*source)->outcome()); // it was told of 100
        CHECK(rte_mempool_in_use_count(pool->pool.get()) == 0);
    }
}

TEST_CASE("a cut tail is found where it is", "[pmd][net_pcap]") {
    Scratch scratch;
    for (const std::size_t tail : {1u, 63u, 64u, 70u, 79u}) {
        CAPTURE(tail);
        const std::string path =
            write_pcap(scratch.dir / "cut.pcap", {.records = 500, .tail = tail});
        Opened o = open_all({path});
        const Received r = drain(*o.source);
        CHECK(r.frames == 499);
        CHECK(o.source->outcome());
        REQUIRE(o.source->truncated().size() == 1);
        CHECK(o.source->truncated()[0].path == path);
        CHECK(o.source->truncated()[0].offset == 24 + 499 * 80);
        CHECK_FALSE(o.source->truncated()[0].reason.empty());
    }
}

TEST_CASE("several files are one stream", "[pmd][net_pcap]") {
    Scratch scratch;
    std::vector<std::string> paths;
    std::size_t total = 0;
    // More files than DPDK has ports.
    for (std::size_t i = 0; i < RTE_MAX_ETHPORTS + 8; ++i) {
        const std::size_t records = 10 + i * 7;
        total += records;
        paths.push_back(write_pcap(scratch.dir / ("part " + std::to_string(i)),
                                   {.records = records, .tail = i == 5 ? 1u : 0u}));
    }
    Opened o = open_all(paths);
    const Received r = drain(*o.source);
    CHECK(o.source->outcome());
    CHECK(r.frames == total - 1);
    REQUIRE(o.source->truncated().size() == 1);
    CHECK(o.source->truncated()[0].path == paths[5]);
    REQUIRE(r.origins.size() == paths.size());
    CHECK(std::is_sorted(r.origins.begin(), r.origins.end()));
    CHECK(o.source->position() == o.source->size());
}

TEST_CASE("what the driver would misread is refused", "[pmd][net_pcap]") {
    Scratch scratch;
    const std::string raw_ip = write_pcap(scratch.dir / "raw", {.link = 101});
    const std::string cooked = write_pcap(scratch.dir / "sll", {.link = 113});
    const std::string good = write_pcap(scratch.dir / "good", {});
    struct Case {
        std::vector<std::string> paths;
        const char* says;
        const char* hint;
    };
    const Case cases[] = {
        {{raw_ip}, "is not an Ethernet capture", "--source mapped"},
        {{good, cooked}, "is not an Ethernet capture", "--source mapped"},
        {{"-"}, "standard input", "--source mapped"},
        {{(scratch.dir / "missing").string()}, "", ""},
        {{scratch.dir.string()}, "", ""},
    };
    for (const Case& c : cases) {
        CAPTURE(c.paths.back());
        const auto files = port::check_pcap_files(c.paths);
        REQUIRE_FALSE(files);
        CHECK(files.error().exit_code == 2);
        CHECK(files.error().what.find(c.says) != std::string::npos);
        CHECK(files.error().hint.find(c.hint) != std::string::npos);
        CHECK(files.error().where == c.paths.back());
    }
}

TEST_CASE("the notes name what the driver cannot tell", "[pmd][net_pcap]") {
    Scratch scratch;
    const auto notes_of = [&](const FileSpec& spec) {
        const auto files = port::check_pcap_files({write_pcap(scratch.dir / "n", spec)});
        REQUIRE(files);
        return port::pcap_notes(*files);
    };
    CHECK(notes_of({}).empty());
    const auto nanoseconds = notes_of({.nanoseconds = true});
    REQUIRE(nanoseconds.size() == 1);
    CHECK(nanoseconds[0].find("microseconds") != std::string::npos);
    const auto cut = notes_of({.cut_frames = true});
    REQUIRE(cut.size() == 1);
    CHECK(cut[0].find("snap length") != std::string::npos);
}

TEST_CASE("records the driver cannot hold are refused", "[pmd][net_pcap]") {
    Scratch scratch;
    const auto huge = port::check_pcap_files(
        {write_pcap(scratch.dir / "huge", {.records = 100, .octets = 70'000})});
    REQUIRE_FALSE(huge);
    CHECK(huge.error().exit_code == 2);
    CHECK(huge.error().what.find("70000 octets") != std::string::npos);

    SECTION("when they come, if they lie beyond the first look") {
        const std::string path =
            write_pcap(scratch.dir / "late", {.records = 2500, .octets = 16'000});
        const std::string tail =
            write_pcap(scratch.dir / "tail", {.records = 1, .octets = 70'000}, 2501);
        std::ifstream in(tail, std::ios::binary);
        in.seekg(24);
        std::ofstream(path, std::ios::binary | std::ios::app) << in.rdbuf();
        Opened o = open_all({path});
        CHECK(drain(*o.source).frames == 2501);
        REQUIRE_FALSE(o.source->outcome());
        CHECK(o.source->outcome().error().exit_code == 2);
        CHECK(o.source->outcome().error().hint.find("--source mapped") != std::string::npos);
    }
}

TEST_CASE("records longer than their file's snap length are counted", "[pmd][net_pcap]") {
    Scratch scratch;
    // libpcap cuts records at the snap length of the file header; lacuna's reader does not, but
    // both find the same number of them.
    const std::string path =
        write_pcap(scratch.dir / "longer", {.records = 50, .octets = 300, .snap_length = 96});
    Opened o = open_all({path});
    const Received r = drain(*o.source);
    CHECK(r.frames == 50);
    CHECK(o.source->outcome());
    CHECK(o.source->truncated().empty());
}
