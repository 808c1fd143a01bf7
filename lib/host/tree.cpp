#include "host/tree.hpp"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <unistd.h>

namespace lacuna::host {

namespace fs = std::filesystem;

bool Tree::exists(const std::string& path) const {
    std::error_code error;
    return fs::exists(root_ / path, error);
}

bool Tree::writable(const std::string& path) const {
    return access((root_ / path).c_str(), W_OK) == 0;
}

std::string Tree::text(const std::string& path) const {
    std::ifstream in(root_ / path, std::ios::binary);
    std::string text(65536, '\0');
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(in.gcount()));
    return text;
}

std::string Tree::line(const std::string& path) const {
    std::string all = text(path);
    all.resize(std::min(all.find('\n'), all.size()));
    return all;
}

std::optional<std::uint64_t> Tree::number(const std::string& path) const {
    const std::string digits = line(path);
    const bool hex = digits.starts_with("0x");
    const char* const end = digits.data() + digits.size();
    std::uint64_t n = 0;
    const auto read = std::from_chars(digits.data() + (hex ? 2 : 0), end, n, hex ? 16 : 10);
    if (read.ec != std::errc() || read.ptr != end) return std::nullopt;
    return n;
}

std::vector<std::string> Tree::names(const std::string& folder) const {
    std::vector<std::string> out;
    std::error_code error;
    for (fs::directory_iterator at(root_ / folder, error), end; !error && at != end;
         at.increment(error))
        out.push_back(at->path().filename());
    std::sort(out.begin(), out.end());
    return out;
}

std::string Tree::target(const std::string& link) const {
    std::error_code error;
    return fs::read_symlink(root_ / link, error).filename();
}

} // namespace lacuna::host
