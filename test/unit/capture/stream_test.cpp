// A file large enough that streaming it may map it.
#include "catch.hpp"
#include "support/read_capture.hpp"

namespace {

using namespace lacuna;
using namespace lacuna::test;

constexpr std::size_t kFrames = 26'000;
constexpr std::size_t kRecord = 16 + 1500;

/// A capture of 38 MiB, written in one go as file systems with large folios like it, in frames that
/// differ.
Bytes large_capture() {
    const Pcap p;
    Bytes octets = p.header();
    octets.reserve(octets.size() + kFrames * kRecord);
    for (std::size_t i = 0; i < kFrames; ++i) {
        const Bytes record = p.record(static_cast<std::uint32_t>(i), 0, payload(1500));
        octets.insert(octets.end(), record.begin(), record.end());
    }
    return octets;
}

struct Read {
    capture::CaptureInfo info;
    capture::CaptureEnd end;
    std::size_t frames = 0;
    std::size_t wrong = 0; ///< not the one that was written there
};

Read read_all(capture::Reader& reader) {
    Read r;
    wire::Frame frames[64];
    while (const std::size_t n = reader.next(frames, 64))
        for (std::size_t i = 0; i < n; ++i) {
            const TimeNs time = static_cast<TimeNs>(r.frames++) * 1'000'000'000;
            r.wrong += frames[i].caplen != 1500 || frames[i].time != time;
        }
    r.info = reader.info();
    r.end = reader.end();
    return r;
}

std::unique_ptr<capture::Reader> open(const TemporaryFile& file, capture::Access access) {
    auto reader = capture::Reader::open(file.path(), access);
    REQUIRE(reader);
    return std::move(*reader);
}

} // namespace

TEST_CASE("stream: a large file is read whole, mapped or not", "[capture]") {
    const TemporaryFile file(large_capture());
    for (const auto access : {capture::Access::stream, capture::Access::map}) {
        const Read r = read_all(*open(file, access));
        CHECK(r.frames == kFrames);
        CHECK(r.wrong == 0);
        CHECK_FALSE(r.end.truncated);
        CHECK(r.end.offset == 24 + kFrames * kRecord);
        CHECK(r.info.size == r.end.offset);
        if (access == capture::Access::stream && !r.info.mapped)
            WARN("no huge pages in the page cache of this file system: read in blocks");
    }
}

TEST_CASE("stream: a large file that shrinks is a cut capture", "[capture]") {
    const Bytes octets = large_capture();
    struct {
        std::size_t before; ///< frames read before it shrinks
        std::size_t left;   ///< whole frames that the file has then
        std::size_t rest;   ///< and octets of the next
        std::size_t seen;
    } const cases[] = {
        {0, 20'000, 0, 20'000}, {0, 20'000, 9, 20'000},    {0, 1000, 0, 1000},
        {64, 1000, 1, 1000},    {64, 20'000, 700, 20'000},
    };
    for (const auto& c : cases) {
        CAPTURE(c.before, c.left, c.rest);
        const TemporaryFile file(octets);
        const auto reader = open(file, capture::Access::stream);
        wire::Frame frames[64];
        if (c.before != 0) REQUIRE(reader->next(frames, c.before) == c.before);
        const auto size = static_cast<off_t>(24 + c.left * kRecord + c.rest);
        REQUIRE(::truncate(file.path().c_str(), size) == 0);
        std::size_t seen = c.before;
        while (const std::size_t n = reader->next(frames, 64))
            seen += n;
        CHECK(seen == c.seen);
        CHECK(reader->end().truncated);
        CHECK(reader->end().reason == "the file shrank while it was read");
        CHECK(reader->end().offset == 24 + c.seen * kRecord);
    }
}

TEST_CASE("stream: records of one size, of many, and of one again", "[capture]") {
    const Pcap p;
    Bytes octets = p.header();
    std::vector<std::size_t> sizes;
    for (std::size_t i = 0; i < 3000; ++i)
        sizes.push_back(i % 1000 < 400 ? 60 : 14 + i * 97 % 3000);
    for (std::size_t i = 0; i < sizes.size(); ++i) {
        const Bytes record = p.record(static_cast<std::uint32_t>(i), 7, payload(sizes[i]));
        octets.insert(octets.end(), record.begin(), record.end());
    }
    for (const std::size_t burst : {1u, 7u, 64u})
        for (const Whole& w : {read_memory(octets, burst), read_blocks(octets, burst)}) {
            REQUIRE(w.frames.size() == sizes.size());
            std::size_t wrong = 0;
            for (std::size_t i = 0; i < sizes.size(); ++i)
                wrong += w.frames[i].octets != payload(sizes[i])
                         || w.frames[i].time != static_cast<TimeNs>(i) * 1'000'000'000 + 7'000;
            CHECK(wrong == 0);
            CHECK_FALSE(w.end.truncated);
        }
}
