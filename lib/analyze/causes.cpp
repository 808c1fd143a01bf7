#include "analyze/causes.hpp"

#include "analyze/marks.hpp"

#include <algorithm>
#include <array>

namespace lacuna::analyze {
namespace {

/// Most octets of a frame in each class of sizes but the last, as RMON has them (RFC 2819).
constexpr std::array<std::uint32_t, 6> kMostOctets{64, 127, 255, 511, 1023, 1518};

std::string octets_of(const wire::SaIdentity& id) {
    return {reinterpret_cast<const char*>(&id), sizeof id};
}

/// What tells one packet from all others. Numbers of a listing are extended: the low half is the
/// packet's.
std::string packet_key(const wire::SaIdentity& id, std::uint32_t number, TimeNs time) {
    std::string key = octets_of(common_identity(id));
    key.append(reinterpret_cast<const char*>(&number), sizeof number);
    key.append(reinterpret_cast<const char*>(&time), sizeof time);
    return key;
}

template <typename Map>
std::vector<CauseClass> classes(const Map& counts) {
    std::vector<CauseClass> list;
    for (const auto& [value, n] : counts)
        list.push_back({value, value, n.received, n.late});
    return list;
}

} // namespace

CauseCounter::CauseCounter(const std::vector<flow::Event>& late,
                           const std::vector<wire::SaIdentity>& only)
    : size_(kMostOctets.size() + 1) {
    for (const flow::Event& e : late)
        late_.insert(packet_key(e.id, static_cast<std::uint32_t>(e.a), e.time));
    for (const wire::SaIdentity& id : only)
        only_.insert(octets_of(common_identity(id)));
}

void CauseCounter::look(const wire::Frame& frame, std::span<const wire::Observation> tracked) {
    for (const wire::Observation& o : tracked) {
        if (!wire::is_link(o.id.key.protocol)) continue;
        if (!only_.empty() && only_.count(octets_of(common_identity(o.id))) == 0) continue;
        const bool late = late_.count(packet_key(o.id, o.seq32(), frame.time)) != 0;
        const auto add = [late](Counts& to) {
            ++to.received;
            to.late += late ? 1 : 0;
        };
        const Marks marks = marks_of(frame);
        if (marks.dscp) add(dscp_[*marks.dscp]);
        if (marks.pcp) add(pcp_[*marks.pcp]);
        if (!marks.dscp && !marks.pcp) ++unmarked_;
        const auto size = std::lower_bound(kMostOctets.begin(), kMostOctets.end(), frame.wirelen);
        add(size_[static_cast<std::size_t>(size - kMostOctets.begin())]);
    }
}

Causes CauseCounter::causes() const {
    Causes causes;
    causes.dscp = classes(dscp_);
    causes.pcp = classes(pcp_);
    causes.unmarked = unmarked_;
    for (std::size_t i = 0; i < size_.size(); ++i)
        if (size_[i].received != 0)
            causes.size.push_back({i != 0 ? kMostOctets[i - 1] + 1 : 0,
                                   i < kMostOctets.size() ? kMostOctets[i] : UINT32_MAX,
                                   size_[i].received, size_[i].late});
    return causes;
}

} // namespace lacuna::analyze
