#include "run_losses.hpp"

#include <algorithm>

namespace lacuna::app {

namespace {

/// A hole that opened: `a` to before `b`. One that a late number shrank: one less.
void apply(SaLoss& s, const flow::Event& e) {
    const bool blind = (e.flags & flow::kBlind) != 0;
    if (e.kind == flow::EventKind::hole_opened) {
        s.lost += e.b - e.a;
        s.blind += blind ? e.b - e.a : 0;
        ++s.gaps;
    } else if (s.lost > 0) {
        --s.lost;
        s.blind -= blind && s.blind > 0 ? 1 : 0;
        s.blind = std::min(s.blind, s.lost);
        ++s.late;
    }
}

} // namespace

Status LossWatch::put_events(std::span<const flow::Event> events) {
    const std::lock_guard lock(mutex_);
    for (const flow::Event& e : events) {
        const bool counts =
            e.kind == flow::EventKind::hole_opened || e.kind == flow::EventKind::hole_filled;
        if (!counts || (e.flags & flow::kProvisional) != 0) continue;
        apply(all_, e);
        const std::string key(reinterpret_cast<const char*>(&e.id), sizeof e.id);
        SaLoss& sa = sas_[key];
        sa.id = e.id;
        apply(sa, e);
        if (sas_.size() > kMost) forget_some();
    }
    return {};
}

void LossWatch::forget_some() {
    std::vector<std::uint64_t> losses;
    for (const auto& [key, sa] : sas_)
        losses.push_back(sa.lost);
    const auto middle = losses.begin() + static_cast<std::ptrdiff_t>(losses.size() / 2);
    std::nth_element(losses.begin(), middle, losses.end());
    const std::uint64_t least = *middle;
    std::size_t left = sas_.size() / 2;
    std::erase_if(sas_, [&](const auto& entry) {
        if (entry.second.lost > least || left == 0) return false;
        --left;
        return true;
    });
}

LossWatch::Sums LossWatch::sums(std::size_t worst) const {
    Sums out;
    const std::lock_guard lock(mutex_);
    out.all = all_;
    for (const auto& [key, sa] : sas_)
        if (sa.lost > 0) out.worst.push_back(sa);
    const std::size_t n = std::min(worst, out.worst.size());
    std::partial_sort(out.worst.begin(), out.worst.begin() + static_cast<std::ptrdiff_t>(n),
                      out.worst.end(), [](const SaLoss& a, const SaLoss& b) {
                          return a.lost != b.lost ? a.lost > b.lost : a.gaps > b.gaps;
                      });
    out.worst.resize(n);
    return out;
}

} // namespace lacuna::app
