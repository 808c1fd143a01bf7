// Frames into a capture file that others read.
#pragma once

#include "base/result.hpp"
#include "wire/frame.hpp"

#include <cstdio>
#include <memory>
#include <string>
#include <vector>

namespace lacuna::capture {

/// A pcapng file (draft-ietf-opsawg-pcapng) with an interface for each link type, times in
/// nanoseconds. One owner. What could not be written is told by close().
class PcapngWriter {
public:
    /// `comment` stands at its head, for whoever opens it. Errors (exit 1): it cannot be made.
    static Result<PcapngWriter> create(const std::string& path, const std::string& comment);

    void add(const wire::Frame& frame);
    /// Errors (exit 1): not all of it could be written.
    Status close();

private:
    PcapngWriter(std::string path, std::FILE* file)
        : path_(std::move(path)), file_(file, &std::fclose) {}
    void block(std::uint32_t type, const std::string& body);
    std::uint32_t interface_of(wire::LinkType link);

    std::string path_;
    std::unique_ptr<std::FILE, int (*)(std::FILE*)> file_;
    std::vector<wire::LinkType> interfaces_;
    bool good_ = true;
};

} // namespace lacuna::capture
