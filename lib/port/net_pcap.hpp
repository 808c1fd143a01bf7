// Capture files through DPDK's net_pcap driver: the production path, fed from a file.
#pragma once

#include "base/result.hpp"
#include "base/steady_times.hpp"
#include "capture/reader.hpp"
#include "flow/figures/truncation.hpp"
#include "pipeline/frame_access.hpp"
#include "pipeline/source/source.hpp"
#include "port/pool.hpp"
#include "port/port.hpp"

#include <memory>
#include <string>
#include <vector>

namespace lacuna::port {

/// A capture the driver reads as it is meant.
struct PcapFile {
    capture::CaptureInfo info;
    bool counted = false;      ///< read to its end: `records` and `end` are known
    bool cut_frames = false;   ///< some frame was longer on the wire than captured
    std::uint32_t longest = 0; ///< octets of the longest record seen
    std::uint64_t records = 0;
    std::uint64_t buffers = 0; ///< these records fill
    /// What the capture tells of losses, which the driver does not; of pcapng files, all of it.
    capture::DropPlan losses;
    std::uint64_t dropped = 0; ///< frames it tells to be lost
    capture::CaptureEnd end;
};

/// Longest record libpcap takes.
inline constexpr std::uint32_t kLongestRecord = 262'144;

/// Looks at `paths` before any device exists. Errors (exit 2), each naming `--source mapped`: what
/// the driver would misread, because it takes every record for an Ethernet frame: other link types,
/// pcapng files with interfaces of different ones, standard input and pipes; records over 65,535
/// octets. A pcapng file is read to its end, of a classic one the first 16 MiB.
Result<std::vector<PcapFile>> check_pcap_files(const std::vector<std::string>& paths);

/// The buffers it takes to read `files` one after another.
BufferDemand buffer_demand(const std::vector<PcapFile>& files);

/// What a report must say that the driver cannot tell of these files, one line each.
std::vector<std::string> pcap_notes(const std::vector<PcapFile>& files);

/// The files as one stream, in order: one virtual device each, plugged in when its turn comes. The
/// driver does not say when a file ends; see net_pcap.cpp for how it is known.
class PcapSource final : public pipeline::Source<rte_mbuf*> {
public:
    /// Opens the first file. `pool` outlives the source; `limit`: see BufferPool.
    /// `clock_tolerance` as in capture::Reader. Errors: exit 1.
    static Result<std::unique_ptr<PcapSource>> open(std::vector<PcapFile> files, rte_mempool* pool,
                                                    std::uint64_t limit,
                                                    TimeNs clock_tolerance = 0);
    ~PcapSource() override;

    std::size_t receive(rte_mbuf** out, std::size_t max, pipeline::Credit& credit) override;
    bool take_drops(pipeline::Drops& out) override {
        if (told_ == due_) [[likely]]
            return false;
        out = files_[current_].losses[told_++].drops;
        return true;
    }
    bool ended() const override { return ended_; }
    std::uint64_t position() const override { return position_.get(); }

    /// How parsers shall read the buffers.
    pipeline::MbufFormat format() const;
    /// Octets of all files.
    std::uint64_t size() const { return size_; }
    /// Inputs that ended inside a record. After the end.
    const std::vector<flow::Truncation>& truncated() const { return truncated_; }
    /// Frames so far whose stamps were odd. After the end.
    std::uint64_t odd_times() const { return times_.odd(); }
    /// The latest time in each file. After the end.
    const std::vector<TimeNs>& latest() const { return latest_; }
    /// Frames lost as the captures tell. After the end.
    std::uint64_t dropped() const { return dropped_; }
    /// Whether every record of every file was delivered. After the end. Errors: exit 1; 2 for
    /// records the driver cannot hold.
    const Status& outcome() const { return outcome_; }

private:
    PcapSource() = default;
    Status open_current();
    std::size_t take(rte_mbuf** out, std::size_t max);
    std::size_t receive_waiting(rte_mbuf** out, std::size_t max, std::size_t n);
    TimeNs time_of(const rte_mbuf* m) const;
    void finish_current();
    Status settle_end();
    void find_losses();

    std::vector<PcapFile> files_;
    rte_mempool* pool_ = nullptr;
    std::uint64_t limit_ = 0;
    std::uint64_t size_ = 0;
    std::unique_ptr<Port> port_;
    int fd_ = -1;
    std::size_t current_ = 0;
    std::uint64_t records_ = 0; ///< of the current file
    std::uint32_t lengths_ = 0; ///< of its records, all bits any of them has
    std::uint64_t offset_ = 0;  ///< in the current file, were it a classic pcap
    std::uint64_t base_ = 0;    ///< octets of the files before it
    bool ended_ = false;
    std::size_t told_ = 0;                 ///< losses of the current file that were told, ...
    std::size_t due_ = 0;                  ///< ... and those to be told now
    std::uint64_t next_loss_ = UINT64_MAX; ///< record before which the loss after those is told
    std::uint64_t dropped_ = 0;
    std::vector<TimeNs> latest_; ///< of each file
    SteadyTimes<rte_mbuf*> times_;
    flow::SharedCount position_;
    std::vector<flow::Truncation> truncated_;
    Status outcome_;
};

} // namespace lacuna::port
