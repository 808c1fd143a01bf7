#include "report/text/lists/ports.hpp"

#include "report/text/number_text.hpp"

#include <fmt/format.h>

namespace lacuna::report {

void write_ports(JsonWriter& json, const std::vector<flow::PortFigures>& ports) {
    json.begin_array();
    for (const flow::PortFigures& p : ports) {
        json.line().begin_object();
        json.member("name", p.name);
        json.member("driver", p.driver);
        json.member("received", p.received);
        json.member("missed", p.missed);
        json.member("nombuf", p.nombuf);
        json.key("granted").begin_array();
        for (const std::string& g : p.granted)
            json.value(g);
        json.end_array();
        if (!p.steering.empty()) {
            json.key("steering").begin_object();
            for (const auto& [verdict, n] : p.steering)
                json.member(verdict, n);
            json.end_object();
        }
        json.end_object();
    }
    json.end_array();
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
