#include "path/compare/sightings.hpp"

#include "path/compare/match.hpp"

#include <algorithm>
#include <cstring>
#include <map>

namespace lacuna::path {
namespace {

/// SAs of one SPI that are looked at for one that changed its destination. More come from somebody
/// who gives all peers the same SPI.
constexpr std::size_t kMostOfSpi = 32;
/// The delay between two taps varies by no more, or by no more than this share of the time
/// compared: else the numbers are those of two senders.
constexpr TimeNs kMostVariation = 2'000'000'000;
constexpr TimeNs kVariationShare = 20;

std::vector<Sightings> by_identity(std::span<const Tap> taps) {
    Sightings all;
    for (std::size_t t = 0; t < taps.size(); ++t)
        for (std::uint32_t n = 0; n < taps[t].sas.size(); ++n)
            all.push_back({t, n});
    const auto compare = [&](const Sighting& a, const Sighting& b) {
        return std::memcmp(&taps[a.tap].sas.id(a.sa), &taps[b.tap].sas.id(b.sa),
                           sizeof(wire::SaIdentity));
    };
    std::sort(all.begin(), all.end(), [&](const Sighting& a, const Sighting& b) {
        const int order = compare(a, b);
        return order != 0 ? order < 0 : a.tap < b.tap;
    });
    std::vector<Sightings> list;
    for (auto it = all.begin(); it != all.end();) {
        const auto end =
            std::find_if(it, all.end(), [&](const Sighting& s) { return compare(*it, s) != 0; });
        list.emplace_back(it, end);
        it = end;
    }
    return list;
}

bool chosen_by_receiver(Protocol p) {
    return p == Protocol::esp || p == Protocol::ah || p == Protocol::wireguard
           || p == Protocol::nebula;
}

/// Whether two lives may be one: of numbers that both may have seen, as far as times tell.
bool agree(const Instance& a, const Instance& b) {
    const Seq64 shift = shift_between(a, b);
    if (std::min(a.highest, b.highest + shift) < std::max(a.first, b.first + shift)) return false;
    const std::vector<TimeNs> delays = common_delays(a, b, shift);
    if (delays.size() < 2)
        return std::min(a.last_time, b.last_time) >= std::max(a.first_time, b.first_time);
    const auto [least, most] = std::minmax_element(delays.begin(), delays.end());
    const TimeNs length = a.last_time > a.first_time ? a.last_time - a.first_time : 0;
    return *most - *least <= std::max(kMostVariation, length / kVariationShare);
}

bool agree(std::span<const Tap> taps, const Sightings& a, const Sightings& b) {
    for (const Sighting& x : a)
        for (const Sighting& y : b) {
            if (x.tap == y.tap) return false;
            const auto& lives = taps[x.tap].tracks[x.sa].instances;
            const auto& others = taps[y.tap].tracks[y.sa].instances;
            const bool any = std::any_of(lives.begin(), lives.end(), [&](const Instance& life) {
                return std::any_of(others.begin(), others.end(),
                                   [&](const Instance& other) { return agree(life, other); });
            });
            if (!any) return false;
        }
    return true;
}

void join_translated(std::span<const Tap> taps, std::vector<Sightings>& list) {
    std::map<std::pair<Protocol, std::uint32_t>, std::vector<std::size_t>> of_spi;
    for (std::size_t i = 0; i < list.size(); ++i) {
        const Sighting& s = list[i].front();
        const wire::SaKey& key = taps[s.tap].sas.id(s.sa).key;
        if (list[i].size() < taps.size() && chosen_by_receiver(key.protocol))
            of_spi[{key.protocol, key.spi}].push_back(i);
    }
    for (const auto& [spi, members] : of_spi) {
        if (members.size() < 2 || members.size() > kMostOfSpi) continue;
        for (std::size_t i = 0; i < members.size(); ++i) {
            Sightings& one = list[members[i]];
            for (std::size_t j = i + 1; j < members.size() && !one.empty(); ++j) {
                Sightings& other = list[members[j]];
                if (other.empty() || !agree(taps, one, other)) continue;
                one.insert(one.end(), other.begin(), other.end());
                other.clear();
            }
            std::sort(one.begin(), one.end(),
                      [](const Sighting& a, const Sighting& b) { return a.tap < b.tap; });
        }
    }
    std::erase_if(list, [](const Sightings& s) { return s.empty(); });
}

} // namespace

std::vector<Sightings> find_sightings(std::span<const Tap> taps) {
    std::vector<Sightings> list = by_identity(taps);
    join_translated(taps, list);
    return list;
}

} // namespace lacuna::path
