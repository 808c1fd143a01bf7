#include "flow/figures/silences.hpp"

#include "flow/period.hpp"
#include "flow/tracker.hpp"

#include <algorithm>
#include <map>

namespace lacuna::flow {
namespace {

using Place = Silences::Place;

struct Life {
    SaSummary sa;
    Place place;
};

/// The SAs of the same peers, for those peers that matter.
using Lives = std::map<Peers, std::vector<Life>>;

void each_row(const std::vector<const Tracker*>& shards, const auto& fn) {
    for (std::uint32_t shard = 0; shard < shards.size(); ++shard)
        for (std::uint32_t row = 0; row < shards[shard]->row_limit(); ++row)
            if (shards[shard]->row_used(row)) fn(*shards[shard], Place{shard, row});
}

/// Whether another of `lives` replaced the one of `id` that began at `row`, and had sent its last
/// packet at `last`.
bool replaced(const std::vector<Life>& lives, const wire::SaIdentity& id, TimeNs row, TimeNs last,
              std::uint64_t longer) {
    return std::any_of(lives.begin(), lives.end(), [&](const Life& l) {
        const bool other = !(l.sa.id == id) || l.sa.first_time != row;
        return other && replaces(l.sa.first_time, l.sa.last_time, last, longer);
    });
}

/// Whether key agreement says that the association of `s` is in use no more: its sender names its
/// keys, and none it sends with has this AN.
bool retired(const SaSummary& s, const wire::KeyAgreement* mka) {
    if (mka == nullptr || s.id.key.protocol != Protocol::macsec) return false;
    std::uint64_t sci = 0;
    for (std::size_t i = 0; i < 8; ++i)
        sci = sci << 8 | s.source.key.addr[i];
    const auto sends = [&s](const wire::MkaKey& key) {
        return key.number != 0 && key.tx && key.an == s.id.key.an;
    };
    bool told = false;
    for (const wire::MkaParticipant& p : mka->participants()) {
        if (p.sci != sci || !p.last.uses || p.last_time <= s.last_time) continue;
        told = true;
        if (sends(p.last.latest) || sends(p.last.old)) return false;
    }
    return told;
}

} // namespace

Silences::Silences(const std::vector<const Tracker*>& shards, const Quiet& end, TimeNs after,
                   const wire::KeyAgreement* mka) {
    if (after == 0) return;
    const auto least = static_cast<std::uint64_t>(after);
    // What matters is rare: only those that have been quiet for long are looked at closely.
    std::vector<Life> quiet;
    std::vector<Event> pauses;
    Lives lives;
    Life life;
    each_row(shards, [&](const Tracker& t, Place place) {
        if (!end.known() || elapsed(t.last_time(place.row), end.now) < least) return;
        t.summarize(place.row, life.sa);
        life.place = place;
        if (!wire::is_link(life.sa.id.key.protocol)) return;
        if (life.sa.silent == 0
            && elapsed(std::max(life.sa.last_time, end.heard_since), end.now)
                   < silence_limit(life.sa.received, life.sa.sum_interarrival_ns, least))
            return;
        quiet.push_back(life);
        lives[peers_of(life.sa.source)];
    });
    for (const Tracker* t : shards)
        for (const Event& e : t->pauses())
            pauses.push_back(e);
    if (quiet.empty() && pauses.empty()) return;

    std::map<std::pair<wire::SaIdentity, TimeNs>, Peers,
             bool (*)(const std::pair<wire::SaIdentity, TimeNs>&,
                      const std::pair<wire::SaIdentity, TimeNs>&)>
        paused([](const auto& a, const auto& b) {
            const int order = std::memcmp(&a.first, &b.first, sizeof a.first);
            return order != 0 ? order < 0 : a.second < b.second;
        });
    for (const Event& e : pauses)
        paused[{e.id, e.row}];
    each_row(shards, [&](const Tracker& t, Place place) {
        const auto at = paused.find({t.identity(place.row), t.first_time(place.row)});
        if (at == paused.end()) return;
        at->second = peers_of(t.source(place.row));
        lives[at->second];
    });
    each_row(shards, [&](const Tracker& t, Place place) {
        const auto at = lives.find(peers_of(t.source(place.row)));
        if (at == lives.end()) return;
        t.summarize(place.row, life.sa);
        life.place = place;
        at->second.push_back(life);
    });

    const auto tell = [this](const SaSummary& s, TimeNs since, std::uint64_t limit) {
        events_.push_back({s.id, s.first_time, since + static_cast<TimeNs>(limit), 0, s.last_time,
                           static_cast<std::uint32_t>(s.restarts), EventKind::silent, 0, 0, 0});
    };
    for (const Life& l : quiet) {
        const SaSummary& s = l.sa;
        if (s.silent == 0) {
            if (replaced(lives[peers_of(s.source)], s.id, s.first_time, s.last_time,
                         mean_times(kGoesOnMeans, s.received, s.sum_interarrival_ns))
                || retired(s, mka))
                continue;
            tell(s, std::max(s.last_time, end.heard_since),
                 silence_limit(s.received, s.sum_interarrival_ns, least));
        }
        silent_.push_back(l.place);
    }
    for (const Event& e : pauses) {
        const Peers& peers = paused[{e.id, e.row}];
        // Its mean inter-arrival time counts the pause by now; its limit was taken before.
        const std::uint64_t longer =
            static_cast<std::uint64_t>(e.a) / (kSilenceMeans / kGoesOnMeans);
        if (replaced(lives[peers], e.id, e.row, e.b, longer)) continue;
        Event silence = e;
        silence.kind = EventKind::silent;
        silence.time = e.b + e.a;
        silence.a = 0;
        events_.push_back(silence);
        events_.push_back(e);
        events_.back().a = 0;
    }
    std::sort(silent_.begin(), silent_.end());
    std::stable_sort(events_.begin(), events_.end(),
                     [](const Event& a, const Event& b) { return a.time < b.time; });
}

bool Silences::silent(Place row) const {
    return std::binary_search(silent_.begin(), silent_.end(), row);
}

} // namespace lacuna::flow
