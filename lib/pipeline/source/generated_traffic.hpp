// Frames made up as fast as memory takes them: distinct ones, their numbers always advancing.
#pragma once

#include "base/endian.hpp"
#include "base/types.hpp"

#include <cstddef>

namespace lacuna::pipeline {

/// What generated traffic looks like. Without any loss: a tracker must report `flows` associations
/// (as many as `packets` if those are fewer) and nothing lost, late or repeated.
struct GeneratedTraffic {
    enum class Mix : std::uint8_t { macsec, esp, mixed };

    static constexpr std::uint32_t kSmallest = 64;  ///< octets of a frame, without FCS
    static constexpr std::uint32_t kLargest = 1518; ///< fits a packet buffer
    static constexpr std::uint32_t kImix = 0;       ///< 64, 594 and 1514 octets as 7 : 4 : 1
    static constexpr std::uint64_t kMostFlows = 1ull << 28;

    std::uint64_t packets = 0;
    std::uint64_t flows = 1; ///< 1 .. kMostFlows
    Mix mix = Mix::macsec;
    std::uint32_t size = kSmallest; ///< kSmallest .. kLargest, or kImix
    /// Each round visits all associations once: in an order of its own, so that no prefetcher of
    /// the processor can guess it, or always in the same.
    bool shuffled = true;
};

/// Writes the frames one after the other. One owner; next() touches no memory but its target and
/// itself, whatever the number of associations: where a packet belongs follows from its position.
class FrameFactory {
public:
    explicit FrameFactory(const GeneratedTraffic& traffic);

    /// Octets written at the front of each frame; what follows them nobody reads.
    static constexpr std::size_t kHeader = 64;

    bool done() const { return made_ == traffic_.packets; }
    std::uint64_t left() const { return traffic_.packets - made_; }
    std::uint64_t made() const { return made_; }

    /// Capture time of the next frame: 10 M packets per second.
    TimeNs time() const { return kStart + static_cast<TimeNs>(made_) * kInterval; }

    /// Writes the first kHeader octets of the next frame to `to` and returns its length.
    std::uint32_t next(std::uint8_t* to) {
        const bool esp = traffic_.mix == GeneratedTraffic::Mix::esp
                         || (traffic_.mix == GeneratedTraffic::Mix::mixed && (flow_ & 1) != 0);
        const Template& t = templates_[esp ? 1 : 0][size_turn_[turn_]];
        std::memcpy(to, t.octets, kHeader);
        if (esp)
            number_esp(to);
        else
            number_macsec(to);
        if (++turn_ == turns_) turn_ = 0;
        advance();
        return t.length;
    }

private:
    static constexpr TimeNs kStart = 1'700'000'000'000'000'000;
    static constexpr TimeNs kInterval = 100;
    static constexpr std::size_t kTurns = 12;

    struct Template {
        alignas(kCacheLine) std::uint8_t octets[kHeader];
        std::uint32_t length;
    };

    void number_macsec(std::uint8_t* to) const {
        store_be<std::uint32_t>(to + 16, number_);                                // PN
        store_be<std::uint64_t>(to + 20, 0x0200'0000'0000'0001ull | flow_ << 16); // SCI
    }
    void number_esp(std::uint8_t* to) const {
        store_be<std::uint32_t>(to + 34, static_cast<std::uint32_t>(0x1000 + flow_)); // SPI
        store_be<std::uint32_t>(to + 38, number_);
    }
    void advance() {
        ++made_;
        flow_ += stride_;
        if (flow_ >= traffic_.flows) flow_ -= traffic_.flows;
        if (++in_round_ == traffic_.flows) [[unlikely]]
            begin_round();
    }
    void begin_round();

    GeneratedTraffic traffic_;
    std::uint64_t made_ = 0;
    std::uint64_t flow_ = 0;   ///< of the next frame
    std::uint64_t stride_ = 1; ///< to the flow after it; shares no factor with the number of flows
    std::uint64_t in_round_ = 0; ///< frames of this round already made
    std::uint32_t number_ = 0;   ///< of every packet of this round
    std::uint64_t random_;
    std::size_t turn_ = 0;
    std::size_t turns_ = 1;
    std::uint8_t size_turn_[kTurns] = {}; ///< which template's size comes in which turn
    Template templates_[2][3];            ///< MACsec, ESP; by size
};

} // namespace lacuna::pipeline
