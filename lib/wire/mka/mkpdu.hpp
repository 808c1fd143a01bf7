// One MKPDU (IEEE 802.1X-2020 11.11): its parameter sets travel in clear, only keys are wrapped.
#pragma once

#include "base/types.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace lacuna::wire {

/// A connectivity association key's name: 1 to 32 octets, unused ones zero.
struct Ckn {
    std::array<std::uint8_t, 32> octet = {};
    std::uint8_t octets = 0;

    friend bool operator==(const Ckn&, const Ckn&) = default;
};

/// A member identifier: what a participant calls itself until it begins anew (9.4.2).
using MemberId = std::array<std::uint8_t, 12>;

/// Cipher suites (IEEE 802.1AE-2018 14.1) by their 64-bit identifiers.
inline constexpr std::uint64_t kGcmAes128 = 0x0080C20001000001;
inline constexpr std::uint64_t kGcmAes256 = 0x0080C20001000002;
inline constexpr std::uint64_t kGcmAesXpn128 = 0x0080C20001000003;
inline constexpr std::uint64_t kGcmAesXpn256 = 0x0080C20001000004;
/// Before they were renumbered (IEEE 802.1AE-2006).
inline constexpr std::uint64_t kGcmAes128Of2006 = 0x0080020001000001;

constexpr bool is_xpn(std::uint64_t cipher_suite) {
    return cipher_suite == kGcmAesXpn128 || cipher_suite == kGcmAesXpn256;
}

/// A key as the MACsec SAK Use set tells of it (11.11.3).
struct MkaKey {
    std::uint32_t number = 0;    ///< counts the keys of a key server; 0: none
    std::uint8_t an = 0;         ///< association number it is used under
    bool tx = false;             ///< the participant sends with it
    bool rx = false;             ///< and receives
    std::uint64_t lowest_pn = 0; ///< lowest acceptable PN of the receiver; with XPN its 64 bits

    /// The same key, whatever has become of it.
    bool is(const MkaKey& o) const { return number == o.number && an == o.an; }
};

/// What one MKPDU says.
struct Mkpdu {
    Ckn ckn;
    std::uint64_t sci = 0; ///< of the sender
    MemberId member = {};
    std::uint32_t message = 0;   ///< counts the MKPDUs of a member
    std::uint8_t version = 0;    ///< of MKA
    std::uint8_t priority = 0;   ///< for the election of the key server, 0 first
    bool key_server = false;     ///< the sender holds itself for the key server
    bool desired = false;        ///< MACsec is desired
    std::uint8_t capability = 0; ///< 0 none, 1 integrity, 2 and confidentiality, 3 with offsets
    std::uint8_t live_peers = 0; ///< at most 255
    std::uint8_t potential_peers = 0; ///< at most 255
    bool uses = false;                ///< a MACsec SAK Use set is there: the next five
    bool plain_tx = false;            ///< sends unprotected
    bool plain_rx = false;            ///< receives unprotected
    bool delay_protect = false;       ///< PNs are reported so that delayed frames are refused
    MkaKey latest;
    MkaKey old;
    bool distributes = false; ///< a Distributed SAK set with a key is there: the next three
    std::uint8_t distributed_an = 0;
    std::uint32_t distributed_number = 0;
    std::uint64_t cipher_suite = 0;
};

/// Reads the `size` octets behind an EtherType of MKA, EAPOL header included. False: no MKPDU, or
/// cut before its basic parameter set ends. A set that is cut ends it; what stood before counts.
/// Reads nothing beyond `size`.
bool read_mkpdu(const std::uint8_t* data, std::size_t size, Mkpdu& out);

} // namespace lacuna::wire
