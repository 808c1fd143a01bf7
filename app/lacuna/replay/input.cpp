#include "replay/input.hpp"

namespace lacuna::app {

Status ReplayInput::check(const ReplayOptions& options) {
    auto stream = capture::arrange(
        options.files, options.as_given ? capture::Order::as_given : capture::Order::first_packets,
        options.mapped ? capture::Survey::losses : capture::Survey::none);
    if (!stream) return stream.error();
    stream_ = std::move(*stream);
    clock_tolerance_ = options.common.tracker.clock_tolerance;
    if (options.mapped) {
        auto source = pipeline::MappedSource::open(stream_, clock_tolerance_);
        if (!source) return source.error();
        mapped_ = std::move(*source);
        return {};
    }
    auto files = port::check_pcap_files(stream_.paths());
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
    auto source =
        port::PcapSource::open(std::move(files_), pool_.pool.get(), pool_.limit, clock_tolerance_);
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

std::uint64_t ReplayInput::capture_dropped() const {
    if (!mapped_) return pcap_->dropped();
    std::uint64_t frames = 0;
    for (const auto& reader : mapped_->readers())
        frames += reader->dropped();
    return frames;
}

std::uint64_t ReplayInput::odd_times() const {
    if (!mapped_) return pcap_->odd_times();
    std::uint64_t frames = 0;
    for (const auto& reader : mapped_->readers())
        frames += reader->odd_times();
    return frames;
}

std::vector<std::string> ReplayInput::notes() {
    std::vector<TimeNs> last;
    if (mapped_) {
        std::uint64_t unplaced = 0;
        for (const auto& reader : mapped_->readers()) {
            last.push_back(reader->latest_time());
            unplaced += reader->dropped_unplaced();
        }
        capture::remark_unplaced(stream_, unplaced);
    } else {
        last = pcap_->latest();
    }
    capture::remark_overlaps(stream_, last);
    std::vector<std::string> all = notes_;
    all.insert(all.end(), stream_.remarks.begin(), stream_.remarks.end());
    return all;
}

Status ReplayInput::outcome() const {
    return mapped_ ? Status() : pcap_->outcome();
}

const std::vector<flow::Truncation>& ReplayInput::truncated() const {
    return mapped_ ? mapped_->truncated() : pcap_->truncated();
}

} // namespace lacuna::app
