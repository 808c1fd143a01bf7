// Compressed captures: the same frames as uncompressed, and what is wrong with those that are not
// whole.
#include "catch.hpp"
#include "support/read_capture.hpp"

#include <lz4frame.h>
#include <zlib.h>
#include <zstd.h>

using namespace lacuna;
using namespace lacuna::test;

namespace {

Bytes gzip(const Bytes& plain) {
    z_stream z{};
    REQUIRE(
        deflateInit2(&z, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY)
        == Z_OK);
    Bytes out(deflateBound(&z, plain.size()) + 32);
    z.next_in = const_cast<Bytef*>(plain.data());
    z.avail_in = static_cast<uInt>(plain.size());
    z.next_out = out.data();
    z.avail_out = static_cast<uInt>(out.size());
    REQUIRE(deflate(&z, Z_FINISH) == Z_STREAM_END);
    out.resize(z.total_out);
    deflateEnd(&z);
    return out;
}

Bytes zstd(const Bytes& plain) {
    Bytes out(ZSTD_compressBound(plain.size()));
    const std::size_t n = ZSTD_compress(out.data(), out.size(), plain.data(), plain.size(), 1);
    REQUIRE(ZSTD_isError(n) == 0);
    out.resize(n);
    return out;
}

Bytes lz4(const Bytes& plain) {
    Bytes out(LZ4F_compressFrameBound(plain.size(), nullptr));
    const std::size_t n =
        LZ4F_compressFrame(out.data(), out.size(), plain.data(), plain.size(), nullptr);
    REQUIRE(LZ4F_isError(n) == 0);
    out.resize(n);
    return out;
}

struct Packer {
    const char* name;
    Bytes (*pack)(const Bytes&);
};
constexpr Packer kPackers[] = {{"gzip", gzip}, {"zstd", zstd}, {"lz4", lz4}};

/// A capture of `n` frames of some hundred octets each, all different.
Bytes capture_of(std::uint32_t n) {
    const Pcap p{};
    Bytes all = p.header();
    for (std::uint32_t i = 0; i < n; ++i)
        all = std::move(all) + p.record(i, 0, payload(100 + i % 400, static_cast<int>(i)));
    return all;
}

bool ends_with(const Whole& w, const std::string& reason) {
    return w.end.truncated && w.end.reason == reason;
}

} // namespace

TEST_CASE("packed: the frames are those of the plain capture", "[capture]") {
    for (const std::uint32_t frames : {1u, 3u, 3000u}) {
        const Bytes plain = capture_of(frames);
        const Whole want = read_memory(plain);
        REQUIRE(want.frames.size() == frames);
        const std::size_t half = plain.size() / 2;
        const Bytes first(plain.begin(), plain.begin() + static_cast<std::ptrdiff_t>(half));
        const Bytes second(plain.begin() + static_cast<std::ptrdiff_t>(half), plain.end());
        for (const Packer& p : kPackers) {
            CAPTURE(p.name, frames);
            for (const Bytes& packed : {p.pack(plain), p.pack(first) + p.pack(second)}) {
                const Whole got = read_memory(packed);
                CHECK(got.error.empty());
                CHECK(got.frames == want.frames);
                CHECK_FALSE(got.end.truncated);
                CHECK(got.info.packed);
                CHECK_FALSE(got.info.mapped);
            }
        }
    }
}

TEST_CASE("packed: what is not whole is told, and the frames before it are kept", "[capture]") {
    const Bytes plain = capture_of(3000);
    for (const Packer& p : kPackers) {
        CAPTURE(p.name);
        Bytes cut = p.pack(plain);
        cut.resize(cut.size() - cut.size() / 4);
        const Whole some = read_memory(cut);
        CHECK(ends_with(some, "the compressed data are cut"));
        CHECK(some.frames.size() > 1000);
        CHECK(some.frames.size() < 3000);

        Bytes damaged = p.pack(plain);
        for (std::size_t i = damaged.size() / 2; i < damaged.size() / 2 + 64; ++i)
            damaged[i] = static_cast<std::uint8_t>(damaged[i] ^ 0x5A);
        const Whole before = read_memory(damaged);
        CHECK(before.end.truncated);
        CHECK(before.frames.size() < 3000);
    }
    const Whole behind = read_memory(gzip(plain) + Bytes(512, 0)); // a tape's block
    CHECK(behind.frames.size() == 3000);
    CHECK_FALSE(behind.end.truncated);
}

TEST_CASE("packed: compressed twice is no capture", "[capture]") {
    CHECK(read_memory(gzip(gzip(capture_of(3)))).error.find("not a capture") != std::string::npos);
}

TEST_CASE("packed: whoever stops reading is not waited for", "[capture]") {
    const Bytes packed = zstd(capture_of(20000));
    auto reader = capture::Reader::from_memory(packed);
    REQUIRE(reader);
    wire::Frame frame;
    CHECK((*reader)->first_time()); // also of one that is unpacked: nobody has to be waited for
    CHECK((*reader)->next(&frame, 1) == 1);
} // and the destructor returns, though most of it is not unpacked
