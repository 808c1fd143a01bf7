#include "pcapgen/taps/way.hpp"

#include <cstring>
#include <limits>

namespace lacuna::pcapgen {

Result<std::unique_ptr<Way>> Way::create(const TapPlan& plan, const std::string& output,
                                         bool nanoseconds, std::uint64_t seed,
                                         std::uint64_t first) {
    std::unique_ptr<Way> way(new Way(plan, seed, first));
    for (const std::string& name : plan.names) {
        auto writer = PcapWriter::create(tap_file(output, name), nanoseconds);
        if (!writer) return writer.error();
        way->taps_.push_back({std::move(*writer), {}});
    }
    return way;
}

Way::Number* Way::place(std::uint32_t sa, std::uint64_t number) {
    if (sa == kNoSa) return nullptr;
    if (sa >= sas_.size()) sas_.resize(sa + std::size_t{1});
    Sa& s = sas_[sa];
    if (s.numbers.empty())
        s.reverse = SplitMix64(seed_ ^ (sa * 0x9E3779B97F4A7C15u)).next() >> 32 < plan_.reverse;
    const std::uint64_t at = number - first_;
    Number none;
    none.time.fill(kNever);
    if (at >= s.numbers.size()) s.numbers.resize(at + 1, none);
    return &s.numbers[at];
}

void Way::sent(std::span<const std::uint8_t> frame, TimeNs time, std::uint32_t sa,
               std::uint64_t number) {
    for (std::size_t t = 0; t < taps_.size(); ++t)
        arrive(t, time);
    Number* const n = place(sa, number);
    const bool reverse = n != nullptr && sas_[sa].reverse;
    ++order_;
    for (std::size_t i = 0; i < taps_.size(); ++i) {
        const std::size_t t = reverse ? taps_.size() - 1 - i : i;
        if (i != 0) {
            const std::size_t segment = reverse ? t : t - 1;
            if (rng_.happens(plan_.loss[segment])) return;
            const Delay& d = plan_.delay[segment];
            const auto spread = static_cast<std::uint64_t>(d.max - d.min) + 1;
            time += d.min + static_cast<TimeNs>(rng_.next() % spread);
        }
        if (rng_.happens(plan_.miss[t])) continue;
        taps_[t].under_way.push({time, order_, sa, number, {frame.begin(), frame.end()}});
    }
}

void Way::arrive(std::size_t tap, TimeNs until) {
    auto& under_way = taps_[tap].under_way;
    while (!under_way.empty() && under_way.top().time <= until) {
        arrives(tap, under_way.top());
        under_way.pop();
    }
}

void Way::arrives(std::size_t tap, const Arrival& a) {
    PcapWriter& writer = taps_[tap].writer;
    std::memcpy(writer.frame(), a.frame.data(), a.frame.size());
    writer.commit(static_cast<std::uint32_t>(a.frame.size()), a.time);
    if (a.sa == kNoSa) return;
    Sa& s = sas_[a.sa];
    Number& n = s.numbers[a.number - first_];
    n.time[tap] = a.time;
    if (s.count[tap]++ == 0) {
        s.first[tap] = s.highest[tap] = a.number;
    } else if (a.number > s.highest[tap]) {
        s.highest[tap] = a.number;
    } else {
        n.late |= static_cast<std::uint8_t>(1u << tap);
    }
}

Status Way::close() {
    for (std::size_t t = 0; t < taps_.size(); ++t) {
        arrive(t, std::numeric_limits<TimeNs>::max());
        if (Status s = taps_[t].writer.close(); !s) return s;
    }
    return {};
}

} // namespace lacuna::pcapgen
