#include "pcapgen/pcap_writer.hpp"

#include "base/endian.hpp"
#include "pcapgen/frames/frame_kind.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

namespace lacuna::pcapgen {
namespace {

constexpr std::uint32_t kMagicMicro = 0xA1B2C3D4;
constexpr std::uint32_t kMagicNano = 0xA1B23C4D;
constexpr std::uint32_t kSnapLength = 262144;
constexpr std::uint32_t kLinkEthernet = 1;

void put_le(std::uint8_t* p, std::uint32_t v) {
    if constexpr (std::endian::native == std::endian::big) v = bswap(v);
    std::memcpy(p, &v, sizeof v);
}

} // namespace

Result<PcapWriter> PcapWriter::create(const std::string& path, bool nanoseconds) {
    if (path == "-") return PcapWriter(STDOUT_FILENO, "standard output", nanoseconds);
    const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd < 0)
        return Error{fmt::format("cannot be written: {}", std::strerror(errno)), path,
                     "give a path that can, with --output"};
    return PcapWriter(fd, path, nanoseconds);
}

PcapWriter::PcapWriter(int fd, std::string path, bool nanoseconds)
    : fd_(fd), path_(std::move(path)), nanoseconds_(nanoseconds),
      buffer_(std::make_unique_for_overwrite<std::uint8_t[]>(kBlock + kRecordHeader + kLargestFrame
                                                             + kBuildSlack)) {
    std::uint8_t* const h = buffer_.get();
    std::memset(h, 0, kFileHeader);
    put_le(h, nanoseconds ? kMagicNano : kMagicMicro);
    put_le(h + 4, 2 | 4u << 16); // version 2.4
    put_le(h + 16, kSnapLength);
    put_le(h + 20, kLinkEthernet);
    used_ = kFileHeader;
}

PcapWriter::PcapWriter(PcapWriter&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), errno_(other.errno_), path_(std::move(other.path_)),
      nanoseconds_(other.nanoseconds_), buffer_(std::move(other.buffer_)), used_(other.used_),
      written_(other.written_) {}

PcapWriter::~PcapWriter() {
    if (fd_ > STDERR_FILENO) ::close(fd_);
}

void PcapWriter::commit(std::uint32_t length, std::uint64_t seconds, std::uint64_t nanoseconds) {
    std::uint8_t* const r = buffer_.get() + used_;
    const std::uint64_t fraction = nanoseconds_ ? nanoseconds : nanoseconds / 1000;
    put_le(r, static_cast<std::uint32_t>(seconds));
    put_le(r + 4, static_cast<std::uint32_t>(fraction));
    put_le(r + 8, length);
    put_le(r + 12, length);
    used_ += kRecordHeader + length;
    if (used_ >= kBlock) write_out(kBlock);
}

void PcapWriter::write_out(std::size_t octets) {
    std::size_t done = 0;
    while (done < octets && errno_ == 0) {
        const ssize_t n = write(fd_, buffer_.get() + done, octets - done);
        if (n > 0)
            done += static_cast<std::size_t>(n);
        else if (n == 0 || errno != EINTR)
            errno_ = n == 0 ? ENOSPC : errno;
    }
    written_ += done;
    used_ -= octets;
    std::memmove(buffer_.get(), buffer_.get() + octets, used_);
}

Status PcapWriter::close() {
    write_out(used_);
    // A full disk behind a network shows only here.
    if (fd_ >= 0 && ::close(std::exchange(fd_, -1)) != 0 && errno_ == 0) errno_ = errno;
    if (errno_ == 0) return {};
    return Error{fmt::format("writing failed after {} octets: {}", written_, std::strerror(errno_)),
                 path_, "the capture is not complete and has no truth", 1};
}

} // namespace lacuna::pcapgen
