// Frame::source of a capture file that tells interfaces apart.
#pragma once

#include <cstdint>

namespace lacuna::wire {

inline constexpr std::uint16_t kHasInterface = 0x8000;
inline constexpr unsigned kInterfaceBits = 7;
inline constexpr std::uint32_t kInterfaceMask = (1u << kInterfaceBits) - 1;

/// Of an interface of file number `file`. The first one is the file itself, as all are of file 256
/// and beyond; those 128 apart are not told from each other.
constexpr std::uint16_t frame_source(std::uint16_t file, std::uint32_t interface) {
    const std::uint32_t number = interface & kInterfaceMask;
    if (number == 0 || file >= kHasInterface >> kInterfaceBits) return file;
    return static_cast<std::uint16_t>(kHasInterface | std::uint32_t{file} << kInterfaceBits
                                      | number);
}

/// The file, whatever the interface.
constexpr std::uint16_t file_of(std::uint16_t source) {
    return (source & kHasInterface) == 0
               ? source
               : static_cast<std::uint16_t>((source & ~kHasInterface) >> kInterfaceBits);
}

} // namespace lacuna::wire
