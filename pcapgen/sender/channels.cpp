#include "pcapgen/sender/channels.hpp"

namespace lacuna::pcapgen {

Channels::Channels(std::uint32_t first, std::uint32_t count, std::uint32_t every, Range stragglers,
                   std::uint64_t seed, Events& events)
    : first_(first), every_(every), stragglers_(stragglers), rng_(seed, 0x72656B6579),
      events_(events) {
    list_.reserve(count);
    for (std::uint32_t i = 0; i < count; ++i) {
        const auto an = static_cast<std::uint8_t>(first_an(i));
        list_.push_back({rng_.in({every / 2, every}), 0, an, an, 0, false, 0});
    }
}

std::uint64_t Channels::next(SaSender& sender, std::span<SaState> sas, std::uint32_t channel,
                             std::uint32_t draw, std::uint32_t& sa) {
    Channel& c = list_[channel];
    const std::uint32_t base = this->sa(channel, 0);
    sa = base + c.an;
    if (c.stragglers != 0 && c.old_next) {
        --c.stragglers;
        c.old_next = false;
        sa = base + c.old_an;
        const std::uint64_t number = sender.next_plain(sas[sa]);
        events_.straggled(c.event, number);
        return number;
    }
    c.old_next = true;
    if (c.left > 0) --c.left;
    if (c.left > 0 || sender.owed(sas[sa], sa) != 0 || sas[sa].received == 0)
        return sender.next(sas[sa], sa, draw);

    const std::uint32_t old_sa = sa;
    c.old_an = c.an;
    c.an = static_cast<std::uint8_t>((c.an + 1) % kAns);
    c.left = every_;
    c.stragglers = static_cast<std::uint8_t>(rng_.in(stragglers_));
    ++c.rekeys;
    sa = base + c.an;
    events_.add(TruthEventKind::rekey, sa, old_sa, sas[old_sa].next - 1, 1);
    c.event = events_.latest();
    return sender.begin(sas[sa], sa, 1);
}

} // namespace lacuna::pcapgen
