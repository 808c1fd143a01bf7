#include "replay/input.hpp"

namespace lacuna::app {

Status ReplayInput::check(const ReplayOptions& options) {
    if (options.mapped) {
        auto source = pipeline::MappedSource::open(options.files);
        if (!source) return source.error();
        mapped_ = std::move(*source);
        return {};
    }
    auto files = port::check_pcap_files(options.files);
    if (!files) return files.error();
    files_ = std::move(*files);
    notes_ = port::pcap_notes(files_);
    return {};
}

Status ReplayInput::prepare(const pipeline::PipelineConfig& config) {
    if (mapped_) return {};
    auto pool = port::make_pool(config, port::buffer_demand(files_));
    if (!pool) return pool.error();
    pool_ = std::move(*pool);
    return {};
}

Status ReplayInput::open() {
    if (mapped_) return {};
    auto source = port::PcapSource::open(std::move(files_), pool_.pool.get(), pool_.limit);
    if (!source) return source.error();
    pcap_ = std::move(*source);
    return {};
}

pipeline::Input ReplayInput::input() const {
    if (mapped_) return pipeline::FrameInput{mapped_.get()};
    return pipeline::MbufInput{pcap_.get(), pcap_->format()};
}

std::uint64_t ReplayInput::size() const {
    return mapped_ ? mapped_->size() : pcap_->size();
}

std::uint64_t ReplayInput::position() const {
    return mapped_ ? mapped_->position() : pcap_->position();
}

Status ReplayInput::outcome() const {
    return mapped_ ? Status() : pcap_->outcome();
}

const std::vector<flow::Truncation>& ReplayInput::truncated() const {
    return mapped_ ? mapped_->truncated() : pcap_->truncated();
}

} // namespace lacuna::app
