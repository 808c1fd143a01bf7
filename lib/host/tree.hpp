// The kernel's files (sysfs, procfs) as values. Where they begin can be told, so that tests show
// lacuna made-up hosts.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace lacuna::host {

/// Paths are relative to the root: "sys/class/net". What cannot be read is as what is not there.
/// Thread safe.
class Tree {
public:
    explicit Tree(std::filesystem::path root = "/") : root_(std::move(root)) {}

    bool exists(const std::string& path) const;
    /// Whether this process may write there.
    bool writable(const std::string& path) const;
    /// The file, its first 64 KiB at most; empty: there is none.
    std::string text(const std::string& path) const;
    /// Its first line.
    std::string line(const std::string& path) const;
    /// A decimal number, or a hexadecimal one that begins with 0x.
    std::optional<std::uint64_t> number(const std::string& path) const;
    /// What a folder holds, sorted.
    std::vector<std::string> names(const std::string& folder) const;
    /// Last component of what a symbolic link points to; empty: there is none.
    std::string target(const std::string& link) const;

private:
    std::filesystem::path root_;
};

} // namespace lacuna::host
