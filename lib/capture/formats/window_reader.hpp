// What the readers of the formats share, and how open.cpp makes them.
#pragma once

#include "capture/reader.hpp"
#include "capture/windows/window.hpp"

#include <algorithm>

namespace lacuna::capture {

/// Octets of a classic file header.
inline constexpr std::size_t kPcapHeader = 24;
/// Octets of a classic record header.
inline constexpr std::size_t kPcapRecord = 16;

/// A reader over a window: how input ends is told the same way in all formats.
class WindowReader : public Reader {
public:
    void set_patience(std::chrono::milliseconds patience) override {
        window_->set_patience(patience);
    }

protected:
    WindowReader(std::unique_ptr<Window> window, const std::string& path);

    /// The input ends at the record at offset `at`, for `reason`.
    void cut(std::uint64_t at, std::string reason);
    /// need() or skip() refused inside the record at offset `at`: tells why. `reason` is used if
    /// the input just ended.
    void ran_out(std::uint64_t at, std::string reason);

    const std::unique_ptr<Window> window_;
    bool ended_ = false;
};

/// Fetches what a reader will look at next. Each record says where the next one lies, so the
/// processor cannot run ahead by itself and would wait for memory at every header. Kept in
/// registers by the loops: copy it, use it, put it back.
class ReadAhead {
public:
    /// The reader is at a record of `length` octets at `at`.
    void pass(const std::uint8_t* at, std::uint32_t length) {
        if (length == length_) [[likely]]
            return fetch_header(at + distance_);
        length_ = length;
        distance_ = std::max<std::size_t>(kAhead, std::size_t{length} * 8);
        if (length <= kWorthFetching)
            fetch_lines(at);
        else
            fetch_header(at + distance_);
    }

private:
    /// A little more than a burst of small records: the next one comes while this one is decoded
    /// and tracked.
    static constexpr std::size_t kAhead = wire::kBurst * 80 + 1024;
    /// Larger records are not fetched whole: that would take longer than waiting for their headers.
    static constexpr std::uint32_t kWorthFetching = 2048;

    /// Of a record eight further on, where all have one size; small ones fill their lines. A header
    /// and what follows it may lie in two lines.
    static void fetch_header(const std::uint8_t* at) {
        __builtin_prefetch(at);
        __builtin_prefetch(at + kCacheLine);
    }
    /// Where sizes differ nobody knows where the headers to come lie: all lines, each once. To wait
    /// for one header takes longer than to bring the lines up to it.
    void fetch_lines(const std::uint8_t* at) {
        const std::uint8_t* const to = at + kAhead;
        if (fetched_ < at || fetched_ > to) [[unlikely]]
            fetched_ = at; // the window has moved, or headers were enough for a while
        for (; fetched_ < to; fetched_ += kCacheLine)
            __builtin_prefetch(fetched_);
    }

    const std::uint8_t* fetched_ = nullptr; ///< lines up to here were fetched; never read
    std::size_t distance_ = kAhead;         ///< eight records of that length, or kAhead
    std::uint32_t length_ = 0;              ///< of the record before
};

/// The four octets at the beginning of a classic capture, in either byte order.
bool is_pcap_magic(std::uint32_t magic);
/// Type of a section header block: a palindrome, the same in both byte orders.
inline constexpr std::uint32_t kSectionHeader = 0x0A0D0D0A;

/// `window` stands at a magic number is_pcap_magic() accepts.
Result<std::unique_ptr<Reader>> open_pcap(std::unique_ptr<Window> window, const std::string& path);
/// `window` stands at a section header block.
Result<std::unique_ptr<Reader>> open_pcapng(std::unique_ptr<Window> window,
                                            const std::string& path);

/// Whether `window` stands at records of ERF, which has no magic number: the first two must be
/// possible and follow each other. Moves nothing.
bool is_erf(Window& window);
/// `window` stands at a record is_erf() accepts.
Result<std::unique_ptr<Reader>> open_erf(std::unique_ptr<Window> window, const std::string& path);

} // namespace lacuna::capture
