// How the end of a file is known. net_pcap returns empty bursts for ever, whether a file has ended
// or broken off. An empty burst from a file means that libpcap gave nothing more, since buffers
// never run out (see BufferPool). A classic capture has ended well if 24 octets of file header and
// 16 + captured length for each record add up to its size. In all other cases, which are rare,
// lacuna's own reader reads the file, which says where and why it broke off, and how many records
// there were: the driver must have delivered them all.
#include "port/net_pcap.hpp"

#include "pipeline/pool_order.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

namespace lacuna::port {

namespace {

constexpr std::uint64_t kFileHeader = 24;
constexpr std::uint64_t kRecordHeader = 16;

Error misread(const std::string& path, std::string what) {
    return Error{std::move(what), path, "use --source mapped", 2};
}

/// The driver keeps the captured length in 16 bits: of longer records it delivers a part.
constexpr std::uint32_t kDriverLimit = 65'535;

/// Octets of a classic capture looked at beforehand: about a millisecond's worth.
constexpr std::uint64_t kGlance = 16 << 20;

/// Reads a capture to its end, or until it is past `limit`, and notes what it holds.
void survey(capture::Reader& reader, std::uint64_t limit, PcapFile& file) {
    std::vector<wire::Frame> frames(1024);
    file.counted = false;
    file.records = 0;
    file.buffers = 0;
    file.losses.clear();
    while (reader.position() < limit) {
        const std::size_t n = reader.next(frames.data(), frames.size());
        if (n == 0) {
            file.counted = true;
            file.end = reader.end();
            break;
        }
        for (Drops lost; reader.take_drops(lost);)
            file.losses.push_back({file.records, lost});
        file.records += n;
        for (std::size_t i = 0; i < n; ++i) {
            file.cut_frames |= frames[i].caplen < frames[i].wirelen;
            file.longest = std::max(file.longest, frames[i].caplen);
            file.buffers += buffers_for(frames[i].caplen);
        }
    }
    file.info = reader.info(); // of all interfaces, now that they have been seen
    for (const capture::PlacedDrops& p : reader.survey_drops())
        file.losses.push_back(p);
    std::stable_sort(file.losses.begin(), file.losses.end(),
                     [](const auto& a, const auto& b) { return a.frame < b.frame; });
    file.dropped = 0;
    for (const capture::PlacedDrops& p : file.losses)
        file.dropped += p.drops.frames;
}

/// What the driver would take for something else.
Status refuse_misread(const PcapFile& file) {
    const std::string& path = file.info.path;
    if (file.info.packed)
        return misread(path, "is compressed, which the net_pcap driver does not read");
    if (file.info.mixed_links)
        return misread(path, "has interfaces of different link types, which the net_pcap driver "
                             "does not tell apart");
    if (file.info.link != wire::LinkType::ethernet)
        return misread(path,
                       "is not an Ethernet capture, which the net_pcap driver would take it for");
    if (file.info.mixed_snaps)
        return misread(path, "has interfaces of different snap lengths, which the net_pcap driver "
                             "does not read");
    if (file.longest > kDriverLimit)
        return misread(path, "has a record of " + std::to_string(file.longest)
                                 + " octets, of which the net_pcap driver delivers a part");
    return {};
}

} // namespace

Result<std::vector<PcapFile>> check_pcap_files(const std::vector<std::string>& paths) {
    if (Status s = capture::check_number(paths.size()); !s) return s.error();
    std::vector<PcapFile> files;
    for (const std::string& path : paths) {
        if (path == "-") return misread("-", "the net_pcap driver cannot read standard input");
        auto reader = capture::Reader::open(path);
        if (!reader) return reader.error();
        if (!(*reader)->info().mapped) return misread(path, "not a regular file");
        if ((*reader)->info().format == capture::Format::erf)
            return misread(path, "an ERF file, which the net_pcap driver does not read");
        PcapFile file;
        const bool classic = (*reader)->info().format == capture::Format::pcap;
        survey(**reader, classic ? kGlance : UINT64_MAX, file);
        if (Status s = refuse_misread(file); !s) return s.error();
        files.push_back(std::move(file));
    }
    return files;
}

BufferDemand buffer_demand(const std::vector<PcapFile>& files) {
    BufferDemand demand{0, 0};
    for (const PcapFile& f : files) {
        if (!f.counted) return {kLongestRecord, BufferDemand::kUnbounded};
        demand.longest = std::max(demand.longest, f.longest);
        demand.in_all += f.buffers;
    }
    return demand;
}

std::vector<std::string> pcap_notes(const std::vector<PcapFile>& files) {
    const auto any = [&files](auto test) { return std::any_of(files.begin(), files.end(), test); };
    std::vector<std::string> notes;
    if (any([](const PcapFile& f) { return f.info.nanoseconds; }))
        notes.push_back("times are cut to microseconds by the net_pcap driver; --source mapped "
                        "keeps nanoseconds");
    if (any([](const PcapFile& f) { return f.cut_frames; }))
        notes.push_back("bytes are those captured: the net_pcap driver does not tell the length "
                        "on the wire of frames cut by a snap length; --source mapped does");
    return notes;
}

Result<std::unique_ptr<PcapSource>> PcapSource::open(std::vector<PcapFile> files, rte_mempool* pool,
                                                     std::uint64_t limit, TimeNs clock_tolerance) {
    std::unique_ptr<PcapSource> source(new PcapSource());
    for (const PcapFile& f : files)
        source->size_ += f.info.size;
    source->files_ = std::move(files);
    source->pool_ = pool;
    source->limit_ = limit;
    source->times_.set_tolerance(clock_tolerance);
    const Status opened = source->open_current();
    if (!opened) return opened.error();
    return source;
}

PcapSource::~PcapSource() {
    rte_mbuf* m = nullptr;
    for (TimeNs time = 0; times_.pop(m, time, true, true);)
        rte_pktmbuf_free(m);
    port_.reset();
    if (fd_ >= 0) close(fd_);
}

Status PcapSource::open_current() {
    const std::string& path = files_[current_].info.path;
    // By descriptor, because a path may hold commas and blanks that mean something in devargs.
    fd_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd_ < 0) return Error{std::strerror(errno), path, "", 1};
    auto port =
        Port::open_vdev("net_pcap" + std::to_string(current_),
                        "rx_pcap=/proc/self/fd/" + std::to_string(fd_) + ",infinite_rx=0", pool_);
    if (!port) {
        Error error = port.error();
        error.where = path;
        error.what = "the net_pcap driver does not take it (" + error.what + ")";
        error.hint = "use --source mapped";
        return error;
    }
    port_ = std::move(*port);
    if (port_->time_offset() < 0)
        return Error{"the net_pcap driver gives no times", path, "use --source mapped", 1};
    records_ = 0;
    lengths_ = 0;
    offset_ = kFileHeader;
    told_ = due_ = 0;
    times_.restart();
    find_losses();
    latest_.push_back(std::numeric_limits<TimeNs>::min());
    return {};
}

/// Losses before the next record are due, and the next one is looked for.
void PcapSource::find_losses() {
    const capture::DropPlan& losses = files_[current_].losses;
    while (due_ < losses.size() && losses[due_].frame <= records_)
        ++due_;
    next_loss_ = due_ < losses.size() ? losses[due_].frame : UINT64_MAX;
}

pipeline::MbufFormat PcapSource::format() const {
    pipeline::MbufFormat format;
    format.time_offset = port_->time_offset();
    format.time_unit_ns = port_->time_unit_ns();
    for (const PcapFile& f : files_) {
        format.origins.push_back(pipeline::MbufOrigin{
            wire::LinkType::ethernet, static_cast<std::uint16_t>(f.info.fcs_octets)});
    }
    return format;
}

std::size_t PcapSource::receive(rte_mbuf** out, std::size_t max, pipeline::Credit& credit) {
    if (!credit.within(limit_)) return 0;
    while (!ended_) {
        if (!times_.empty()) [[unlikely]]
            return receive_waiting(out, max, 0);
        const std::size_t n = take(out, max);
        if (n > 0) [[likely]] {
            TimeNs least = time_of(out[0]);
            TimeNs most = least;
            for (std::size_t i = 1; i < n; ++i) {
                least = std::min(least, time_of(out[i]));
                most = std::max(most, time_of(out[i]));
            }
            if (!times_.usual(least, most)) [[unlikely]]
                return receive_waiting(out, max, n);
            latest_.back() = std::max(latest_.back(), most);
            return n;
        }
        finish_current();
    }
    return 0;
}

TimeNs PcapSource::time_of(const rte_mbuf* m) const {
    return static_cast<TimeNs>(*RTE_MBUF_DYNFIELD(m, port_->time_offset(), const std::uint64_t*)
                               * port_->time_unit_ns());
}

/// The next records of the current file; 0: it has no more.
std::size_t PcapSource::take(rte_mbuf** out, std::size_t max) {
    if (records_ == next_loss_) [[unlikely]]
        find_losses();
    const std::uint64_t may = std::min<std::uint64_t>(max, next_loss_ - records_);
    const std::size_t n = rte_eth_rx_burst(port_->id(), 0, out, static_cast<std::uint16_t>(may));
    if (n == 0) return 0;
    pipeline::PoolOrder::taken(out, n);
    const auto file = static_cast<std::uint16_t>(current_);
    std::uint64_t octets = n * kRecordHeader;
    for (std::size_t i = 0; i < n; ++i) {
        octets += out[i]->pkt_len;
        lengths_ |= out[i]->pkt_len;
        // A store to the line the driver has just written costs more than asking.
        if (out[i]->port != file) out[i]->port = file;
    }
    offset_ += octets;
    records_ += n;
    position_.add(octets);
    return n;
}

/// receive() where stamps have to be looked at one by one: after the first `n` of `out`. Not 0: the
/// file goes on, or what of it waited comes first.
std::size_t PcapSource::receive_waiting(rte_mbuf** out, std::size_t max, std::size_t n) {
    const auto wait = [this](rte_mbuf* const* burst, std::size_t size) {
        for (std::size_t i = 0; i < size; ++i)
            times_.push(burst[i], time_of(burst[i]));
    };
    std::size_t known = 0;
    for (; known < n && times_.in_step(time_of(out[known])); ++known)
        latest_.back() = std::max(latest_.back(), time_of(out[known]));
    wait(out + known, n - known);
    if (known != 0) return known;
    for (bool ended = false;;) {
        std::size_t given = 0;
        rte_mbuf* m = nullptr;
        TimeNs time = 0;
        while (given < max && times_.pop(m, time, ended, given == 0)) {
            *RTE_MBUF_DYNFIELD(m, port_->time_offset(), std::uint64_t*) =
                static_cast<std::uint64_t>(time) / port_->time_unit_ns();
            latest_.back() = std::max(latest_.back(), time);
            out[given++] = m;
        }
        if (given != 0) return given;
        rte_mbuf* more[wire::kBurst];
        const std::size_t got = take(more, wire::kBurst);
        wait(more, got);
        ended = got == 0;
    }
}

void PcapSource::finish_current() {
    const PcapFile& file = files_[current_];
    told_ = due_ = 0;
    dropped_ += file.dropped;
    const bool ended_well =
        !file.counted && offset_ == file.info.size && pipeline::port_ierrors(port_->id()) == 0;
    if (!ended_well) outcome_ = settle_end();
    if (lengths_ > kDriverLimit)
        outcome_ = misread(file.info.path, "has records of more than 65535 octets, which the "
                                           "net_pcap driver delivers in part");
    port_.reset();
    close(fd_);
    fd_ = -1;
    base_ += file.info.size;
    position_.add(base_ - std::min(base_, position_.get()));
    ++current_;
    if (outcome_ && current_ < files_.size()) outcome_ = open_current();
    ended_ = !outcome_ || current_ == files_.size();
}

Status PcapSource::settle_end() {
    PcapFile& file = files_[current_];
    const std::string& path = file.info.path;
    if (!file.counted) {
        auto reader = capture::Reader::open(path);
        if (!reader) return reader.error();
        survey(**reader, UINT64_MAX, file);
        if (Status s = refuse_misread(file); !s) return s;
    }
    if (file.records != records_) {
        return Error{"the net_pcap driver delivered " + std::to_string(records_) + " of "
                         + std::to_string(file.records) + " records",
                     path, "use --source mapped", 1};
    }
    if (file.end.truncated)
        truncated_.push_back(flow::Truncation{path, file.end.offset, file.end.reason});
    return {};
}

} // namespace lacuna::port
