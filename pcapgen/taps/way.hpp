// What several taps along the way see of the frames sent, and the truth about it.
#pragma once

#include "pcapgen/pcap_writer.hpp"
#include "pcapgen/taps/plan.hpp"

#include <array>
#include <queue>
#include <span>

namespace lacuna::pcapgen {

/// The way of all frames. Keeps when each number came to each tap, since only at the end it is
/// known which numbers all taps could have seen. Not thread-safe.
class Way {
public:
    static constexpr std::uint32_t kNoSa = UINT32_MAX; ///< of a frame without a number
    static constexpr TimeNs kNever = -1;

    /// What became of one number.
    struct Number {
        std::array<TimeNs, kMostTaps> time; ///< at each tap, or kNever
        std::uint8_t late = 0;              ///< by tap: it came after a higher number
    };
    /// One SA.
    struct Sa {
        bool reverse = false;
        std::vector<Number> numbers;                    ///< from first_number() on
        std::array<std::uint64_t, kMostTaps> first{};   ///< to arrive at each tap
        std::array<std::uint64_t, kMostTaps> highest{}; ///< 0 before the first
        std::array<std::uint64_t, kMostTaps> count{};   ///< numbers each tap saw
    };

    /// A capture for each tap beside `output`. No SA sends a number below `first`. Errors: one
    /// cannot be created (exit 2).
    static Result<std::unique_ptr<Way>> create(const TapPlan& plan, const std::string& output,
                                               bool nanoseconds, std::uint64_t seed,
                                               std::uint64_t first);

    /// A frame is sent. Times ascend. A number is sent once.
    void sent(std::span<const std::uint8_t> frame, TimeNs time, std::uint32_t sa,
              std::uint64_t number);
    /// All has been sent: the rest arrives. Errors: as PcapWriter::close().
    Status close();

    const TapPlan& plan() const { return plan_; }
    std::uint64_t first_number() const { return first_; }
    /// By index of the SA in the generator; those beyond the end sent nothing.
    const std::vector<Sa>& sas() const { return sas_; }

private:
    struct Arrival {
        TimeNs time;
        std::uint64_t order; ///< of sending, where times are equal
        std::uint32_t sa;
        std::uint64_t number;
        std::vector<std::uint8_t> frame;
    };
    struct Later {
        bool operator()(const Arrival& a, const Arrival& b) const {
            return a.time != b.time ? a.time > b.time : a.order > b.order;
        }
    };
    struct Tap {
        PcapWriter writer;
        std::priority_queue<Arrival, std::vector<Arrival>, Later> under_way;
    };

    Way(const TapPlan& plan, std::uint64_t seed, std::uint64_t first)
        : plan_(plan), seed_(seed), first_(first), rng_(seed, 0x7761) {}
    Number* place(std::uint32_t sa, std::uint64_t number);
    void arrive(std::size_t tap, TimeNs until);
    void arrives(std::size_t tap, const Arrival& a);

    TapPlan plan_;
    std::uint64_t seed_;
    std::uint64_t first_;
    Prng rng_;
    std::vector<Tap> taps_;
    std::vector<Sa> sas_;
    std::uint64_t order_ = 0;
};

class Generator;
/// Writes what `lacuna path` must find. Errors: as write_truth().
Status write_path_truth(const Way& way, const Generator& generator, const std::string& file);

} // namespace lacuna::pcapgen
