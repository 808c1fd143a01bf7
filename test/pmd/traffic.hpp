// Synthetic traffic for tests of the data path: many SAs, some of them nested in one frame.
#pragma once

#include "base/endian.hpp"
#include "wire/frame.hpp"

#include <random>
#include <vector>

namespace lacuna::test {

struct Packet {
    std::vector<std::uint8_t> bytes;
    TimeNs time;
};

inline void put(std::vector<std::uint8_t>& to, std::uint64_t value, std::size_t octets) {
    for (std::size_t i = octets; i-- > 0;)
        to.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}

/// A MACsec frame with explicit SCI.
inline Packet macsec(std::uint64_t sci, std::uint8_t an, std::uint32_t pn, TimeNs time) {
    Packet p{{}, time};
    put(p.bytes, 0x020000000001, 6);
    put(p.bytes, 0x020000000002, 6);
    put(p.bytes, 0x88E5, 2);
    put(p.bytes, 0x2Cu | an, 1);
    put(p.bytes, 0, 1);
    put(p.bytes, pn, 4);
    put(p.bytes, sci, 8);
    p.bytes.resize(64);
    return p;
}

/// AH around ESP over IPv4: two SAs in one frame, each with its own number.
inline Packet ah_esp(std::uint32_t ah_spi, std::uint32_t ah_seq, std::uint32_t esp_spi,
                     std::uint32_t esp_seq, std::uint32_t dst, TimeNs time) {
    Packet p{{}, time};
    put(p.bytes, 0x020000000001, 6);
    put(p.bytes, 0x020000000002, 6);
    put(p.bytes, 0x0800, 2);
    put(p.bytes, 0x4500, 2);
    put(p.bytes, 20 + 24 + 40, 2);
    put(p.bytes, 0, 4);
    put(p.bytes, 0x4033, 2); // TTL 64, AH
    put(p.bytes, 0, 2);
    put(p.bytes, 0x0A000001, 4);
    put(p.bytes, dst, 4);
    put(p.bytes, 0x32040000, 4); // next header ESP, 24 octets
    put(p.bytes, ah_spi, 4);
    put(p.bytes, ah_seq, 4);
    p.bytes.resize(p.bytes.size() + 12);
    put(p.bytes, esp_spi, 4);
    put(p.bytes, esp_seq, 4);
    p.bytes.resize(14 + 20 + 24 + 40);
    return p;
}

/// `n` packets of `flows` SAs with jumps of up to 9 numbers and no reordering at all: a data path
/// that swaps two packets of an SA shows it by `late` or `duplicates`.
inline std::vector<Packet> ordered_traffic(std::size_t n, std::uint32_t flows, std::uint64_t seed) {
    std::mt19937_64 random(seed);
    std::vector<std::uint32_t> number(std::size_t{flows} * 2, 0);
    const auto advance = [&](std::size_t flow) {
        number[flow] += random() % 20 == 0 ? 1 + static_cast<std::uint32_t>(random() % 9) : 1;
        return number[flow];
    };
    std::vector<Packet> out;
    for (std::size_t i = 0; i < n; ++i) {
        const TimeNs time = 1'700'000'000'000'000'000 + static_cast<TimeNs>(i) * 1000;
        const auto a = static_cast<std::uint32_t>(random() % flows);
        if (random() % 4 == 0) {
            const auto b = static_cast<std::uint32_t>(random() % flows);
            const std::uint32_t ah = advance(a);
            const std::uint32_t esp = advance(flows + b);
            out.push_back(ah_esp(0x1000 + a, ah, 0x2000 + b, esp, 0x0A000002, time));
        } else {
            out.push_back(macsec(0x0200000000010000ull + a, 0, advance(a), time));
        }
    }
    return out;
}

inline wire::Frame as_frame(const Packet& p) {
    wire::Frame f{};
    f.data = p.bytes.data();
    f.caplen = f.wirelen = static_cast<std::uint32_t>(p.bytes.size());
    f.time = p.time;
    return f;
}

} // namespace lacuna::test
