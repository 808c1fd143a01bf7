// Octets that look encrypted, and text that looks like an application's, for payloads.
#pragma once

#include <cstdint>
#include <memory>

namespace lacuna::pcapgen {

/// One block of random octets and one of lower-case letters; frames copy from some offset in it,
/// which costs a memcpy and not a random number per octet. Immutable after construction.
class Noise {
public:
    static constexpr std::uint32_t kOffsets = 2048; ///< offsets are below this
    static constexpr std::uint32_t kLongest = 65536;
    static constexpr std::uint32_t kSlack = 64; ///< readable behind the longest payload

    explicit Noise(std::uint64_t seed);
    const std::uint8_t* octets(std::uint32_t offset) const { return octets_.get() + offset; }
    const std::uint8_t* text(std::uint32_t offset) const { return text_.get() + offset; }

private:
    std::unique_ptr<std::uint8_t[]> octets_;
    std::unique_ptr<std::uint8_t[]> text_;
};

} // namespace lacuna::pcapgen
