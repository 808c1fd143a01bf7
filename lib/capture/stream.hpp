// Several captures as one stream: in which order they are read, and what is known of them before.
#pragma once

#include "capture/reader.hpp"

#include <span>

namespace lacuna::capture {

/// A capture of a stream, looked at before it is read.
struct StreamFile {
    std::string path;            ///< as it was named; "-": standard input
    std::optional<TimeNs> first; ///< time of its first packet; none: a pipe, or no packet
    /// What its statistics tell of losses; null: a pipe, or not asked for.
    std::shared_ptr<const DropPlan> losses = nullptr;

    /// Opens it as number `source` of the stream. Errors as Reader::open().
    Result<std::unique_ptr<Reader>> open(Access access, std::size_t source) const;
};

struct Stream {
    std::vector<StreamFile> files;    ///< in the order they are read
    std::vector<std::string> remarks; ///< what whoever named them should know, one line each

    /// Whether a loss is told whose span is counted: then who comes first has part in it.
    bool counts_drops() const;
    std::vector<std::string> paths() const;
};

enum class Order : std::uint8_t {
    first_packets, ///< of files; a pipe keeps its place
    as_given,
};
enum class Survey : std::uint8_t {
    losses, ///< files whose statistics may tell of losses are read to their end
    none,
};

/// Looks at the captures `paths`. Pipes are left alone. Errors (exit 2): an empty name, too many,
/// those of Reader::open().
Result<Stream> arrange(const std::vector<std::string>& paths, Order order, Survey survey);

/// Says which files begin before those read before them ended, to be called when all were read.
/// `last`: the latest time in each file; the smallest TimeNs: no packet.
void remark_overlaps(Stream& stream, std::span<const TimeNs> last);

/// Says what was lost when it was too late to call it blind: `frames` of them.
void remark_unplaced(Stream& stream, std::uint64_t frames);

} // namespace lacuna::capture
