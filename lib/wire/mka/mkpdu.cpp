#include "wire/mka/mkpdu.hpp"

#include "base/endian.hpp"

#include <algorithm>
#include <cstring>

namespace lacuna::wire {
namespace {

constexpr std::uint8_t kMka = 5;
constexpr std::size_t kSetHeader = 4;
/// SCI, member identifier, message number, algorithm agility: the basic set before the CKN.
constexpr std::size_t kBasicBody = 8 + 12 + 4 + 4;
constexpr std::size_t kPeer = 12 + 4;

enum SetType : std::uint8_t {
    kLivePeers = 1,
    kPotentialPeers = 2,
    kSakUse = 3,
    kDistributedSak = 4,
    kXpn = 8,
};

/// A parameter set: its header of four octets, and as much of its body as is there.
struct Set {
    const std::uint8_t* header;
    const std::uint8_t* body;
    std::size_t length;
};

std::size_t body_length(const std::uint8_t* header) {
    return load_be16(header + 2) & 0x0FFFu;
}

/// 11.11.3: key server, number and lowest acceptable PN of a key, 20 octets.
MkaKey key_of(const std::uint8_t* body, unsigned flags) {
    MkaKey key;
    key.number = load_be32(body + 12);
    key.lowest_pn = load_be32(body + 16);
    key.an = flags >> 2 & 3;
    key.tx = (flags & 2) != 0;
    key.rx = (flags & 1) != 0;
    return key;
}

void read_sak_use(const Set& set, Mkpdu& out) {
    constexpr std::size_t kBody = 40;
    const unsigned flags = set.header[1];
    out.uses = true;
    out.plain_tx = (set.header[2] & 0x80) != 0;
    out.plain_rx = (set.header[2] & 0x40) != 0;
    out.delay_protect = (set.header[2] & 0x10) != 0;
    if (set.length < kBody) return; // no key in use
    out.latest = key_of(set.body, flags >> 4);
    out.old = key_of(set.body + kBody / 2, flags & 0x0F);
}

/// 11.11.4: without a cipher suite it is the default one.
void read_distributed_sak(const Set& set, Mkpdu& out) {
    constexpr std::size_t kDefault = 4 + 24, kSuite = 4 + 8;
    if (set.length < kDefault) return;
    out.distributes = true;
    out.distributed_an = set.header[1] >> 6;
    out.distributed_number = load_be32(set.body);
    out.cipher_suite = set.length == kDefault ? kGcmAes128 : load_be64(set.body + kSuite - 8);
}

/// The upper halves of the lowest acceptable PNs, beside the lower ones of the SAK Use set.
void read_xpn(const Set& set, Mkpdu& out) {
    if (set.length < 8 || !out.uses) return;
    out.latest.lowest_pn |= std::uint64_t{load_be32(set.body)} << 32;
    out.old.lowest_pn |= std::uint64_t{load_be32(set.body + 4)} << 32;
}

std::uint8_t peers_in(const Set& set) {
    return static_cast<std::uint8_t>(std::min<std::size_t>(set.length / kPeer, 255));
}

void read_set(const Set& set, Mkpdu& out) {
    switch (set.header[0]) {
    case kLivePeers:
        out.live_peers = peers_in(set);
        break;
    case kPotentialPeers:
        out.potential_peers = peers_in(set);
        break;
    case kSakUse:
        read_sak_use(set, out);
        break;
    case kDistributedSak:
        read_distributed_sak(set, out);
        break;
    case kXpn:
        read_xpn(set, out);
        break;
    default:
        break; // keys of group CAKs, announcements, the integrity check value
    }
}

} // namespace

bool read_mkpdu(const std::uint8_t* data, std::size_t size, Mkpdu& out) {
    constexpr std::size_t kEapol = 4;
    if (size < kEapol + kSetHeader + kBasicBody + 1 || data[1] != kMka) return false;
    std::size_t left = std::min<std::size_t>(size - kEapol, load_be16(data + 2));
    const std::uint8_t* p = data + kEapol;
    if (left < kSetHeader + kBasicBody) return false;
    const std::size_t basic = body_length(p);
    if (basic <= kBasicBody || basic - kBasicBody > out.ckn.octet.size()
        || left < kSetHeader + basic)
        return false;

    out = {};
    out.version = p[0];
    out.priority = p[1];
    out.key_server = (p[2] & 0x80) != 0;
    out.desired = (p[2] & 0x40) != 0;
    out.capability = p[2] >> 4 & 3;
    out.sci = load_be64(p + 4);
    std::memcpy(out.member.data(), p + 12, out.member.size());
    out.message = load_be32(p + 24);
    out.ckn.octets = static_cast<std::uint8_t>(basic - kBasicBody);
    std::memcpy(out.ckn.octet.data(), p + 32, out.ckn.octets);

    for (std::size_t length = basic;;) {
        const std::size_t padded = kSetHeader + ((length + 3) & ~std::size_t{3});
        if (left < padded + kSetHeader) return true;
        p += padded;
        left -= padded;
        length = body_length(p);
        if (left < kSetHeader + length) return true; // the integrity check value, or cut
        read_set({p, p + kSetHeader, length}, out);
    }
}

} // namespace lacuna::wire
