#include "path/taps/counter.hpp"

#include "seq/extend.hpp"

#include <algorithm>

namespace lacuna::path {
namespace {

/// Packets that fit nothing, remembered at most.
constexpr std::size_t kStrays = 16;
/// How well a number fits: the lower the better.
constexpr int kMisfit = 3;

int rank_above(Seq64 distance) {
    return distance < 1 ? kMisfit : distance <= kStep ? 0 : distance <= kShortJump ? 2 : kMisfit;
}

} // namespace

int Counter::rank(Seq64 n) const {
    const Instance& now = track_.instances.back();
    const Seq64 distance = n - now.highest;
    if (distance > 0) return rank_above(distance);
    if (distance <= -kShortJump) return kMisfit;
    if (n < now.first) return received_ <= kConfirmed && n > Seq64{kStart} ? 1 : kMisfit;
    return now.missing.at(n) != Missing::no ? 1 : kMisfit;
}

void Counter::begin(std::uint32_t wire, TimeNs time, std::uint64_t index) {
    Instance& now = track_.instances.emplace_back();
    now.first = now.highest = wire;
    now.first_time = now.last_time = time;
    now.begin = index;
    now.stamps.add(now.first, time);
}

/// A packet of the counter, whatever its number. `before`: when the one before it came.
void Counter::apply(Seq64 n, TimeNs time, TimeNs before, BlindSpans& blind) {
    Instance& now = track_.instances.back();
    now.last_time = std::max(now.last_time, time);
    if (n > now.highest) {
        const Seq64 first = now.highest + 1;
        if (n > first) {
            const auto missing = static_cast<std::uint64_t>(n - first);
            const bool unknown = !blind.empty() && blind.covers(before, time, missing);
            now.missing.append(first, n, unknown ? Missing::unknown : Missing::lost);
        }
        now.highest = n;
        if (now.stamps.selects(static_cast<std::uint32_t>(n))) now.stamps.add(n, time);
    } else if (n >= now.first) {
        if (now.missing.at(n) != Missing::no) {
            now.missing.set(n, Missing::no);
            now.late.set(n, 1);
        } else {
            now.copies.set(n, now.copies.at(n) + 1);
        }
    }
}

void Counter::open_branch(const Held& packet) {
    const Instance& now = track_.instances.back();
    branch_ = std::make_unique<Branch>();
    branch_->packets.push_back(packet);
    branch_->old_highest = now.highest;
    branch_->before = now.last_time;
    branch_->jump =
        packet.number > now.highest && packet.wire > static_cast<std::uint32_t>(now.highest);
    branch_->highest = packet.wire;
}

/// A packet that fits nothing belongs to the counter, or, where it is far above, to nobody: forged,
/// or corrupt.
void Counter::settle(const Held& packet, BlindSpans& blind) {
    const Instance& now = track_.instances.back();
    if (packet.number <= now.highest + kShortJump)
        apply(packet.number, packet.time, now.last_time, blind);
}

/// The counter went on: what was held belongs to it.
void Counter::fold(BlindSpans& blind) {
    const auto branch = std::move(branch_);
    for (const auto* packets : {&branch->packets, &branch->strays})
        for (const Held& h : *packets)
            settle(h, blind);
}

/// A packet that fits neither the counter nor the branch. Three of them, each a step above the one
/// before, are a branch of their own, whatever lies between: a few copies must not hide a new
/// beginning behind them.
void Counter::stray(const Held& packet, BlindSpans& blind) {
    last_in_branch_ = false;
    std::vector<Held>& strays = branch_->strays;
    if (strays.size() == kStrays) {
        settle(strays.front(), blind);
        strays.erase(strays.begin());
    }
    strays.push_back(packet);
    const auto step = [](const Held& a, const Held& b) {
        return rank_above(Seq64{b.wire} - a.wire) == 0;
    };
    const auto begins = std::find_if(strays.begin(), strays.end(), [&](const Held& a) {
        return std::any_of(strays.begin(), strays.end(), [&](const Held& b) {
            return b.index > a.index && step(a, b) && step(b, packet);
        });
    });
    if (begins == strays.end()) return;
    const std::vector<Held> packets(begins, strays.end());
    strays.erase(begins, strays.end());
    fold(blind);
    open_branch(packets.front());
    for (auto it = packets.begin() + 1; it != packets.end(); ++it) {
        const Seq64 above = Seq64{it->wire} - branch_->highest;
        if (above > kShortJump || above < -kStart) {
            settle(*it, blind);
            continue;
        }
        branch_->packets.push_back(*it);
        branch_->highest = std::max(branch_->highest, Seq64{it->wire});
    }
    last_in_branch_ = true;
}

/// The counter did not: what was held is how it goes on.
void Counter::confirm(BlindSpans& blind) {
    const auto branch = std::move(branch_);
    const std::vector<Held>& packets = branch->packets;
    for (const Held& h : branch->strays)
        settle(h, blind);
    std::size_t i = 0;
    if (!branch->jump) {
        begin(packets[0].wire, packets[0].time, packets[0].index);
        i = 1;
    }
    TimeNs before = branch->before;
    for (; i < packets.size(); ++i) {
        const Held& h = packets[i];
        apply(seq::extend(branch->jump && i == 0 ? h.number : track_.instances.back().highest,
                          h.wire),
              h.time, before, blind);
        before = h.time;
    }
}

void Counter::judge(std::uint32_t wire, TimeNs time, std::uint64_t index, BlindSpans& blind) {
    if (track_.instances.empty()) {
        begin(wire, time, index);
        last_ = wire;
        return;
    }
    const Instance& now = track_.instances.back();
    const Held packet{wire, seq::extend(now.highest, wire), time, index};
    const bool again = wire == last_;
    last_ = wire;
    const int fit = rank(packet.number);
    if (branch_ == nullptr) {
        last_in_branch_ = fit == kMisfit && !again;
        if (last_in_branch_)
            open_branch(packet);
        else
            apply(packet.number, time, now.last_time, blind);
        return;
    }
    Branch& b = *branch_;
    const Seq64 own = seq::extend(b.highest, wire);
    const Seq64 above = own - b.highest;
    const Seq64 front = b.packets.front().wire;
    // Seen already, or just before it began: better there than nowhere.
    const int below = above <= -kShortJump || own < front - kStart ? kMisfit
                      : own >= front && !b.holds(wire)             ? 1
                                                                   : 2;
    const int branch_fit = above > 0 ? rank_above(above) : below;
    if (again ? last_in_branch_ : branch_fit < fit) {
        last_in_branch_ = true;
        b.packets.push_back(packet);
        b.highest = std::max(b.highest, own);
        if (b.packets.size() >= kConfirmed) confirm(blind);
        return;
    }
    if (fit == kMisfit && !again) {
        stray(packet, blind);
        return;
    }
    last_in_branch_ = false;
    settle(packet, blind);
    if (packet.number > b.old_highest && ++b.progress >= kWentOn) fold(blind);
}

void Counter::end(BlindSpans& blind) {
    if (branch_ == nullptr) return;
    const Branch& b = *branch_;
    const std::size_t packets = b.packets.size();
    const Held& head = b.packets.front();
    const std::size_t needed = b.jump           ? (head.number - b.old_highest <= kFarJump ? 1 : 2)
                               : head.wire <= 1 ? 3
                               : head.wire <= kStart ? 8
                                                     : kConfirmed;
    if (packets >= needed && b.progress < kWentOn)
        confirm(blind);
    else
        fold(blind);
}

} // namespace lacuna::path
