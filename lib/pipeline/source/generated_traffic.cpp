#include "pipeline/source/generated_traffic.hpp"

#include <algorithm>
#include <iterator>
#include <numeric>

namespace lacuna::pipeline {

namespace {

constexpr std::uint8_t kMacs[12] = {2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2};
/// EtherType 0x88E5, TCI with SC, E and C set, SL 0 (IEEE 802.1AE-2018 9.3); SCI and PN to be
/// filled in.
void lay_out_macsec(std::uint8_t* o) {
    std::copy(std::begin(kMacs), std::end(kMacs), o);
    store_be<std::uint16_t>(o + 12, 0x88E5);
    o[14] = 0x2C;
}

/// IPv4 without options, ESP (RFC 4303 2); SPI and sequence number to be filled in.
void lay_out_esp(std::uint8_t* o, std::uint32_t length) {
    std::copy(std::begin(kMacs), std::end(kMacs), o);
    store_be<std::uint16_t>(o + 12, 0x0800);
    o[14] = 0x45;
    store_be<std::uint16_t>(o + 16, static_cast<std::uint16_t>(length - 14));
    o[22] = 64; // TTL
    o[23] = 50; // ESP
    store_be<std::uint32_t>(o + 26, 0xC6120001);
    store_be<std::uint32_t>(o + 30, 0xC6120002);
    std::uint32_t sum = 0;
    for (std::size_t i = 14; i < 34; i += 2)
        sum += load_be16(o + i);
    sum = (sum & 0xFFFF) + (sum >> 16);
    sum = (sum & 0xFFFF) + (sum >> 16);
    store_be<std::uint16_t>(o + 24, static_cast<std::uint16_t>(~sum));
}

/// 7 : 4 : 1, mixed evenly.
constexpr std::uint8_t kImixTurns[] = {0, 1, 0, 0, 1, 0, 2, 0, 1, 0, 1, 0};
constexpr std::uint32_t kImixSizes[] = {64, 594, 1514};

} // namespace

FrameFactory::FrameFactory(const GeneratedTraffic& traffic)
    : traffic_(traffic), random_(0x9E3779B97F4A7C15ull) {
    std::memset(static_cast<void*>(templates_), 0, sizeof templates_);
    for (std::size_t i = 0; i < 3; ++i) {
        const std::uint32_t length =
            traffic.size == GeneratedTraffic::kImix ? kImixSizes[i] : traffic.size;
        templates_[0][i].length = templates_[1][i].length = length;
        lay_out_macsec(templates_[0][i].octets);
        lay_out_esp(templates_[1][i].octets, length);
    }
    if (traffic.size == GeneratedTraffic::kImix) {
        turns_ = kTurns;
        static_assert(sizeof kImixTurns == kTurns);
        std::copy(std::begin(kImixTurns), std::end(kImixTurns), size_turn_);
    }
    begin_round();
}

void FrameFactory::begin_round() {
    ++number_;
    in_round_ = 0;
    flow_ = 0;
    if (!traffic_.shuffled || traffic_.flows < 3) {
        stride_ = traffic_.flows == 1 ? 0 : 1;
        return;
    }
    do { // xorshift64, Marsaglia 2003
        random_ ^= random_ << 13;
        random_ ^= random_ >> 7;
        random_ ^= random_ << 17;
        stride_ = 1 + random_ % (traffic_.flows - 1);
    } while (std::gcd(stride_, traffic_.flows) != 1);
    flow_ = (random_ >> 32) % traffic_.flows;
}

} // namespace lacuna::pipeline
