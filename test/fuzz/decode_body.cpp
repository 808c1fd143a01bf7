#include "fuzz/decode_body.hpp"

#include "wire/decode.hpp"
#include "wire/decode_frame.hpp"
#include "wire/text/sa_text.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <numeric>

namespace lacuna::test {

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

struct Workspace {
    wire::FrameCounts burst_counts, general_counts;
    wire::FrameCounts all_burst_counts, all_general_counts; ///< with all counters asked for
    wire::Observation burst[wire::kMaxObservations], general[wire::kMaxObservations];
};

std::uint64_t classes(const wire::FrameCounts& c) {
    return std::accumulate(std::begin(c.cls), std::end(c.cls), std::uint64_t{0});
}

void check_identity(const wire::Observation& o, const wire::HashKey& key) {
    require(o.hash == wire::identity_hash(o.id, key));
    // An id that text carries without loss has no octet set that is none of its own.
    const wire::SaIdentity shown = wire::shown_source(o.id);
    const auto back = wire::sa_parse(wire::sa_text(shown));
    require(back && *back == wire::identity_of(shown));
}

/// Both ways through the decoder say the same of `frames`.
void compare(const wire::Frame* frames, const wire::HashKey& key, Workspace& w,
             wire::FrameCounts& a, wire::FrameCounts& b, const wire::Decoding& how) {
    const std::uint64_t offered = a.offered;
    const std::size_t made = wire::decode_burst(frames, wire::kBurst, key, w.burst, a, how);
    std::size_t expected = 0;
    for (std::size_t i = 0; i < wire::kBurst; ++i) {
        const std::size_t n = wire::decode_frame(frames[i], key, w.general + expected, b, how);
        require(n <= wire::kMaxSasPerFrame);
        expected += n;
    }
    require(made == expected);
    require(std::memcmp(w.burst, w.general, made * sizeof(wire::Observation)) == 0);
    for (std::size_t i = 0; i < made; ++i)
        check_identity(w.burst[i], key);
    require(a.offered == offered + wire::kBurst && classes(a) == a.offered);
    require(a.offered == b.offered && a.bytes == b.bytes && a.nesting_cut == b.nesting_cut);
    require(std::equal(std::begin(a.cls), std::end(a.cls), std::begin(b.cls)));
}

/// Everything that can be asked for.
wire::Decoding everything() {
    static const wire::DeclaredCounters declared = [] {
        using enum wire::ByteOrder;
        wire::DeclaredCounters d;
        d.row[0] = {wire::Carrier::udp_port, 5555, Protocol::declared64, little, 3, 0, 2, 0};
        d.row[1] = {wire::Carrier::ethertype, 0x88B5, Protocol::declared24, big, 1, 6, 4, 1};
        d.count = 2;
        return d;
    }();
    static const wire::UdpPorts ports = [] {
        wire::UdpPorts p;
        p.set(5555, wire::UdpUse::declared);
        p.set(5004, wire::UdpUse::rtp);
        return p;
    }();
    wire::Decoding how;
    how.counters = wire::kFurtherCounters;
    how.trials = true;
    how.depth = 20;
    how.ports = &ports;
    how.declared = &declared;
    return how;
}

} // namespace

void fuzz_decode(const std::uint8_t* data, std::size_t size) {
    static const auto w = std::make_unique<Workspace>();
    static const wire::HashKey key = wire::HashKey::fixed(7);
    if (size == 0) return;
    const auto link =
        static_cast<wire::LinkType>(data[0] % static_cast<unsigned>(wire::LinkType::count));
    ++data;
    --size;

    // Each prefix ends where its allocation does, for the sanitizer.
    std::unique_ptr<std::uint8_t[]> exact[wire::kBurst];
    wire::Frame frames[wire::kBurst];
    for (std::size_t i = 0; i < wire::kBurst; ++i) {
        const std::size_t n = size - std::min(size, i);
        exact[i] = std::make_unique<std::uint8_t[]>(n);
        std::copy_n(data, n, exact[i].get());
        frames[i] = {};
        frames[i].data = exact[i].get();
        frames[i].caplen = static_cast<std::uint32_t>(n);
        frames[i].wirelen = static_cast<std::uint32_t>(size);
        frames[i].time = static_cast<TimeNs>(i);
        frames[i].link = link;
        frames[i].source = static_cast<std::uint16_t>(i);
    }

    compare(frames, key, *w, w->burst_counts, w->general_counts, {});
    compare(frames, key, *w, w->all_burst_counts, w->all_general_counts, everything());
}

} // namespace lacuna::test
