#include "config/decoding.hpp"

#include <charconv>
#include <fmt/format.h>
#include <optional>
#include <string_view>

namespace lacuna::config {
namespace {

/// Calls `take(item)` for each item of a comma-separated list, until one returns an error.
template <typename Take>
Status each_item(std::string_view list, Take take) {
    while (!list.empty()) {
        const std::size_t end = std::min(list.find(','), list.size());
        if (Status s = take(list.substr(0, end)); !s) return s;
        if (end + 1 == list.size()) return take({});
        list.remove_prefix(std::min(end + 1, list.size()));
    }
    return {};
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (error != std::errc{} || end != text.data() + text.size() || port == 0) return std::nullopt;
    return port;
}

std::string counter_names() {
    std::string names;
    for (const Protocol p : wire::kCounterList)
        if (wire::row_of(p).id != wire::IdForm::declared)
            names += fmt::format("{}{}", names.empty() ? "" : ", ", protocol_name(p));
    return names;
}

} // namespace

Result<wire::ProtocolSet> parse_counters(const std::string& list) {
    wire::ProtocolSet set = 0;
    const Status s = each_item(list, [&](std::string_view name) -> Status {
        const wire::ProtocolRow* row = wire::find_protocol(name);
        if (row == nullptr || row->kind != wire::ProtocolKind::counter
            || row->id == wire::IdForm::declared)
            return Error{fmt::format("--counters: \"{}\" is no further counter", name), "",
                         "there is " + counter_names(), 2};
        set |= wire::bit_of(row->protocol);
        return {};
    });
    if (!s) return s.error();
    return set;
}

Status set_ports(wire::UdpPorts& ports, const std::string& natt, const std::string& tunnels) {
    using wire::UdpUse;
    if (!natt.empty()) ports.clear(UdpUse::natt_other);
    Status s = each_item(natt == "none" ? std::string_view() : natt, [&](std::string_view item) {
        const auto port = parse_port(item);
        if (!port)
            return Status(Error{fmt::format("--natt-ports: \"{}\" is no port", item), "",
                                "as 4501,10000, or none", 2});
        if (ports[*port] != UdpUse::natt) ports.set(*port, UdpUse::natt_other);
        return Status();
    });
    if (!s) return s;
    return each_item(tunnels, [&](std::string_view item) {
        const std::size_t sign = std::min(item.find('='), item.size());
        const auto use = wire::find_tunnel(item.substr(0, sign));
        const auto port = parse_port(item.substr(std::min(sign + 1, item.size())));
        if (!use || !port)
            return Status(
                Error{fmt::format("--tunnel-port: \"{}\" is no NAME=PORT", item), "",
                      "as vxlan=8473; names: vxlan, vxlan-gpe, geneve, gtp-u, l2tp, tzsp, mpls, "
                      "nebula, openvpn, roce, netflow, sflow",
                      2});
        ports.set(*port, *use);
        return Status();
    });
}

Status set_rtp_ports(wire::UdpPorts& ports, const std::string& rtp) {
    return each_item(rtp, [&](std::string_view item) {
        const auto port = parse_port(item);
        if (!port)
            return Status(
                Error{fmt::format("--rtp-ports: \"{}\" is no port", item), "", "as 5004,5006", 2});
        ports.set(*port, wire::UdpUse::rtp);
        return Status();
    });
}

} // namespace lacuna::config
