#include "bench/capture.hpp"

#include "capture/reader.hpp"
#include "flow/tracker.hpp"
#include "wire/decode.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace lacuna::app {
namespace {

constexpr std::size_t kPage = 4096;
/// Room for the SAs of any capture that is worth measuring; memory is taken as they come.
constexpr std::uint64_t kMostFlows = 1u << 25;

/// Share of a mapping that is in memory, not yet touched by this process.
double resident_share(void* map, std::size_t size) {
    std::vector<unsigned char> pages((size + kPage - 1) / kPage);
    if (::mincore(map, size, pages.data()) != 0) return 0;
    const auto in = std::count_if(pages.begin(), pages.end(), [](auto p) { return (p & 1) != 0; });
    return static_cast<double>(in) / static_cast<double>(pages.size());
}

} // namespace

Result<std::unique_ptr<BenchCapture>> BenchCapture::open(const std::string& path) {
    std::unique_ptr<BenchCapture> capture(new BenchCapture());
    capture->path_ = path;
    capture->fd_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (capture->fd_ < 0) return Error{std::strerror(errno), path, "", 2};
    struct stat st {};
    if (::fstat(capture->fd_, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size == 0)
        return Error{"not a regular file with something in it", path, "", 2};
    const auto size = static_cast<std::size_t>(st.st_size);
    void* const map = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, capture->fd_, 0);
    if (map == MAP_FAILED)
        return Error{std::string("cannot be mapped: ") + std::strerror(errno), path, "", 1};
    capture->octets_ = {static_cast<const std::uint8_t*>(map), size};
    capture->page_cache_ = resident_share(map, size);
#ifdef MADV_POPULATE_READ
    ::madvise(map, size, MADV_POPULATE_READ); // where it fails, the survey touches every page
#endif
    return capture;
}

BenchCapture::~BenchCapture() {
    if (fd_ >= 0) ::close(fd_);
    // munmap() takes what mmap() gave.
    if (!octets_.empty()) ::munmap(const_cast<std::uint8_t*>(octets_.data()), octets_.size());
}

Status BenchCapture::survey(BenchResult& result) const {
    auto reader = capture::Reader::from_memory(octets_, path_);
    if (!reader) return reader.error();
    flow::FlowBudget budget(kMostFlows);
    auto tracker = flow::Tracker::create({.max_flows = kMostFlows}, budget);
    if (!tracker) return tracker.error();
    const wire::HashKey key = wire::HashKey::random();
    const auto counts = std::make_unique<wire::FrameCounts>();
    const auto observations = std::make_unique<wire::Observation[]>(wire::kMaxObservations);
    wire::Frame frames[wire::kBurst];
    while (const std::size_t n = (*reader)->next(frames, wire::kBurst))
        (*tracker)->track(observations.get(),
                          wire::decode_burst(frames, n, key, observations.get(), *counts));
    result.input = path_;
    result.page_cache = page_cache_;
    result.flows = (*tracker)->counters().created;
    result.count(*counts);
    if (result.frames() == 0) return Error{"holds no frame", path_, "", 2};
    return {};
}

} // namespace lacuna::app
