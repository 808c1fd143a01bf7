// A capture as benchmarks use it: mapped as a whole, and known beforehand.
#pragma once

#include "bench/result.hpp"

#include <memory>
#include <span>

namespace lacuna::app {

/// A regular file in memory, every page of it mapped before anything is measured. Owns the mapping.
class BenchCapture {
public:
    /// Errors (exit 2): missing, not a regular file, empty; no memory to map it (exit 1).
    static Result<std::unique_ptr<BenchCapture>> open(const std::string& path);
    ~BenchCapture();
    BenchCapture(const BenchCapture&) = delete;
    BenchCapture& operator=(const BenchCapture&) = delete;

    std::span<const std::uint8_t> octets() const { return octets_; }
    /// A path without characters that mean something to drivers, good while this lives.
    std::string plain_path() const { return "/proc/self/fd/" + std::to_string(fd_); }

    /// Sends the whole capture through decoder and tracker, unmeasured, and tells `result` what it
    /// is: its name, where it lay, what its frames are and how many SAs they belong to. Errors:
    /// those of capture::Reader::open().
    Status survey(BenchResult& result) const;

private:
    BenchCapture() = default;

    std::string path_;
    int fd_ = -1;
    std::span<const std::uint8_t> octets_;
    double page_cache_ = 0;
};

} // namespace lacuna::app
