#include "capture/windows/huge_pages.hpp"

#include <charconv>
#include <fstream>
#include <string>
#include <sys/mman.h>

namespace lacuna::capture {

namespace {

constexpr std::size_t kHugePage = std::size_t{2} << 20;
constexpr std::size_t kSamples = 8;
/// So many of them make the whole cheaper to map: a small page costs more to map than to read.
constexpr std::size_t kEnough = 6;
/// Below, a whole capture is read in the time the question takes.
constexpr std::size_t kWorthAsking = 2 * kSamples * kHugePage;

/// KiB of the mapping that begins at `map` which huge pages of a file or of shared memory map, as
/// proc_pid_smaps(5) says.
std::size_t huge_kib(const std::uint8_t* map) {
    std::ifstream smaps("/proc/self/smaps");
    const auto begin = reinterpret_cast<std::uintptr_t>(map);
    bool inside = false;
    std::size_t kib = 0;
    for (std::string line; std::getline(smaps, line);) {
        std::uintptr_t address = 0;
        const auto [rest, error] =
            std::from_chars(line.data(), line.data() + line.size(), address, 16);
        if (error == std::errc{} && rest != line.data() + line.size() && *rest == '-') {
            if (inside) break;
            inside = address == begin;
        } else if (inside && line.find("PmdMapped:") != std::string::npos) {
            kib += std::stoul(line.substr(line.find(':') + 1));
        }
    }
    return kib;
}

} // namespace

bool held_in_huge_pages(std::uint8_t* map, std::size_t size) {
#ifdef MADV_POPULATE_READ
    if (size < kWorthAsking) return false;
    const std::size_t last = size / kHugePage - 1; // the last whole one
    for (std::size_t i = 0; i < kSamples; ++i)
        if (::madvise(map + i * last / (kSamples - 1) * kHugePage, 1, MADV_POPULATE_READ) != 0)
            return false;
    const bool held = huge_kib(map) >= kEnough * (kHugePage >> 10);
    ::madvise(map, size, MADV_DONTNEED); // the samples are nobody's working set
    return held;
#else
    static_cast<void>(map);
    static_cast<void>(size);
    return false;
#endif
}

} // namespace lacuna::capture
