// Decoding one frame in a test: every way through the decoder, from a buffer that ends where the
// frame does, so that a sanitizer sees a read too far.
#pragma once

#include "catch.hpp"
#include "support/frame_builder.hpp"
#include "wire/decode.hpp"
#include "wire/decode_frame.hpp"
#include "wire/text/sa_text.hpp"

#include <algorithm>
#include <array>
#include <memory>

namespace lacuna::test {

inline const wire::HashKey kTestKey = wire::HashKey::fixed(42);

/// What the decoder says of one frame.
struct Decoded {
    std::string what; ///< "macsec", "esp", "ah", "malformed", or the name of an `other`
    std::vector<std::string> seen; ///< "<sa id>=<number>", outermost first
    std::uint64_t nesting_cut = 0;
    std::vector<wire::Observation> observations;

    friend bool operator==(const Decoded& a, const Decoded& b) {
        return a.what == b.what && a.seen == b.seen && a.nesting_cut == b.nesting_cut
               && a.observations.size() == b.observations.size()
               && std::equal(a.observations.begin(), a.observations.end(), b.observations.begin(),
                             [](const wire::Observation& x, const wire::Observation& y) {
                                 return std::memcmp(&x, &y, sizeof x) == 0;
                             });
    }
};

/// Turns the result of decoding one frame into text; counters must add up to that one frame.
inline Decoded describe(const wire::Observation* out, std::size_t n, wire::FrameCounts& counts) {
    Decoded d;
    std::uint64_t classes = 0;
    for (std::size_t c = 0; c < wire::kFrameClasses; ++c) {
        classes += counts.cls[c];
        if (counts.cls[c] != 0) d.what = wire::class_name(static_cast<wire::FrameClass>(c));
    }
    if (counts.offered != 1 || classes != 1) d.what = "counted more or less than once";
    const auto named = counts.other_by_name();
    if (d.what == "other")
        d.what = named.size() == 1 ? named[0].first : "not one name";
    else if (!named.empty())
        d.what += " and " + named[0].first;
    for (std::size_t i = 0; i < n; ++i) {
        d.seen.push_back(wire::sa_text(wire::shown_source(out[i].id)) + "="
                         + std::to_string(out[i].seq & wire::kSeqMask));
        d.observations.push_back(out[i]);
    }
    d.nesting_cut = counts.nesting_cut;
    return d;
}

/// Decodes the first `caplen` octets of `frame`, on their own and in the middle of a burst, by the
/// general way too; requires that all agree.
inline Decoded decode_one(const Bytes& frame, std::size_t caplen,
                          wire::LinkType link = wire::LinkType::ethernet) {
    // One allocation for all calls: the counters are half a mebibyte.
    static const auto counts = std::make_unique<wire::FrameCounts>();
    static const auto out = std::make_unique<wire::Observation[]>(wire::kMaxObservations);

    // The very octets, on the heap.
    const std::unique_ptr<std::uint8_t[]> exact(new std::uint8_t[caplen]);
    std::copy_n(frame.begin(), caplen, exact.get());
    wire::Frame f{};
    f.data = exact.get();
    f.caplen = static_cast<std::uint32_t>(caplen);
    f.wirelen = static_cast<std::uint32_t>(frame.size());
    f.time = 1234567890;
    f.link = link;
    f.source = 3;

    const auto fresh = [&]() -> wire::FrameCounts& {
        static_assert(std::is_trivially_copyable_v<wire::FrameCounts>);
        *counts = wire::FrameCounts{};
        std::memset(static_cast<void*>(out.get()), 0xEE,
                    sizeof(wire::Observation) * wire::kMaxObservations);
        return *counts;
    };
    fresh();
    const std::size_t n = wire::decode_burst(&f, 1, kTestKey, out.get(), *counts);
    const Decoded burst = describe(out.get(), n, *counts);
    CHECK(counts->bytes == frame.size());
    fresh();
    const std::size_t m = wire::decode_frame(f, kTestKey, out.get(), *counts);
    const Decoded general = describe(out.get(), m, *counts);
    CHECK(burst == general);

    for (const wire::Observation& o : burst.observations) {
        CHECK(o.bytes == frame.size());
        CHECK(o.time == f.time);
        CHECK(o.port() == f.source);
        CHECK(o.hash == wire::identity_hash(o.id, kTestKey));
    }
    return burst;
}
inline Decoded decode_one(const Bytes& frame, wire::LinkType link = wire::LinkType::ethernet) {
    return decode_one(frame, frame.size(), link);
}

/// A row of a table of frames.
struct WireCase {
    const char* name;
    Bytes frame;
    const char* what;
    std::vector<std::string> seen = {};
    wire::LinkType link = wire::LinkType::ethernet;
};

inline void check_cases(const std::vector<WireCase>& cases) {
    for (const WireCase& c : cases) {
        INFO(c.name);
        const Decoded d = decode_one(c.frame, c.link);
        CHECK(d.what == c.what);
        CHECK(d.seen == c.seen);
    }
}

} // namespace lacuna::test
