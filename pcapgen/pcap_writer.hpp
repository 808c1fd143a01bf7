// Classic pcap, little-endian on every machine, written through one large buffer.
#pragma once

#include "base/result.hpp"
#include "base/types.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace lacuna::pcapgen {

/// Times of frames sent at an even rate, exact over any length. Starts at 2025-01-01T00:00:00Z.
class Clock {
public:
    static constexpr std::uint64_t kStart = 1735689600;
    /// `rate`: frames per second, 1 - 10^9.
    explicit Clock(std::uint64_t rate)
        : rate_(rate), step_(kNsPerS / rate), remainder_(kNsPerS % rate) {}
    std::uint64_t seconds() const { return seconds_; }
    std::uint64_t nanoseconds() const { return nanoseconds_; }
    TimeNs now() const { return static_cast<TimeNs>(seconds_ * kNsPerS + nanoseconds_); }
    void advance() {
        nanoseconds_ += step_;
        carry_ += remainder_;
        if (carry_ >= rate_) {
            carry_ -= rate_;
            ++nanoseconds_;
        }
        if (nanoseconds_ >= kNsPerS) {
            nanoseconds_ -= kNsPerS;
            ++seconds_;
        }
    }

private:
    static constexpr std::uint64_t kNsPerS = 1'000'000'000;
    std::uint64_t rate_, step_, remainder_;
    std::uint64_t carry_ = 0;
    std::uint64_t seconds_ = kStart;
    std::uint64_t nanoseconds_ = 0;
};

/// Not thread-safe. An error of the system stays: later frames are discarded and close() tells.
class PcapWriter {
public:
    /// `path` "-" is standard output. Errors: cannot be created (exit 2).
    static Result<PcapWriter> create(const std::string& path, bool nanoseconds);
    PcapWriter(PcapWriter&& other) noexcept;
    PcapWriter& operator=(PcapWriter&&) = delete;
    ~PcapWriter();

    /// Where the next frame is to be built: room for the largest frame and kBuildSlack.
    std::uint8_t* frame() { return buffer_.get() + used_ + kRecordHeader; }
    /// Ends the frame just built.
    void commit(std::uint32_t length, const Clock& clock) {
        commit(length, clock.seconds(), clock.nanoseconds());
    }
    /// `time`: since 1970.
    void commit(std::uint32_t length, TimeNs time) {
        constexpr TimeNs kNsPerS = 1'000'000'000;
        commit(length, static_cast<std::uint64_t>(time / kNsPerS),
               static_cast<std::uint64_t>(time % kNsPerS));
    }
    bool failed() const { return errno_ != 0; }
    std::uint64_t written() const { return written_; }
    /// Writes what is buffered. Errors: the system refused to take some octet (exit 1).
    Status close();

private:
    static constexpr std::size_t kFileHeader = 24;
    static constexpr std::size_t kRecordHeader = 16;
    /// Written at once, and from a multiple of it on: file systems with large folios then keep the
    /// capture in huge pages, which costs `analyze` a quarter less time.
    static constexpr std::size_t kBlock = std::size_t{2} << 20;

    PcapWriter(int fd, std::string path, bool nanoseconds);
    void commit(std::uint32_t length, std::uint64_t seconds, std::uint64_t nanoseconds);
    /// Writes the first `octets` of the buffer and keeps the rest.
    void write_out(std::size_t octets);

    int fd_;
    int errno_ = 0;
    std::string path_;
    bool nanoseconds_;
    std::unique_ptr<std::uint8_t[]> buffer_;
    std::size_t used_ = 0;
    std::uint64_t written_ = 0; ///< octets handed to the system
};

} // namespace lacuna::pcapgen
