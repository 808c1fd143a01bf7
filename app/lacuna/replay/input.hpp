// The two sources of a replay behind one face.
#pragma once

#include "flow/figures/truncation.hpp"
#include "pipeline/pipeline.hpp"
#include "pipeline/source/mapped_source.hpp"
#include "port/net_pcap.hpp"
#include "port/pool.hpp"
#include "replay/options.hpp"

namespace lacuna::app {

/// Files, buffers and device of a replay. Outlives the pipeline it feeds, and ends before EAL.
class ReplayInput {
public:
    /// Looks at the files, before EAL starts. Errors: exit 2.
    Status check(const ReplayOptions& options);
    /// Frames whose stamps were odd. After the end.
    std::uint64_t odd_times() const;
    /// Gets buffers; EAL is up. Errors: exit 1.
    Status prepare(const pipeline::PipelineConfig& config);
    /// Opens the first file. Errors: exit 1.
    Status open();

    pipeline::Input input() const;
    std::uint64_t size() const; ///< octets in all; 0: not known
    std::uint64_t position() const;
    /// The files in the order they are read.
    std::vector<std::string> files() const { return stream_.paths(); }
    /// What the source cannot tell, and what is odd about the files, one line each. After the end.
    std::vector<std::string> notes();
    /// Frames lost as the captures themselves tell. After the end.
    std::uint64_t capture_dropped() const;
    /// After the end: whether all was delivered, and which files were cut.
    Status outcome() const;
    const std::vector<flow::Truncation>& truncated() const;

private:
    TimeNs clock_tolerance_ = 0;
    capture::Stream stream_;
    port::BufferPool pool_; ///< before the source, which goes first
    std::vector<port::PcapFile> files_;
    std::unique_ptr<port::PcapSource> pcap_;
    std::unique_ptr<pipeline::MappedSource> mapped_;
    std::vector<std::string> notes_;
};

} // namespace lacuna::app
