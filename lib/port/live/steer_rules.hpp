// How a NIC with several queues is asked to spread secured traffic over them.
#pragma once

#include "config/run_config.hpp"
#include "pipeline/dpdk_compat.hpp"

#include <string>
#include <vector>

namespace lacuna::port {

/// RSS types to ask for, of those `offered`. By SPI, if wanted and offered, beside the addresses;
/// never by port numbers: the fragments of a datagram, of which only the first has ports, stay
/// together with the whole ones.
std::uint64_t rss_types(std::uint64_t offered, config::Wish spi);

/// "esp, ah, addresses"; "none".
std::string rss_text(std::uint64_t types);

/// Asks a started port for a rule for each way that leads to an encrypted link by the table of
/// protocols: its EtherType to the last queue and, where `spreads` (a rule may spread its own
/// frames without changing what all others are spread by), its UDP port by addresses. IP protocols
/// need none: the NIC spreads by addresses and SPI. One line for each rule that was granted or
/// refused. The rules go with the port.
std::vector<std::string> install_rules(std::uint16_t port, std::uint16_t queues, bool spreads);

} // namespace lacuna::port
