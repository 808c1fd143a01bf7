#include "config/take.hpp"

#include "config/decoding.hpp"
#include "config/run_config.hpp"
#include "config/take_words.hpp"
#include "wire/layer/dispatch.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <memory>
#include <set>

namespace lacuna::config {
namespace {

using wire::Carrier;

/// What a UDP port leads to, as options name it; empty: nothing that can be taken.
std::string_view name_of(wire::UdpUse use) {
    using enum wire::UdpUse;
    switch (use) {
    case natt:
        return "esp";
    case natt_other:
        return "natt-ports"; // other datagrams may come there as well
    case rtp:
        return "rtp";
    case declared:
        return "declared";
    case ike:
        return "ike";
    default:
        return wire::tunnel_name(use);
    }
}

std::string number_text(const Lead& lead) {
    switch (lead.carrier) {
    case Carrier::ethertype:
        return fmt::format("EtherType {:#06x}", lead.number);
    case Carrier::ip_protocol:
        return fmt::format("IP protocol {}", lead.number);
    default:
        return fmt::format("UDP {}", lead.number);
    }
}

} // namespace

std::vector<Lead> leads(const wire::UdpPorts& ports) {
    std::vector<Lead> all;
    const auto add = [&all](std::string_view name, Carrier carrier, std::uint32_t number) {
        if (!name.empty())
            all.push_back({std::string(name), carrier, static_cast<std::uint16_t>(number)});
    };
    for (const wire::LayerRow& row : wire::kByEthertype)
        add(row.name, Carrier::ethertype, row.number);
    for (const wire::LayerRow& row : wire::kByIpProtocol)
        add(row.name, Carrier::ip_protocol, row.number);
    for (std::uint32_t port = 1; port < 65536; ++port)
        add(name_of(ports[static_cast<std::uint16_t>(port)]), Carrier::udp_port, port);
    // What is told by its content on any port has one of its own all the same.
    for (const wire::ProtocolRow& row : wire::kProtocolTable)
        for (const wire::Way& way : row.ways)
            if (way.carrier == Carrier::udp_port && ports[way.number] == wire::UdpUse::unknown)
                add(row.name, way.carrier, way.number);
    return all;
}

Result<std::vector<Lead>> parse_take(const std::string& list, const wire::UdpPorts& ports) {
    const std::vector<Lead> all = leads(ports);
    std::vector<Lead> take;
    for (std::size_t at = 0; at <= list.size();) {
        const std::size_t end = std::min(list.find(',', at), list.size());
        const std::string name = list.substr(at, end - at);
        at = end + 1;
        const auto fits = [&name](const Lead& lead) { return lead.name == name; };
        if (std::none_of(all.begin(), all.end(), fits)) {
            std::set<std::string> names;
            for (const Lead& lead : all)
                names.insert(lead.name);
            return Error{fmt::format("take: \"{}\" is nothing a header leads to", name), "",
                         fmt::format("there is {}", fmt::join(names, ", ")), 2};
        }
        if (std::none_of(take.begin(), take.end(), fits))
            std::copy_if(all.begin(), all.end(), std::back_inserter(take), fits);
    }
    return take;
}

Result<std::vector<Lead>> parse_take(const std::string& list, const TrackSettings& track) {
    const auto ports = std::make_unique<wire::UdpPorts>();
    if (Status s = set_ports(*ports, track.natt_ports, track.tunnel_ports); !s) return s.error();
    if (Status s = set_rtp_ports(*ports, track.rtp_ports); !s) return s.error();
    const auto declared = parse_declared(track.declare);
    if (!declared) return declared.error();
    wire::ProtocolSet counters = 0;
    apply_declared(*declared, *ports, counters);
    return parse_take(list, *ports);
}

std::string take_text(const std::vector<Lead>& take) {
    std::string text;
    for (std::size_t i = 0; i < take.size(); ++i) {
        const bool first = i == 0 || take[i].name != take[i - 1].name;
        const bool last = i + 1 == take.size() || take[i].name != take[i + 1].name;
        if (first) text += fmt::format("{}{} (", i == 0 ? "" : ", ", take[i].name);
        text += number_text(take[i]);
        text += last ? ")" : ", ";
    }
    return text;
}

std::string take_words(const PortConfig& port, const TrackSettings& track) {
    if (port.mode == Mode::passive) return "takes every frame: the kernel gets none of them";
    const auto take = parse_take(port.take, track);
    return take ? fmt::format("takes {} from the kernel, which keeps all else, tunnels that are "
                              "not named too",
                              take_text(*take))
                : take.error().what;
}

} // namespace lacuna::config
