// What a port that is shared with the kernel takes from it: made of the tables the decoder walks.
#pragma once

#include "base/result.hpp"
#include "wire/udp_ports.hpp"

#include <string>
#include <vector>

namespace lacuna::config {

struct TrackSettings;

/// An outermost header that leads to something lacuna reads.
struct Lead {
    std::string name; ///< of what it leads to
    wire::Carrier carrier = wire::Carrier::none;
    std::uint16_t number = 0;

    bool operator==(const Lead&) const = default;
};

/// What is taken unless a port says else: all but encrypted links stays the kernel's.
inline constexpr char kUsualTake[] = "macsec,esp,ah";

/// All headers there are with these UDP ports: EtherTypes, IP protocols and ports.
std::vector<Lead> leads(const wire::UdpPorts& ports);

/// `NAME,...` -> those headers that lead to them. Errors: exit 2.
Result<std::vector<Lead>> parse_take(const std::string& list, const wire::UdpPorts& ports);
/// The same, with the ports a run is told of. Errors: exit 2.
Result<std::vector<Lead>> parse_take(const std::string& list, const TrackSettings& track);

/// "macsec (EtherType 0x88e5), esp (IP protocol 50, UDP 4500)".
std::string take_text(const std::vector<Lead>& take);

} // namespace lacuna::config
