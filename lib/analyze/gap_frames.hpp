// The frames around gaps, for whoever wants to see them.
#pragma once

#include "analyze/second_look.hpp"
#include "flow/gap_fold.hpp"

#include <deque>
#include <list>
#include <string>
#include <vector>

namespace lacuna::analyze {

/// Writes a pcapng file for each gap: the frames of its SA before and behind it, and what else was
/// on the link just then. Shown the frames one by one (second_look.hpp). Holds a bounded number of
/// them. One owner.
class GapFrames {
public:
    static constexpr std::size_t kOwn = 16; ///< frames of the SA on each side
    static constexpr std::size_t kAny = 32; ///< of the link

    /// `names`: of the SAs, for the files and what stands in them; as many as there are gaps.
    GapFrames(std::vector<flow::Gap> gaps, std::vector<std::string> names, std::string folder);

    /// False: all gaps have their file.
    bool look(const wire::Frame& frame, std::span<const wire::Observation> tracked);
    /// After the last frame. How many files were written. Errors (exit 1): one could not be.
    Result<std::size_t> finish();

private:
    /// A frame that outlives its burst.
    struct Kept {
        std::uint64_t number;
        wire::Frame frame;
        std::vector<std::uint8_t> octets;
    };
    using KeptPtr = std::shared_ptr<const Kept>;
    struct Extract {
        std::size_t gap;
        wire::SaIdentity id;
        std::vector<KeptPtr> frames;
        std::size_t own = kOwn;
        std::size_t any = kAny;
    };
    struct Own {
        wire::SaIdentity id;
        std::vector<std::size_t> waiting; ///< gaps whose packet has not come, by time
        std::deque<KeptPtr> last;
    };

    void begin(std::size_t gap, const Own& own, const KeptPtr& frame);
    Status write(const Extract& extract);

    const std::vector<flow::Gap> gaps_;
    const std::vector<std::string> names_;
    const std::string folder_;
    std::vector<Own> owns_;
    std::deque<KeptPtr> last_;
    std::list<Extract> open_;
    std::uint64_t seen_ = 0;
    std::size_t written_ = 0;
    Status state_; ///< the first failure stays
};

} // namespace lacuna::analyze
