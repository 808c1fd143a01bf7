#include "wire/ike/negotiations.hpp"

#include "base/endian.hpp"

#include <algorithm>
#include <cstring>
#include <vector>

namespace lacuna::wire {
namespace {

/// A retransmission comes soon; what is looked at for it.
constexpr std::size_t kLookBack = 64;

bool same(const IkeMessage& a, const IkeMessage& b) {
    return a.header.initiator == b.header.initiator && a.header.message == b.header.message
           && a.header.exchange == b.header.exchange && a.header.flags == b.header.flags
           && a.header.responder == b.header.responder && a.family == b.family
           && std::memcmp(a.src, b.src, sizeof a.src) == 0
           && std::memcmp(a.dst, b.dst, sizeof a.dst) == 0;
}

} // namespace

bool read_ike(const std::uint8_t* data, std::size_t size, IkeHeader& out) {
    constexpr std::size_t kHeader = 28;
    if (size < kHeader) return false;
    const unsigned major = data[17] >> 4;
    if (major != 1 && major != 2) return false;
    out.initiator = load_be64(data);
    out.responder = load_be64(data + 8);
    out.version = data[17];
    out.exchange = data[18];
    out.flags = data[19];
    out.message = load_be32(data + 20);
    return out.initiator != 0;
}

const char* ike_exchange_name(std::uint8_t version, std::uint8_t exchange) {
    if (version >> 4 == 1) {
        switch (exchange) {
        case 1:
            return "base";
        case 2:
            return "main-mode";
        case 4:
            return "aggressive-mode";
        case 5:
            return "informational";
        case 32:
            return "quick-mode";
        default:
            return nullptr;
        }
    }
    switch (exchange) {
    case 34:
        return "IKE_SA_INIT";
    case 35:
        return "IKE_AUTH";
    case 36:
        return "CREATE_CHILD_SA";
    case 37:
        return "INFORMATIONAL";
    case 38:
        return "IKE_SESSION_RESUME";
    case 43:
        return "IKE_INTERMEDIATE";
    case 44:
        return "IKE_FOLLOWUP_KE";
    default:
        return nullptr;
    }
}

void Negotiations::add(const IkeMessage& m) {
    message_[total_++ % kMost] = m;
    kept_ = static_cast<std::uint32_t>(std::min<std::uint64_t>(total_, kMost));
}

void Negotiations::take(const std::uint8_t* data, std::size_t size, Family family,
                        const std::uint8_t* src, const std::uint8_t* dst, TimeNs time) {
    IkeMessage m;
    if (!read_ike(data, size, m.header)) return;
    m.family = family;
    const std::size_t octets = family == Family::ipv6 ? 16 : family == Family::ipv4 ? 4 : 0;
    if (octets != 0) {
        std::memcpy(m.src, src, octets);
        std::memcpy(m.dst, dst, octets);
    }
    m.first_time = m.last_time = time;
    m.copies = 1;
    // Version 1 sends several messages of an exchange under one id: only version 2 tells.
    const std::size_t back =
        m.header.version >> 4 == 2 ? std::min<std::size_t>(kept_, kLookBack) : 0;
    for (std::size_t i = 1; i <= back; ++i) {
        IkeMessage& was = message_[(total_ - i) % kMost];
        if (!same(was, m)) continue;
        was.last_time = time;
        ++was.copies;
        ++retransmitted_;
        return;
    }
    add(m);
}

Negotiations& Negotiations::operator+=(const Negotiations& o) {
    std::vector<IkeMessage> all(message_, message_ + kept_);
    std::uint64_t again = 0;
    for (const IkeMessage& m : o.messages()) {
        const auto was = m.header.version >> 4 == 2
                             ? std::find_if(all.begin(), all.end(),
                                            [&](const IkeMessage& e) { return same(e, m); })
                             : all.end();
        if (was == all.end()) {
            all.push_back(m);
            continue;
        }
        was->copies += m.copies;
        was->first_time = std::min(was->first_time, m.first_time);
        was->last_time = std::max(was->last_time, m.last_time);
        ++again;
    }
    // The latest of all are among the latest of each.
    const std::size_t kept = std::min(all.size(), kMost);
    std::partial_sort(
        all.begin(), all.begin() + static_cast<std::ptrdiff_t>(kept), all.end(),
        [](const IkeMessage& a, const IkeMessage& b) { return a.first_time > b.first_time; });
    std::copy_n(all.begin(), kept, message_);
    kept_ = static_cast<std::uint32_t>(kept);
    total_ += o.total_ - again;
    retransmitted_ += o.retransmitted_ + again;
    return *this;
}

} // namespace lacuna::wire
