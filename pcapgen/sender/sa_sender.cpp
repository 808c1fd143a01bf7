#include "pcapgen/sender/sa_sender.hpp"

namespace lacuna::pcapgen {

SaSender::SaSender(const Impairments& impairments, std::uint64_t seed, Budget& budget,
                   Events& events, std::span<RareState> rare, std::span<PathState> paths)
    : im_(impairments), rng_(seed, 0x73656E64), budget_(budget), events_(events), rare_(rare),
      paths_(paths), special_(impairments.special() || !rare.empty()), upto_gap_(impairments.gap),
      upto_reorder_(upto_gap_ + impairments.reorder), any_(upto_reorder_ + impairments.duplicate),
      upto_outlier_(any_ + impairments.outlier), upto_replay_(upto_outlier_ + impairments.replay),
      upto_restart_(upto_replay_ + impairments.restart) {}

std::uint64_t SaSender::pay(SaState& sa) {
    --sa.owed;
    budget_.pay();
    if (sa.owed != 0 || sa.back == 0) return sa.next++;
    const std::uint64_t number = sa.next - sa.back;
    sa.back = 0;
    return number;
}

std::uint64_t SaSender::impair(SaState& sa, std::uint32_t draw) {
    if (draw < upto_gap_) return skip(sa, rng_.in(im_.gap_size));
    if (draw < upto_reorder_) return hold_back(sa);
    return repeat(sa);
}

std::uint64_t SaSender::skip(SaState& sa, std::uint32_t count) {
    sa.next += count;
    sa.lost += count;
    ++sa.gaps;
    if (count > sa.max_gap) sa.max_gap = static_cast<std::uint16_t>(count);
    return sa.next++;
}

std::uint64_t SaSender::hold_back(SaState& sa) {
    // n is held, n+1 .. n+extent go first, then n: extent numbers above it have been seen.
    const std::uint32_t extent = rng_.in(im_.reorder_extent);
    if (!budget_.promise(extent)) return sa.next++;
    sa.owed = static_cast<std::uint16_t>(extent);
    sa.back = static_cast<std::uint16_t>(extent + 1);
    ++sa.late;
    if (extent > sa.max_late_extent) sa.max_late_extent = static_cast<std::uint16_t>(extent);
    ++sa.next;
    return sa.next++;
}

std::uint64_t SaSender::repeat(SaState& sa) {
    const std::uint32_t between = rng_.in(im_.duplicate_distance);
    if (budget_.promise(between + 1)) {
        sa.owed = static_cast<std::uint16_t>(between + 1);
        sa.back = static_cast<std::uint16_t>(between + 1);
        ++sa.duplicates;
    }
    return sa.next++;
}

} // namespace lacuna::pcapgen
