#include "fuzz/capture_body.hpp"

#include "capture/reader.hpp"
#include "wire/frame_source.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <vector>

namespace lacuna::test {

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

struct Reading {
    std::vector<wire::Frame> frames;
    std::size_t packed = 0; ///< frames of a compressed capture
    capture::CaptureEnd end;
};

Reading read(std::span<const std::uint8_t> octets, std::size_t burst) {
    Reading out;
    auto reader = capture::Reader::from_memory(octets);
    if (!reader) {
        require(reader.error().exit_code == 2 && !reader.error().what.empty());
        return out;
    }
    wire::Frame frames[64];
    if ((*reader)->info().packed) { // its frames lie elsewhere, and only for a while
        while (const std::size_t n = (*reader)->next(frames, burst))
            out.packed += n;
        out.end = (*reader)->end();
        require(out.end.truncated == !out.end.reason.empty());
        return out;
    }
    std::uint64_t position = (*reader)->position();
    while (const std::size_t n = (*reader)->next(frames, burst)) {
        require(n <= burst);
        require((*reader)->position() > position && (*reader)->position() <= octets.size());
        position = (*reader)->position();
        out.frames.insert(out.frames.end(), frames, frames + n);
    }
    out.end = (*reader)->end();
    require((*reader)->next(frames, burst) == 0);
    require(out.end.offset <= octets.size());
    require(out.end.truncated == !out.end.reason.empty());
    // What was not delivered is told: either all octets are read, or a cut is.
    require(out.end.truncated || (*reader)->position() == octets.size());
    return out;
}

struct Decoding {
    std::vector<wire::Observation> observations;
    wire::FrameCounts counts;
    std::size_t frames = 0;
    TimeNs latest = 0;
    TimeNs clock = 0;
    std::uint64_t odd_times = 0;
    capture::CaptureEnd end;
};

struct Way {
    wire::Shard shard;
    wire::ProtocolSet counters;
    TimeNs clock_tolerance;
};

/// All that a capture carries: frame by frame as they are found, or burst by burst behind it.
Decoding decode(std::span<const std::uint8_t> octets, const Way& way, bool as_found) {
    Decoding out;
    auto reader = capture::Reader::from_memory(octets);
    if (!reader) return out;
    (*reader)->set_source(3);
    (*reader)->set_clock_tolerance(way.clock_tolerance);
    const wire::HashKey key = wire::HashKey::fixed(1);
    wire::DecodeInto into{&key, &out.counts, {}, way.shard};
    into.how.counters = out.counts.asked = way.counters;
    const auto observations =
        std::make_unique_for_overwrite<wire::Observation[]>(wire::kMaxObservations);
    wire::Frame frames[wire::kBurst];
    for (;;) {
        capture::Reader::Decoded burst;
        if (as_found) {
            burst = (*reader)->decode(into, observations.get());
        } else {
            burst.frames = (*reader)->next(frames, wire::kBurst);
            burst.observations = wire::decode_burst(frames, burst.frames, observations.get(), into);
        }
        if (burst.frames == 0) break;
        out.frames += burst.frames;
        out.observations.insert(out.observations.end(), observations.get(),
                                observations.get() + burst.observations);
    }
    // How the frames of a compressed one fall into bursts depends on the thread that unpacks.
    if (!(*reader)->info().packed) out.latest = (*reader)->latest_time();
    out.clock = (*reader)->clock();
    out.odd_times = (*reader)->odd_times();
    out.end = (*reader)->end();
    return out;
}

/// Decoding each frame where it is found makes no difference.
void compare_decodings(std::span<const std::uint8_t> octets) {
    const Way kWays[] = {{{}, 0, 0},
                         {{1, 3}, 0, 0},
                         {{}, 0, kClockTolerance},
                         {{}, wire::kOfWholeFrames, kClockTolerance}};
    for (const Way& way : kWays) {
        const Decoding a = decode(octets, way, true);
        const Decoding b = decode(octets, way, false);
        require(a.frames == b.frames && a.latest == b.latest);
        require(a.clock == b.clock && a.odd_times == b.odd_times);
        require(a.end.offset == b.end.offset && a.end.reason == b.end.reason);
        require(a.observations.size() == b.observations.size());
        require(a.observations.empty()
                || std::memcmp(a.observations.data(), b.observations.data(),
                               a.observations.size() * sizeof(wire::Observation))
                       == 0);
        require(a.counts.offered == b.counts.offered && a.counts.bytes == b.counts.bytes
                && std::equal(std::begin(a.counts.cls), std::end(a.counts.cls),
                              std::begin(b.counts.cls)));
    }
}

} // namespace

void fuzz_capture(const std::uint8_t* data, std::size_t size) {
    // The copy ends where its allocation does, for the sanitizer.
    const auto exact = std::make_unique<std::uint8_t[]>(size);
    std::copy_n(data, size, exact.get());
    const std::span<const std::uint8_t> octets(exact.get(), size);

    const Reading all = read(octets, 64);
    const std::uint8_t* floor = exact.get();
    for (const wire::Frame& f : all.frames) {
        require(f.data >= floor && f.data <= exact.get() + size);
        require(f.caplen <= static_cast<std::size_t>(exact.get() + size - f.data));
        require(f.caplen <= f.wirelen && f.caplen <= capture::kMaxCaptured);
        require(f.link < wire::LinkType::count && wire::file_of(f.source) == 0);
        floor = f.data + f.caplen;
    }

    compare_decodings(octets);

    const Reading single = read(octets, 1);
    require(single.frames.size() == all.frames.size() && single.packed == all.packed);
    for (std::size_t i = 0; i < all.frames.size(); ++i) {
        const wire::Frame &a = all.frames[i], &b = single.frames[i];
        require(a.data == b.data && a.caplen == b.caplen && a.wirelen == b.wirelen
                && a.time == b.time && a.link == b.link);
    }
    require(single.end.offset == all.end.offset && single.end.reason == all.end.reason);
}

} // namespace lacuna::test
