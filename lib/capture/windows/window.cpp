#include "capture/windows/kinds.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace lacuna::capture {

namespace {

class MemoryWindow final : public Window {
public:
    explicit MemoryWindow(std::span<const std::uint8_t> octets) : size_(octets.size()) {
        cur = start_ = octets.data();
        end = cur + octets.size();
    }
    bool need(std::size_t n) override { return n <= at_hand(); }
    bool skip(std::uint64_t n) override {
        if (n > at_hand()) return false;
        cur += n;
        return true;
    }
    std::uint64_t size() const override { return size_; }
    bool mapped() const override { return true; }

private:
    std::uint64_t size_;
};

/// What a regular file holds from its current offset on; size 0 for others, and where there is no
/// size to go by (/proc).
Extent extent_of(int fd, const struct stat& st) {
    if (!S_ISREG(st.st_mode)) return {};
    const off_t at = ::lseek(fd, 0, SEEK_CUR);
    if (at < 0 || at >= st.st_size) return {};
    return {static_cast<std::uint64_t>(at), static_cast<std::uint64_t>(st.st_size - at)};
}

Error open_error(int error, const std::string& path) {
    if (error == ENOENT) return {"no such file", path, ""};
    if (error == EACCES) return {"permission denied", path, "run as a user who may read it"};
    return {std::string("cannot be opened: ") + std::strerror(error), path, ""};
}

} // namespace

File::~File() {
    if (owned_) ::close(fd_);
}

Result<std::unique_ptr<Window>> open_window(const std::string& path, Access access) {
    const bool standard = path == "-";
    const std::string name = standard ? "standard input" : path;
    const int fd = standard ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0) return open_error(errno, name);
    File file(fd, !standard);
    struct stat st {};
    if (::fstat(fd, &st) != 0) return open_error(errno, name);
    if (S_ISDIR(st.st_mode)) return Error{"is a directory", name, "name the capture files in it"};
    if (::isatty(fd) != 0)
        return Error{"is a terminal", name,
                     "pipe a capture into it: zcat f.pcap.gz | lacuna analyze -"};
    const Extent extent = extent_of(fd, st);
    if (extent.size != 0)
        if (auto window = mapped_window(file, extent, access, name)) return window;
    return block_window(std::move(file), extent);
}

std::unique_ptr<Window> memory_window(std::span<const std::uint8_t> octets) {
    return std::make_unique<MemoryWindow>(octets);
}

} // namespace lacuna::capture
