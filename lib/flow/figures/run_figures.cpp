#include "flow/figures/run_figures.hpp"

#include "flow/fields/derived.hpp"

#include <algorithm>
#include <numeric>

namespace lacuna::flow {

bool FrameFigures::accounted() const {
    return decoded == std::accumulate(classes.begin(), classes.end(), std::uint64_t{0});
}

void FrameFigures::believe(const TableCounters& table) {
    const auto move = [](std::uint64_t& from, std::uint64_t& to, std::uint64_t n) {
        n = std::min(n, from);
        from -= n;
        to += n;
    };
    std::uint64_t& other = classes[static_cast<std::size_t>(wire::FrameClass::other)];
    constexpr const char* kCountedAs[] = {"ipv4/udp", "ipv6/udp"};
    for (std::size_t family = 0; family < 2; ++family) {
        std::uint64_t total = 0;
        for (std::size_t i = 0; i < classes.size(); ++i) {
            move(other, classes[i], table.believed[i][family]);
            total += table.believed[i][family];
        }
        for (auto& [name, count] : other_kinds)
            if (name == kCountedAs[family]) count -= std::min(count, total);
    }
    std::erase_if(other_kinds, [](const auto& kind) { return kind.second == 0; });
}

std::vector<std::pair<const char*, std::uint64_t>> FrameFigures::by_class() const {
    std::vector<std::pair<const char*, std::uint64_t>> list;
    for (const wire::FrameClass c : wire::kBasicClasses)
        list.emplace_back(wire::class_name(c), of(c));
    list.emplace_back("dropped", dropped);
    for (std::size_t i = wire::kFirstFurtherClass; i < wire::kFrameClasses; ++i)
        if (classes[i] != 0 || (asked & wire::bit_of(static_cast<Protocol>(i))) != 0)
            list.emplace_back(wire::class_name(static_cast<wire::FrameClass>(i)), classes[i]);
    return list;
}

std::vector<Protocol> RunFigures::counters_shown() const {
    std::vector<Protocol> list;
    for (const Protocol p : wire::kCounterList)
        if ((frames.asked & wire::bit_of(p)) != 0 || counters[wire::counter_index(p)].flows != 0)
            list.push_back(p);
    return list;
}

void RunFigures::set_lost(ProbeLoss lost) {
    probe = lost;
    probe.table_full = table.refused;
    causes_known = true;
    frames.dropped = probe.frames();
}

void RunFigures::end(const wire::FrameCounts& counts) {
    frames.decoded = counts.offered;
    std::copy(std::begin(counts.cls), std::end(counts.cls), frames.classes.begin());
    frames.bytes = counts.bytes;
    frames.asked = counts.asked;
    frames.nesting_cut = counts.nesting_cut;
    frames.other_kinds = counts.other_by_name();
    frames.believe(table);
    if (!counts.mka.participants().empty())
        mka = std::make_shared<const wire::KeyAgreement>(counts.mka);
    if (!counts.ike.messages().empty())
        ike = std::make_shared<const wire::Negotiations>(counts.ike);
    final = final_parts(totals);
}

} // namespace lacuna::flow
