#include "report/ports.hpp"

#include "report/flow_json.hpp"
#include "report/number_text.hpp"

#include <fmt/format.h>

namespace lacuna::report {

void append_ports_json(std::string& out, const std::vector<flow::PortFigures>& ports) {
    out += '[';
    for (const flow::PortFigures& p : ports) {
        out += &p == ports.data() ? "\n{\"name\":" : ",\n{\"name\":";
        append_string(out, p.name);
        out += ",\"driver\":";
        append_string(out, p.driver);
        out += fmt::format(",\"received\":{},\"missed\":{},\"nombuf\":{},\"granted\":[", p.received,
                           p.missed, p.nombuf);
        for (const std::string& g : p.granted) {
            if (&g != p.granted.data()) out += ',';
            append_string(out, g);
        }
        out += ']';
        if (!p.steering.empty()) {
            out += ",\"steering\":{";
            for (const auto& verdict : p.steering)
                out += fmt::format("{}\"{}\":{}", &verdict == p.steering.data() ? "" : ",",
                                   verdict.first, verdict.second);
            out += '}';
        }
        out += '}';
    }
    out += ']';
}

std::string port_lines(const std::vector<flow::PortFigures>& ports) {
    std::string out;
    for (const flow::PortFigures& p : ports) {
        out += fmt::format("port   {}: received {}, dropped {}\n", p.name, grouped(p.received),
                           grouped(p.missed + p.nombuf));
        if (p.steering.empty()) continue;
        out += "  XDP program:";
        for (const auto& [verdict, n] : p.steering)
            out += fmt::format(" {} {}{}", verdict, grouped(n),
                               verdict == p.steering.back().first ? "\n" : ",");
    }
    return out;
}

} // namespace lacuna::report
