// Captures put together in code, in every byte order and with every fault. Shares nothing with
// lib/capture nor with pcapgen.
#pragma once

#include "support/frame_builder.hpp"

#include <string>

namespace lacuna::test {

enum class Order { little, big };

/// `n` low octets of `v` in byte order `order`.
inline Bytes number(Order order, std::uint64_t v, int n) {
    Bytes out = be(v, n);
    return order == Order::big ? out : Bytes(out.rbegin(), out.rend());
}

/// The payload of test packet `i`: its octets tell packets apart.
inline Bytes payload(std::size_t size, unsigned i = 0) {
    Bytes out(size);
    for (std::size_t k = 0; k < size; ++k)
        out[k] = static_cast<std::uint8_t>(17 * i + k);
    return out;
}

/// Classic format.
struct Pcap {
    Order order = Order::little;
    bool nano = false;
    std::uint32_t network = 1; ///< the last field: link type and FCS bits
    unsigned major = 2, minor = 4;

    Bytes header() const {
        return number(order, nano ? 0xA1B23C4D : 0xA1B2C3D4, 4) + number(order, major, 2)
               + number(order, minor, 2) + number(order, 0, 8) + number(order, 65535, 4)
               + number(order, network, 4);
    }
    /// `wire`: original length; -1: as captured.
    Bytes record(std::uint32_t seconds, std::uint32_t fraction, const Bytes& data,
                 std::int64_t wire = -1) const {
        const auto length = static_cast<std::uint64_t>(wire < 0 ? std::int64_t(data.size()) : wire);
        return number(order, seconds, 4) + number(order, fraction, 4)
               + number(order, data.size(), 4) + number(order, length, 4) + data;
    }
};

/// pcapng, one block at a time.
struct Pcapng {
    Order order = Order::little;

    static Bytes padded(Bytes b) {
        b.resize((b.size() + 3) / 4 * 4);
        return b;
    }
    /// Any block around `body`, which is padded.
    Bytes block(std::uint32_t type, const Bytes& body) const {
        const Bytes inner = padded(body);
        const Bytes length = number(order, inner.size() + 12, 4);
        return number(order, type, 4) + length + inner + length;
    }
    Bytes option(unsigned code, const Bytes& value) const {
        return number(order, code, 2) + number(order, value.size(), 2) + padded(value);
    }
    Bytes section(const Bytes& options = {}) const {
        return block(0x0A0D0D0A, number(order, 0x1A2B3C4D, 4) + number(order, 1, 2)
                                     + number(order, 0, 2) + number(order, ~std::uint64_t{0}, 8)
                                     + options);
    }
    Bytes interface(unsigned link = 1, const Bytes& options = {}, std::uint32_t snaplen = 0) const {
        return block(1, number(order, link, 2) + number(order, 0, 2) + number(order, snaplen, 4)
                            + options);
    }
    /// Options of an interface.
    Bytes resolution(unsigned v) const { return option(9, be(v, 1)); }
    Bytes offset(std::int64_t seconds) const {
        return option(14, number(order, static_cast<std::uint64_t>(seconds), 8));
    }
    Bytes fcs_bits(unsigned bits) const { return option(13, be(bits, 1)); }
    /// Option of a packet: FCS octets in its flags.
    Bytes fcs_flags(unsigned octets) const { return option(2, number(order, octets << 5 | 1, 4)); }

    Bytes enhanced(std::uint64_t ticks, const Bytes& data, std::int64_t wire = -1,
                   std::uint32_t interface = 0, const Bytes& options = {}) const {
        const auto length = static_cast<std::uint64_t>(wire < 0 ? std::int64_t(data.size()) : wire);
        return block(6, number(order, interface, 4) + number(order, ticks >> 32, 4)
                            + number(order, ticks, 4) + number(order, data.size(), 4)
                            + number(order, length, 4) + padded(data) + options);
    }
    Bytes simple(const Bytes& data, std::int64_t wire = -1) const {
        const auto length = static_cast<std::uint64_t>(wire < 0 ? std::int64_t(data.size()) : wire);
        return block(3, number(order, length, 4) + data);
    }
    Bytes obsolete(std::uint64_t ticks, const Bytes& data, unsigned interface = 0,
                   const Bytes& options = {}) const {
        return block(2, number(order, interface, 2) + number(order, 0xFFFF, 2)
                            + number(order, ticks >> 32, 4) + number(order, ticks, 4)
                            + number(order, data.size(), 4) + number(order, data.size(), 4)
                            + padded(data) + options);
    }
};

inline const char* order_name(Order order) {
    return order == Order::big ? "big-endian" : "little-endian";
}

} // namespace lacuna::test
