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

/// Asks for the octets about eight records ahead: each record says where the next one lies, so the
/// processor cannot run ahead by itself and would wait for memory at every header. Small records
/// fill their lines, there the plain distance serves any mixture of sizes.
inline void prefetch_ahead(const std::uint8_t* record, std::uint32_t stride) {
    const std::size_t distance = std::max<std::size_t>(4096, std::size_t{stride} * 8);
    __builtin_prefetch(record + distance);
    __builtin_prefetch(record + distance + kCacheLine);
}

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
