// Picks who sends the next frame, lets it decide its number, builds the frame and writes it.
#pragma once

#include "pcapgen/frames/noise.hpp"
#include "pcapgen/pcap_writer.hpp"
#include "pcapgen/sender/channels.hpp"
#include "pcapgen/taps/way.hpp"
#include "pcapgen/truth/traffic.hpp"

#include <array>
#include <optional>

namespace lacuna::pcapgen {

/// Frames of one kind.
struct KindCount {
    std::uint64_t frames = 0;
    std::uint64_t bytes = 0;
    std::uint64_t raised = 0; ///< larger than asked for, because the protocol cannot be smaller
};

/// A run. Memory is O(flows), whatever the length. Not thread-safe.
class Generator {
public:
    /// `traffic` outlives the generator. Errors: no memory for so many flows (exit 1).
    static Result<std::unique_ptr<Generator>> create(const Traffic& traffic);

    /// Writes all frames; stops early only if the writer failed. `way`: where they go; may be null.
    void run(PcapWriter& writer, Way* way);

    // What was done, for the truth. Indices of SAs run over all families in order.
    const Traffic& traffic() const { return traffic_; }
    std::span<const SaState> sas() const { return sas_; }
    const RareState* rare(std::uint32_t sa) const { return rare_.empty() ? nullptr : &rare_[sa]; }
    const Family& family_of(std::uint32_t sa) const;
    FlowPlan plan(std::uint32_t sa) const;
    const FrameKind& kind(std::size_t k) const { return *kinds_[k].kind; }
    std::span<const KindCount> counts() const { return counts_; }
    /// What `inside` of the report says of an SA; empty: nothing is around it.
    const char* inside(std::uint32_t sa) const;
    const Events& events() const { return events_; }
    const Channels* channels() const { return channels_ ? &*channels_ : nullptr; }
    std::uint64_t flood_flows() const { return flooded_; }
    std::uint64_t flood_bytes() const { return flood_bytes_; }

private:
    struct Group {
        const Family* family;
        Chance upto;
        std::uint32_t first; ///< index of its first SA
        std::uint32_t flows; ///< what can be picked: SAs, or channels where ANs rotate
        std::uint32_t sas_per_flow;
    };
    struct Pick {
        std::uint32_t group;
        std::uint32_t flow; ///< within the group
    };
    struct Kind {
        const FrameKind* kind;
        std::array<std::uint32_t, 3> smallest; ///< by number of tags
    };
    struct alignas(32) Header {
        std::uint8_t octets[kHeaderRoom];
    };
    static constexpr std::size_t kAhead = 16; ///< picks made before they are needed

    explicit Generator(const Traffic& traffic);
    void prepare_kinds();
    void prepare_flows();
    const Group& group_of(std::uint32_t sa) const;
    Pick pick();
    void send(const Pick& pick, PcapWriter& writer);
    void settle(PcapWriter& writer);
    void flood(PcapWriter& writer);
    std::uint32_t wanted_size(std::uint32_t random) const;
    void write(std::uint32_t sa, std::uint64_t number, std::uint32_t random, PcapWriter& writer);
    const WrapperChain* chain_of(std::uint32_t sa) const;
    std::uint32_t build(const Header& header, std::size_t kind, unsigned tags, FrameJob& job,
                        std::uint32_t random, const WrapperChain* chain, PcapWriter& writer);

    const Traffic& traffic_;
    Budget budget_;
    Events events_;
    Clock clock_;
    Prng pick_rng_;
    Prng body_rng_;
    Noise noise_;
    std::uint32_t icv_ = 16;
    std::vector<Kind> kinds_;
    std::vector<KindCount> counts_;
    std::vector<Group> groups_;
    std::vector<SaState> sas_;
    std::vector<Header> headers_;
    std::vector<RareState> rare_;
    std::vector<PathState> paths_;
    std::optional<Channels> channels_;
    std::optional<SaSender> sender_;
    Way* way_ = nullptr;
    std::uint32_t sa_ = Way::kNoSa; ///< of the frame being built
    std::uint64_t number_ = 0;
    std::uint64_t flooded_ = 0;
    std::uint64_t flood_bytes_ = 0;
};

} // namespace lacuna::pcapgen
