#include "xdp/steering.hpp"

namespace lacuna::xdp {

const std::array<const char*, STEER_VERDICTS_COUNT> kVerdictNames = {
    "macsec", "esp", "ah", "natt", "named", "taken", "passed", "no_socket"};

std::uint64_t redirected(const Verdicts& v) {
    return v[STEER_MACSEC] + v[STEER_ESP] + v[STEER_AH] + v[STEER_NATT] + v[STEER_NAMED]
           + v[STEER_TAKEN];
}

bool Wanted::ethertype(std::uint16_t type) {
    for (unsigned short& t : table_.types) {
        if (t == type) return true;
        if (t != 0) continue;
        t = type;
        return true;
    }
    return false;
}
void Wanted::ip_protocol(std::uint8_t protocol) {
    set(table_.protocols[protocol / 8], protocol % 8);
}
void Wanted::udp_port(std::uint16_t port) {
    set(table_.ports[port / 8], port % 8);
}
void Wanted::set(unsigned char& octet, unsigned bit) {
    octet = static_cast<unsigned char>(octet | 1u << bit);
}

} // namespace lacuna::xdp
