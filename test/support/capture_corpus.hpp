// Small captures of every kind, as seeds for cutting, bending and fuzzing.
#pragma once

#include "support/capture_builder.hpp"

namespace lacuna::test {

/// Built anew on each call; the same every time.
inline std::vector<Bytes> capture_corpus() {
    std::vector<Bytes> seeds;
    for (const Order order : {Order::little, Order::big}) {
        for (const bool nano : {false, true})
            for (const std::uint32_t network : {1u, 101u, 276u, 1u | 0x24000000u}) {
                const Pcap p{order, nano, network};
                seeds.push_back(p.header() + p.record(1, 2, payload(20, 1))
                                + p.record(3, 4, payload(0), 90) + p.record(5, 6, payload(33, 2)));
            }
        const Pcapng g{order};
        seeds.push_back(g.section() + g.interface(1) + g.enhanced(1, payload(21, 1))
                        + g.simple(payload(9)) + g.obsolete(2, payload(11))
                        + g.block(5, payload(16)));
        seeds.push_back(
            g.section(g.option(4, payload(3)))
            + g.interface(1, g.resolution(0xA0) + g.offset(-5) + g.fcs_bits(32), 64)
            + g.interface(189) + g.enhanced(1, payload(21, 1), 30, 1)
            + g.enhanced(2, payload(8), -1, 0, g.option(1, payload(5)) + g.fcs_flags(2)));
        const Pcapng other{order == Order::big ? Order::little : Order::big};
        seeds.push_back(g.section() + g.interface(113) + g.enhanced(1, payload(4)) + other.section()
                        + other.interface(228) + other.enhanced(2, payload(5)));
    }
    const auto erf = [](unsigned type, unsigned field, const Bytes& body) {
        return number(Order::little, std::uint64_t{1'700'000'000} << 32, 8) + be(type << 8, 2)
               + be(16 + body.size(), 2) + be(field, 2) + be(64, 2) + body;
    };
    seeds.push_back(erf(2, 0, payload(66, 1)) + erf(0x82, 3, octets(8, 0) + payload(40))
                    + erf(27, 0, payload(8)) + erf(22, 0, payload(40)));
    return seeds;
}

} // namespace lacuna::test
