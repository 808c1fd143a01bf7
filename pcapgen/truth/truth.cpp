#include "pcapgen/truth/truth.hpp"

#include <algorithm>

namespace lacuna::pcapgen {

bool restarts_are_rekeys(const Generator& generator, std::uint32_t sa) {
    return generator.channels() == nullptr
           && generator.kind(generator.sas()[sa].kind).cls == Class::macsec;
}

namespace {

/// Over the SAs whose class `takes`.
template <typename Takes>
TruthTotals sum_of_sas(const Generator& generator, Takes takes) {
    TruthTotals t;
    const auto sas = generator.sas();
    for (std::uint32_t i = 0; i < sas.size(); ++i) {
        const SaState& sa = sas[i];
        if (sa.received == 0 || !takes(generator.kind(sa.kind).cls)) continue;
        ++t.flows;
        t.received += sa.received;
        t.bytes += sa.bytes;
        t.lost += sa.lost;
        t.gaps += sa.gaps;
        t.max_gap = std::max<std::uint64_t>(t.max_gap, sa.max_gap);
        t.duplicates += sa.duplicates;
        t.late += sa.late;
        t.max_late_extent = std::max<std::uint64_t>(t.max_late_extent, sa.max_late_extent);
        if (const RareState* rare = generator.rare(i)) {
            t.too_old += rare->too_old;
            t.before_first += rare->before_first;
            t.outliers += rare->outliers;
            t.restarts += rare->restarts;
            if (restarts_are_rekeys(generator, i)) t.rekeys += rare->restarts;
        }
    }
    return t;
}

} // namespace

TruthTotals truth_totals(const Generator& generator, Class counter) {
    return sum_of_sas(generator, [counter](Class c) { return c == counter; });
}

TruthTotals truth_totals(const Generator& generator) {
    TruthTotals t =
        sum_of_sas(generator, [](Class c) { return c != Class::other && !is_counter(c); });
    t.flows += generator.flood_flows();
    t.received += generator.flood_flows();
    t.bytes += generator.flood_bytes();
    if (const Channels* channels = generator.channels())
        for (std::uint32_t c = 0; c < channels->count(); ++c)
            t.rekeys += channels->rekeys(c);
    return t;
}

TruthFrames truth_frames(const Generator& generator) {
    TruthFrames f;
    const auto counts = generator.counts();
    for (std::size_t k = 0; k < counts.size(); ++k) {
        const FrameKind& kind = generator.kind(k);
        f.offered += counts[k].frames;
        f.bytes += counts[k].bytes;
        f.raised += counts[k].raised;
        f.cls[static_cast<std::size_t>(kind.cls)] += counts[k].frames;
        if (kind.cls == Class::other && counts[k].frames != 0)
            f.other[kind.other] += counts[k].frames;
    }
    return f;
}

std::vector<std::uint32_t> sorted_flows(const Generator& generator) {
    // Text ids sort by protocol, then by SCI or SPI; only rare ties need the text itself.
    struct Key {
        std::uint8_t rank;
        std::uint8_t an;
        std::uint32_t sa;
        std::uint64_t identity;
    };
    constexpr auto rank_of = [](Class c) {
        constexpr std::uint8_t kRank[] = {2, 1, 0};
        const auto i = static_cast<std::size_t>(c);
        return i < std::size(kRank) ? kRank[i] : static_cast<std::uint8_t>(i);
    };
    std::vector<Key> keys;
    const auto sas = generator.sas();
    for (std::uint32_t i = 0; i < sas.size(); ++i) {
        const Class cls = generator.kind(sas[i].kind).cls;
        if (sas[i].received == 0 || cls == Class::other) continue;
        const FlowPlan p = generator.plan(i);
        const bool macsec = cls == Class::macsec;
        keys.push_back({rank_of(cls), macsec ? p.an : std::uint8_t{0}, i,
                        macsec               ? p.sci
                        : cls > Class::other ? 0
                                             : p.spi});
    }
    std::sort(keys.begin(), keys.end(), [&](const Key& a, const Key& b) {
        if (a.rank != b.rank) return a.rank < b.rank;
        if (a.identity != b.identity) return a.identity < b.identity;
        if (a.an != b.an) return a.an < b.an;
        if (a.sa == b.sa || a.rank == rank_of(Class::macsec)) return false;
        const auto id = [&](std::uint32_t sa) {
            return generator.family_of(sa).id(generator.plan(sa));
        };
        return id(a.sa) < id(b.sa);
    });
    std::vector<std::uint32_t> order;
    order.reserve(keys.size());
    for (const Key& k : keys)
        order.push_back(k.sa);
    return order;
}

} // namespace lacuna::pcapgen
