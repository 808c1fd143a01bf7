// What the readers of the two formats share, and how open.cpp makes them.
#pragma once

#include "capture/reader.hpp"
#include "capture/window.hpp"

#include <algorithm>

namespace lacuna::capture {

/// Octets of a classic file header.
inline constexpr std::size_t kPcapHeader = 24;
/// Octets of a classic record header.
inline constexpr std::size_t kPcapRecord = 16;

/// A reader over a window: how input ends is told the same way in both formats.
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

/// How far ahead of a record of `length` octets the octets to come are fetched: about eight
/// records. Each record says where the next one lies, so the processor cannot run ahead by itself
/// and would wait for memory at every header. Small records fill their lines, there one distance
/// serves any mixture of sizes: a little more than a burst, so that the next one comes while this
/// one is decoded and tracked.
inline std::size_t prefetch_distance(std::uint32_t length) {
    return std::max<std::size_t>(6144, std::size_t{length} * 8);
}
/// A record header and what follows it may lie in two lines.
inline void prefetch_record(const std::uint8_t* at) {
    __builtin_prefetch(at);
    __builtin_prefetch(at + kCacheLine);
}

/// Fetches where records differ in size, so that nobody knows where the headers to come lie: all
/// lines of the input, each once. To wait for a header in memory takes longer than to bring the
/// lines between two of them.
class LineFetcher {
public:
    /// Not with larger records: that would take longer than waiting for their headers.
    static constexpr std::uint32_t kWorthFetching = 2048;

    /// The record to be looked at next lies at `at`.
    void reach(const std::uint8_t* at) {
        const std::uint8_t* const to = at + kAhead;
        if (fetched_ < at || fetched_ > to) [[unlikely]]
            fetched_ = at; // the window has moved
        for (; fetched_ < to; fetched_ += kCacheLine)
            __builtin_prefetch(fetched_);
    }

private:
    static constexpr std::size_t kAhead = 8192;
    const std::uint8_t* fetched_ = nullptr;
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

} // namespace lacuna::capture
