#include "model/link.hpp"

#include <algorithm>

namespace model {

Identity& Link::identity(const Step& step) {
    const std::array<std::uint32_t, 3> key{step.kind, step.name, step.part};
    if (const auto known = index_.find(key); known != index_.end())
        return *held_[known->second].identity;
    // An SPI's new destination: the peer moved, if the numbers go on.
    if (step.kind == Step::esp)
        for (std::size_t at = 0; at < held_.size(); ++at)
            if (held_[at].named.kind == Step::esp && held_[at].named.name == step.name
                && held_[at].identity->continues(step.source, step.number)) {
                index_[key] = at;
                return *held_[at].identity;
            }
    index_[key] = held_.size();
    held_.push_back(
        {{step.kind, step.name, step.part, {}}, std::make_unique<Identity>(memory_, returns_)});
    return *held_.back().identity;
}

void Link::packet(const Step& step) {
    if (step.drops_from <= step.drops_to && (drops_.empty() || drops_.back().to != step.drops_to))
        drops_.push_back({step.drops_from, step.drops_to});
    Identity& id = identity(step);
    const int path = static_cast<int>(step.part) % kPaths;
    const int source = step.kind == Step::esp ? step.source * kPaths + path : step.source;
    const std::int64_t high = id.highest();
    if (step.kind != Step::macsec) {
        id.packet({0, step.number, source, step.time, &drops_, drops_.size()});
        return;
    }
    Channel& channel = channels_[step.name];
    const int an = static_cast<int>(step.part);
    channel.an.at(step.part) = &id;
    id.stand_by(channel.active >= 0 && channel.active != an);
    id.packet({0, step.number, source, step.time, &drops_, drops_.size()});
    follow(channel, an, id.highest() > high, id.last_repeated());
}

/// Which AN is active.
void Link::follow(Channel& c, int an, bool rose, bool repeated) {
    if (rose || !repeated) {
        c.run = !rose ? 0 : c.run_an == an ? c.run + 1 : 1;
        c.run_an = an;
    }
    if (rose && an == c.active)
        for (std::size_t other = 0; other < kAns; ++other)
            if (c.an[other] != nullptr && static_cast<int>(other) != an) c.an[other]->other_rose();
    const std::size_t at = static_cast<std::size_t>(an);
    if (const std::size_t n = c.an[at]->take_restarts(); n != 0) {
        if (an != c.active) reused_ans_ += n;
        activate(c, an, true);
    }
    if (c.run >= kRun && c.run_an == an && !c.had[at]) activate(c, an, c.active >= 0);
}

void Link::activate(Channel& c, int an, bool counts) {
    c.rekeys += counts ? 1 : 0;
    c.active = an;
    c.had[static_cast<std::size_t>(an)] = true;
}

void Link::end() {
    for (auto& [name, c] : channels_)
        for (std::size_t an = 0; an < kAns; ++an)
            if (c.an[an] != nullptr)
                c.an[an]->stand_by(c.active >= 0 && c.active != static_cast<int>(an));
    for (Held& h : held_)
        h.identity->end();
    for (auto& [name, c] : channels_)
        for (std::size_t an = 0; an < kAns; ++an) {
            if (c.an[an] == nullptr) continue;
            const std::size_t n = c.an[an]->take_restarts();
            c.rekeys += n;
            if (c.active >= 0 && c.active != static_cast<int>(an)) reused_ans_ += n;
        }
}

std::vector<Link::Result> Link::results() const {
    std::vector<Result> out;
    for (const Held& h : held_) {
        out.push_back(h.named);
        out.back().rows = h.identity->rows();
    }
    return out;
}

std::uint64_t Link::rekeys(std::uint32_t channel) const {
    const auto c = channels_.find(channel);
    return c == channels_.end() ? 0 : c->second.rekeys;
}

std::uint64_t Link::rekeys() const {
    std::uint64_t sum = 0;
    for (const auto& [name, c] : channels_)
        sum += c.rekeys;
    return sum;
}

} // namespace model
