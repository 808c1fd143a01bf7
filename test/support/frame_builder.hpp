// Frames for the decoder's tests, put together by hand: each function returns the octets of one
// header with what it carries behind it. Shares nothing with lib/wire nor with pcapgen.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

namespace lacuna::test {

using Bytes = std::vector<std::uint8_t>;

inline Bytes operator+(Bytes a, const Bytes& b) {
    // Octet by octet: GCC 12 sees an overflow in insert() of a list it knows, where there is none.
    for (const std::uint8_t octet : b)
        a.push_back(octet);
    return a;
}

/// `v` as `n` octets, most significant first.
inline Bytes be(std::uint64_t v, int n) {
    Bytes out;
    for (int i = n - 1; i >= 0; --i)
        out.push_back(static_cast<std::uint8_t>(i < 8 ? v >> (8 * i) : 0));
    return out;
}
inline Bytes octets(std::size_t n, std::uint8_t value = 0xA5) {
    return Bytes(n, value);
}

inline const Bytes kDstMac{0x02, 0, 0, 0, 0, 0x01};
inline const Bytes kSrcMac{0x02, 0x11, 0x22, 0x33, 0x44, 0x55};

// Link layers. `type` is an EtherType or an 802.3 length.
inline Bytes eth(unsigned type, const Bytes& inner = {}) {
    return kDstMac + kSrcMac + be(type, 2) + inner;
}
inline Bytes tag(unsigned type, const Bytes& inner = {}, unsigned tci = 0x2064) {
    return be(tci, 2) + be(type, 2) + inner;
}
inline Bytes label(bool bottom, const Bytes& inner = {}) {
    return be(0x12345u << 12 | (bottom ? 0x100u : 0u) | 64, 4) + inner;
}
inline Bytes snap(unsigned type, const Bytes& inner = {}, unsigned oui = 0) {
    return Bytes{0xAA, 0xAA, 0x03} + be(oui, 3) + be(type, 2) + inner;
}
inline Bytes sll(unsigned protocol, const Bytes& inner = {}, unsigned address_length = 6,
                 unsigned arphrd = 1) {
    return be(0, 2) + be(arphrd, 2) + be(address_length, 2) + kSrcMac + be(0, 2) + be(protocol, 2)
           + inner;
}
inline Bytes sll2(unsigned protocol, const Bytes& inner = {}, unsigned address_length = 6,
                  unsigned arphrd = 1) {
    return be(protocol, 2) + be(0, 2) + be(7, 4) + be(arphrd, 2) + be(0, 1) + be(address_length, 1)
           + kSrcMac + be(0, 2) + inner;
}

// MACsec. Bits of the first octet, IEEE 802.1AE-2018 figure 9-2.
inline constexpr unsigned V = 0x80, ES = 0x40, SC = 0x20, SCB = 0x10, E = 0x08, C = 0x04;
inline constexpr std::uint64_t kSci = 0x0200000070010001;

/// The SecTAG from its TCI on; the SCI is written only with SC in `tci_an`.
inline Bytes sectag(unsigned tci_an, std::uint32_t pn, const Bytes& inner = {},
                    std::uint64_t sci = kSci, unsigned short_length = 0) {
    const Bytes explicit_sci = (tci_an & SC) != 0 ? be(sci, 8) : Bytes{};
    return be(tci_an, 1) + be(short_length, 1) + be(pn, 4) + explicit_sci + inner;
}
/// User data and ICV nobody can read.
inline Bytes sealed() {
    return octets(24);
}

// IP. Addresses are fixed where a test does not choose them.
inline constexpr std::uint32_t kSrc4 = 0x0A000001, kDst4 = 0x0A000002; // 10.0.0.1 -> 10.0.0.2
inline constexpr std::uint32_t kGroup4 = 0xEF010203;                   // 239.1.2.3

struct Ipv4 {
    std::uint32_t src = kSrc4;
    std::uint32_t dst = kDst4;
    Bytes options{};       ///< a multiple of four octets
    unsigned fragment = 0; ///< flags and offset field
    int total = -1;        ///< total length field; -1: what it is
    int ihl = -1;          ///< header length field; -1: what it is
    unsigned version = 4;
};
inline Bytes ipv4(unsigned protocol, const Bytes& inner = {}, const Ipv4& o = {}) {
    const std::size_t header = 20 + o.options.size();
    const unsigned ihl =
        o.ihl < 0 ? static_cast<unsigned>(header / 4) : static_cast<unsigned>(o.ihl);
    const std::size_t total =
        o.total < 0 ? header + inner.size() : static_cast<std::size_t>(o.total);
    return be(o.version << 4 | ihl, 1) + be(0, 1) + be(total, 2) + be(0x1234, 2) + be(o.fragment, 2)
           + be(64, 1) + be(protocol, 1) + be(0, 2) + be(o.src, 4) + be(o.dst, 4) + o.options
           + inner;
}

/// 2001:db8::`low`.
inline Bytes doc6(std::uint16_t low) {
    return be(0x20010DB8, 4) + Bytes(10, 0) + be(low, 2);
}
/// ff0e::`low`.
inline Bytes group6(std::uint16_t low) {
    return be(0xFF0E, 2) + Bytes(12, 0) + be(low, 2);
}
struct Ipv6 {
    Bytes src = doc6(1);
    Bytes dst = doc6(2);
    int payload = -1; ///< payload length field; -1: what it is
    unsigned version = 6;
};
inline Bytes ipv6(unsigned next, const Bytes& inner = {}, const Ipv6& o = {}) {
    const std::size_t payload = o.payload < 0 ? inner.size() : static_cast<std::size_t>(o.payload);
    return be(std::uint64_t{o.version} << 28, 4) + be(payload, 2) + be(next, 1) + be(64, 1) + o.src
           + o.dst + inner;
}
/// An IPv6 extension header of 8 * (`more` + 1) octets.
inline Bytes extension(unsigned next, const Bytes& inner = {}, unsigned more = 0) {
    return be(next, 1) + be(more, 1) + octets(6 + std::size_t{8} * more, 0) + inner;
}
/// Fragment header; `offset` counts octets.
inline Bytes fragment6(unsigned next, unsigned offset, bool more, const Bytes& inner = {}) {
    return be(next, 1) + be(0, 1) + be(offset | (more ? 1u : 0u), 2) + be(0xBEEF, 4) + inner;
}

// IPsec.
inline Bytes esp(std::uint32_t spi, std::uint32_t seq, const Bytes& inner = octets(20)) {
    return be(spi, 4) + be(seq, 4) + inner;
}
/// `words`: the length field, 32-bit words less two; an ICV of 12 octets has 4.
inline Bytes ah(unsigned next, std::uint32_t spi, std::uint32_t seq, const Bytes& inner = {},
                unsigned words = 4, std::size_t icv = 12) {
    return be(next, 1) + be(words, 1) + be(0, 2) + be(spi, 4) + be(seq, 4) + octets(icv) + inner;
}
/// `length`: the length field; -1: what it is.
inline Bytes udp(unsigned from, unsigned to, const Bytes& inner = {}, int length = -1) {
    const std::size_t n = length < 0 ? 8 + inner.size() : static_cast<std::size_t>(length);
    return be(from, 2) + be(to, 2) + be(n, 2) + be(0, 2) + inner;
}

} // namespace lacuna::test
