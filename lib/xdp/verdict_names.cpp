#include "xdp/steering.hpp"

namespace lacuna::xdp {

const std::array<const char*, STEER_VERDICTS_COUNT> kVerdictNames = {
    "macsec", "esp", "ah", "natt", "taken", "passed", "no_socket"};

std::uint64_t redirected(const Verdicts& v) {
    return v[STEER_MACSEC] + v[STEER_ESP] + v[STEER_AH] + v[STEER_NATT] + v[STEER_TAKEN];
}

} // namespace lacuna::xdp
