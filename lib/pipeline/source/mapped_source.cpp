#include "pipeline/source/mapped_source.hpp"

#include <algorithm>

namespace lacuna::pipeline {

namespace {

/// Frames taken from a stream at once, so that waiting for them to be decoded is seldom.
constexpr std::size_t kStreamBlock = 4096;
/// How long one receive() waits for a pipe: the lcore may have others to answer meanwhile.
constexpr std::chrono::milliseconds kPatience{1};

} // namespace

Result<std::unique_ptr<MappedSource>> MappedSource::open(const capture::Stream& stream,
                                                         TimeNs clock_tolerance) {
    std::unique_ptr<MappedSource> source(new MappedSource());
    bool all_mapped = true;
    for (const capture::StreamFile& file : stream.files) {
        auto reader = file.open(capture::Access::map, source->readers_.size());
        if (!reader) return reader.error();
        all_mapped = all_mapped && (*reader)->info().mapped;
        source->size_ += (*reader)->info().size;
        (*reader)->set_patience(kPatience);
        (*reader)->set_clock_tolerance(clock_tolerance);
        source->readers_.push_back(std::move(*reader));
    }
    if (!all_mapped) {
        source->size_ = 0;
        source->block_.reserve(kStreamBlock);
    }
    return source;
}

std::size_t MappedSource::receive(wire::Frame* out, std::size_t max, Credit& credit) {
    while (current_ < readers_.size()) {
        capture::Reader& reader = *readers_[current_];
        std::size_t n = 0;
        if (reader.info().mapped) {
            n = reader.next(out, max);
        } else {
            if (block_next_ == block_.size() && !credit.within(0)) return 0;
            n = receive_stream(out, max);
        }
        if (n > 0) {
            const std::uint64_t at = base_ + reader.position();
            position_.add(at - position_.get());
            return n;
        }
        if (!reader.info().mapped && reader.end().interrupted) return 0; // nothing now
        finish_current();
    }
    return 0;
}

std::size_t MappedSource::receive_stream(wire::Frame* out, std::size_t max) {
    if (block_next_ == block_.size()) {
        block_.resize(kStreamBlock);
        block_.resize(readers_[current_]->next(block_.data(), kStreamBlock));
        block_next_ = 0;
    }
    const std::size_t n = std::min(max, block_.size() - block_next_);
    std::copy_n(block_.begin() + static_cast<std::ptrdiff_t>(block_next_), n, out);
    block_next_ += n;
    return n;
}

void MappedSource::finish_current() {
    const capture::Reader& reader = *readers_[current_];
    if (reader.end().truncated)
        truncated_.push_back(
            flow::Truncation{reader.info().path, reader.end().offset, reader.end().reason});
    base_ += reader.position();
    ++current_;
}

} // namespace lacuna::pipeline
