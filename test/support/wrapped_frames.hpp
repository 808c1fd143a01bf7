// Headers that are wrapped around a packet, put together in code.
#pragma once

#include "support/decode_one.hpp"

namespace lacuna::test {

inline const char* const kEsp = "esp-00001001-10.0.0.2=9";
inline const char* const kTag = "macsec-0200000070010001-2=77";
inline const Bytes kPacket = ipv4(50, esp(0x1001, 9));
inline const Bytes kFrame = eth(0x0800, kPacket);
inline const Bytes kSecured = eth(0x88E5, sectag(SC | E | C | 2, 77, sealed()));
/// Of the outer header: never the identity.
inline const Ipv4 kOuter{.src = 0xC0000201, .dst = 0xC0000202};

inline Bytes over_ip(unsigned protocol, const Bytes& inner) {
    return eth(0x0800, ipv4(protocol, inner, kOuter));
}
inline Bytes over_udp(unsigned to, const Bytes& inner, unsigned from = 40000) {
    return over_ip(17, udp(from, to, inner));
}
inline Bytes gre(unsigned flags, unsigned type, const Bytes& inner) {
    Bytes header = be(flags, 2) + be(type, 2);
    if ((flags & 0x8000) != 0) header = header + be(0, 4);
    if ((flags & 0x2000) != 0) header = header + be(0x55, 4);
    if ((flags & 0x1000) != 0) header = header + be(7, 4);
    return header + inner;
}
inline Bytes vxlan(const Bytes& inner, unsigned flags = 0x08) {
    return be(flags, 1) + be(0, 3) + be(0x123400, 4) + inner;
}
inline Bytes geneve(unsigned type, const Bytes& inner, unsigned words = 0) {
    return be(words, 1) + be(0, 1) + be(type, 2) + be(0x123400, 4) + octets(words * 4u, 0) + inner;
}
inline Bytes gtp(const Bytes& inner, unsigned flags = 0x30, const Bytes& extra = {}) {
    return be(flags, 1) + be(255, 1) + be(extra.size() + inner.size(), 2) + be(0xABCD, 4) + extra
           + inner;
}
inline Bytes ppp(unsigned protocol, const Bytes& inner) {
    return be(protocol, 2) + inner;
}
inline Bytes pppoe(const Bytes& inner) {
    return be(0x1100, 2) + be(0x77, 2) + be(inner.size(), 2) + inner;
}
inline Bytes tcp(unsigned from, unsigned to, const Bytes& payload) {
    return be(from, 2) + be(to, 2) + be(1, 4) + be(0, 4) + be(0x5010, 2) + be(1024, 2) + be(0, 4)
           + payload;
}
inline Bytes message(const Bytes& inner) {
    return be(inner.size() + 2, 2) + inner;
}

inline Bytes prp(unsigned number, std::size_t lan_and_size) {
    return be(number, 2) + be(lan_and_size, 2) + be(0x88FB, 2);
}

} // namespace lacuna::test
