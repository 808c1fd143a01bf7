// IPFIX (RFC 7011): which templates its records follow, and how long these are.
#pragma once

#include "wire/layer/ip.hpp"
#include "wire/record_sets.hpp"

namespace lacuna::wire {

inline constexpr unsigned kIpfixVersion = 10;
inline constexpr std::size_t kIpfixHeader = 16;
inline constexpr std::size_t kIpfixSetHeader = 4;
inline constexpr std::uint16_t kIpfixTemplates = 2;
inline constexpr std::uint16_t kIpfixOptions = 3; ///< templates of options
inline constexpr std::uint16_t kFirstTemplate = 256;

/// `ipfix-<observation domain>-<src>`, and what it tells of records.
inline IdentityWords ipfix_identity(const Context& ctx, std::uint32_t domain,
                                    const RecordSets& sets) {
    IdentityWords id = sender_identity(ctx.ip, Protocol::ipfix, domain);
    std::memcpy(id.src, &sets, sizeof sets);
    return id;
}

/// Collects sets until an observation is full.
class IpfixSets {
public:
    /// False: no room.
    bool add(std::uint16_t id, std::size_t octets) {
        const auto at = std::find_if(sets_.begin(), sets_.end(),
                                     [id](const RecordSet& s) { return s.id == id || s.id == 0; });
        if (at == sets_.end()) return false;
        at->id = id;
        at->octets = static_cast<std::uint16_t>(std::min<std::size_t>(at->octets + octets, 0xFFFF));
        return true;
    }
    bool empty() const { return sets_[0].id == 0; }
    const RecordSets& sets() const { return sets_; }

private:
    RecordSets sets_ = {};
};

/// The templates of a set (RFC 7011 3.4): id, count of fields, of options also how many are the
/// scope; of each field its element, its length and, with the top bit, an enterprise number.
inline void ipfix_templates(Context& ctx, std::uint32_t domain, const std::uint8_t* p,
                            std::size_t size, bool options) {
    const std::size_t head = options ? 6 : 4;
    IpfixSets found;
    const auto tell = [&] {
        // Room is left for the message itself.
        if (!found.empty() && ctx.observations() + 1 < kMaxSasPerFrame)
            ctx.observe(Protocol::ipfix, ipfix_identity(ctx, domain, found.sets()),
                        record_seq(RecordNews::templates, 0), kRun);
        found = {};
    };
    while (size >= head) {
        const std::uint16_t id = load_be16(p);
        const unsigned fields = load_be16(p + 2);
        p += head;
        size -= head;
        std::size_t octets = 0;
        bool variable = false;
        for (unsigned i = 0; i < fields; ++i) {
            const std::size_t field = size >= 4 && (p[0] & 0x80) != 0 ? 8 : 4;
            if (size < field) return tell();
            const std::size_t length = load_be16(p + 2);
            variable = variable || length == kVariableRecord;
            octets += length;
            p += field;
            size -= field;
        }
        if (id < kFirstTemplate || octets == 0) continue; // withdrawn, or padding
        if (variable) octets = kVariableRecord;
        if (!found.add(id, octets)) {
            tell();
            found.add(id, octets);
        }
    }
    tell();
}

/// Version, length, time, number of the records before it, observation domain (3.1); then sets: id,
/// length, content.
[[gnu::noinline]] inline Step ipfix(Context& ctx, const Cursor& at) {
    if (!ctx.wants(Protocol::ipfix) || at.size() < kIpfixHeader) return ctx.other(Role::ipfix);
    const std::uint8_t* p = at.data();
    const std::size_t length = load_be16(p + 2);
    if (length < kIpfixHeader) return ctx.other(Role::ipfix);
    const std::uint32_t domain = load_be32(p + 12);
    IpfixSets data;
    bool known = length <= at.size();
    for (std::size_t i = kIpfixHeader; known && i + kIpfixSetHeader <= length;) {
        const std::uint16_t id = load_be16(p + i);
        const std::size_t octets = load_be16(p + i + 2);
        if (octets < kIpfixSetHeader || i + octets > length) {
            known = false;
            break;
        }
        const std::size_t body = octets - kIpfixSetHeader;
        if (id == kIpfixTemplates || id == kIpfixOptions)
            ipfix_templates(ctx, domain, p + i + kIpfixSetHeader, body, id == kIpfixOptions);
        else if (id >= kFirstTemplate)
            known = data.add(id, body);
        i += octets;
    }
    if (!known) data = {};
    ctx.observe(Protocol::ipfix, ipfix_identity(ctx, domain, data.sets()),
                record_seq(known ? RecordNews::message : RecordNews::unknown, load_be32(p + 8)),
                kRun);
    return Step::done();
}

} // namespace lacuna::wire
