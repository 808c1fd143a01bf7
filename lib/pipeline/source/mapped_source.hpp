// Capture files as a source of frames: the pipeline without packet buffers.
#pragma once

#include "base/result.hpp"
#include "capture/stream.hpp"
#include "flow/figures/truncation.hpp"
#include "pipeline/source/source.hpp"

#include <memory>
#include <vector>

namespace lacuna::pipeline {

/// The captures of a stream, in its order. The frames point into the mappings and stay
/// valid as long as the source. Standard input is read in blocks: the next block only once all
/// frames of the last have been decoded.
class MappedSource final : public Source<wire::Frame> {
public:
    /// Opens all files of `stream`. `clock_tolerance`: Reader::set_clock_tolerance(). Errors:
    /// those of capture::Reader::open (exit 2).
    static Result<std::unique_ptr<MappedSource>> open(const capture::Stream& stream,
                                                      TimeNs clock_tolerance = 0);

    std::size_t receive(wire::Frame* out, std::size_t max, Credit& credit) override;
    bool take_drops(Drops& out) override {
        return current_ < readers_.size() && readers_[current_]->take_drops(out);
    }
    bool ended() const override { return current_ == readers_.size(); }
    std::uint64_t position() const override { return position_.get(); }

    /// Octets of all files; 0 if some of it is no file.
    std::uint64_t size() const { return size_; }
    /// Inputs that ended inside a record. After the end.
    const std::vector<flow::Truncation>& truncated() const { return truncated_; }
    /// The readers of the files, in order. After the end.
    const std::vector<std::unique_ptr<capture::Reader>>& readers() const { return readers_; }

private:
    MappedSource() = default;
    std::size_t receive_stream(wire::Frame* out, std::size_t max);
    void finish_current();

    std::vector<std::unique_ptr<capture::Reader>> readers_;
    std::vector<flow::Truncation> truncated_;
    std::vector<wire::Frame> block_; ///< of a stream: frames read, not yet handed on
    std::size_t block_next_ = 0;
    std::size_t current_ = 0;
    std::uint64_t base_ = 0; ///< octets of the files before the current one
    std::uint64_t size_ = 0;
    flow::SharedCount position_;
};

} // namespace lacuna::pipeline
