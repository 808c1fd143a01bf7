// Compressed data as the octets they stand for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

namespace lacuna::capture {

/// Unpacks one input from its beginning, by the library of the format. One owner, one thread.
class Codec {
public:
    virtual ~Codec() = default;
    Codec() = default;
    Codec(const Codec&) = delete;
    Codec& operator=(const Codec&) = delete;

    struct Step {
        std::size_t used = 0; ///< octets of the input that are done with
        std::size_t made = 0; ///< octets written
        bool damaged = false; ///< it cannot go on
    };
    /// Goes on with `in` as far as `out` has room. May use and make nothing where `in` is empty.
    virtual Step step(std::span<const std::uint8_t> in, std::span<std::uint8_t> out) = 0;
    /// Whether the input may end here: what was begun is complete.
    virtual bool complete() const = 0;
};

/// What unpacks an input that begins with `head` (four octets or more): gzip (RFC 1952), zstd (RFC
/// 8878) or lz4 frames, also several one behind another. Null: it is none of them.
std::unique_ptr<Codec> codec_for(std::string_view head);

} // namespace lacuna::capture
