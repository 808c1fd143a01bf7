#include "capture/window.hpp"

#include "capture/guard.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <optional>
#include <poll.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace lacuna::capture {

namespace {

/// Page tables are filled this many octets ahead in one call: a fault for each 16 pages costs as
/// much again as reading them.
constexpr std::size_t kReadAhead = std::size_t{4} << 20;
/// Pages further behind are unmapped (they come back if touched), so that the resident set does
/// not grow with the file.
constexpr std::size_t kKeepBehind = std::size_t{16} << 20;
/// First size of a buffer: stays in the second-level cache, and a system call is not felt. It grows
/// with the largest record asked for.
constexpr std::size_t kBuffer = std::size_t{256} << 10;

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

class MappedWindow final : public Window {
public:
    MappedWindow(std::uint8_t* map, std::size_t size, std::size_t from, const std::string& path)
        : path_(path), map_(map), size_(size), dropped_(map), guard_(map, size, path_.c_str()) {
        ::madvise(map, size, MADV_SEQUENTIAL);
        start_ = map + from;
        cur = end = start_;
    }
    ~MappedWindow() override { ::munmap(map_, size_); }

    bool need(std::size_t n) override {
        if (n <= at_hand()) return true;
        const std::uint8_t* const limit = map_ + size_;
        if (n > static_cast<std::size_t>(limit - cur)) {
            end = limit;
            return false;
        }
        const std::size_t more = std::max(n - at_hand(), kReadAhead);
        const std::size_t left = static_cast<std::size_t>(limit - end);
        prepare(more < left ? end + more : limit);
        return true;
    }
    bool skip(std::uint64_t n) override {
        const std::uint8_t* const limit = map_ + size_;
        if (n > static_cast<std::size_t>(limit - cur)) {
            end = limit;
            return false;
        }
        cur += n;
        end = std::max(end, cur);
        return true;
    }
    std::uint64_t size() const override {
        return static_cast<std::uint64_t>(map_ + size_ - start_);
    }
    bool mapped() const override { return true; }

private:
    /// Extends the window to `to`.
    void prepare(const std::uint8_t* to) {
        constexpr std::uintptr_t kPage = 4096;
        std::uint8_t* const from = map_ + (static_cast<std::size_t>(end - map_) & ~(kPage - 1));
#ifdef MADV_POPULATE_READ
        // Failure (an older kernel, a read error) only means that pages come one by one.
        ::madvise(from, static_cast<std::size_t>(to - from), MADV_POPULATE_READ);
#endif
        end = to;
        while (static_cast<std::size_t>(cur - dropped_) >= 2 * kKeepBehind) {
            ::madvise(dropped_, kKeepBehind, MADV_DONTNEED);
            dropped_ += kKeepBehind;
        }
    }

    const std::string path_;
    std::uint8_t* const map_;
    const std::size_t size_;
    std::uint8_t* dropped_; ///< everything before was unmapped
    GuardedRange guard_;
};

/// A pipe, or a file not to be mapped.
class BlockWindow final : public Window {
public:
    struct Extent {
        std::uint64_t from;
        std::uint64_t size;
    };
    /// With `file` the octets of that extent, wherever the position of `fd` is meanwhile.
    BlockWindow(int fd, bool owned, std::optional<Extent> file)
        : fd_(fd), owned_(owned), file_(file), at_(file ? file->from : 0) {
        // A larger pipe saves wake-ups of both sides; refused by quotas.
        if (file_)
            ::posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
        else
            ::fcntl(fd, F_SETPIPE_SZ, 1 << 20);
        grow(kBuffer);
    }
    ~BlockWindow() override {
        if (owned_) ::close(fd_);
    }

    std::uint64_t size() const override { return file_ ? file_->size : 0; }
    bool need(std::size_t n) override {
        if (n <= at_hand()) return true;
        if (start_ + capacity_ < cur + n) make_room(n);
        while (at_hand() < n)
            if (!fill()) return false;
        return true;
    }
    void set_patience(std::chrono::milliseconds patience) override {
        if (!file_) patience_ms_ = static_cast<int>(patience.count());
    }
    bool skip(std::uint64_t n) override {
        while (n > at_hand()) {
            n -= at_hand();
            cur = end;
            // Half-skipped blocks cannot be resumed, so signals have to wait.
            while (!need(1))
                if (stop_ != Stop::interrupted) return false;
        }
        cur += n;
        return true;
    }

private:
    /// Moves the rest to the front of a buffer that holds at least `n` octets.
    void make_room(std::size_t n) {
        base_ = offset();
        if (n > capacity_) {
            grow(std::max(n, capacity_ * 2));
            return;
        }
        const std::size_t rest = at_hand();
        std::memmove(buffer_.get(), cur, rest);
        place(rest);
    }
    void grow(std::size_t capacity) {
        auto larger = std::make_unique_for_overwrite<std::uint8_t[]>(capacity);
        const std::size_t rest = at_hand();
        if (rest != 0) std::memcpy(larger.get(), cur, rest);
        buffer_ = std::move(larger);
        capacity_ = capacity;
        place(rest);
    }
    void place(std::size_t rest) {
        start_ = cur = buffer_.get();
        end = cur + rest;
    }
    /// One system call, whatever it brings.
    bool fill() {
        std::uint8_t* const tail = buffer_.get() + (end - start_);
        std::size_t room = capacity_ - static_cast<std::size_t>(end - start_);
        const std::uint64_t left = file_ ? file_->from + file_->size - at_ : 0;
        if (file_) room = std::min<std::uint64_t>(room, left);
        if (patience_ms_ >= 0) {
            pollfd wait{fd_, POLLIN, 0};
            if (::poll(&wait, 1, patience_ms_) <= 0) {
                stop_ = Stop::interrupted;
                return false;
            }
        }
        for (;;) {
            const ssize_t n =
                file_ ? ::pread(fd_, tail, room, static_cast<off_t>(at_)) : ::read(fd_, tail, room);
            if (n > 0) {
                end += n;
                at_ += static_cast<std::uint64_t>(n);
                return true;
            }
            if (n < 0 && errno == EAGAIN) {
                pollfd wait{fd_, POLLIN, 0};
                if (::poll(&wait, 1, -1) >= 0) continue;
            }
            error_ = n < 0 ? errno : 0;
            stop_ = n == 0            ? (left == 0 ? Stop::end_of_input : Stop::shrank)
                    : error_ == EINTR ? Stop::interrupted
                                      : Stop::failed;
            return false;
        }
    }

    const int fd_;
    const bool owned_;
    const std::optional<Extent> file_;
    int patience_ms_ = -1; ///< -1: without end
    std::uint64_t at_;     ///< offset in the input of what is read next
    std::unique_ptr<std::uint8_t[]> buffer_;
    std::size_t capacity_ = 0;
};

/// Maps the extent of `fd`; nothing where the file system cannot.
std::unique_ptr<Window> map_file(int fd, const BlockWindow::Extent& extent,
                                 const std::string& path) {
    const std::size_t size = extent.from + extent.size;
    void* const map = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, fd, 0);
    if (map == MAP_FAILED) return nullptr;
    return std::make_unique<MappedWindow>(static_cast<std::uint8_t*>(map), size, extent.from, path);
}

/// What a regular file holds from its current offset on; nothing for others, and where there is no
/// size to go by (/proc).
std::optional<BlockWindow::Extent> extent_of(int fd, const struct stat& st) {
    if (!S_ISREG(st.st_mode)) return std::nullopt;
    const off_t at = ::lseek(fd, 0, SEEK_CUR);
    if (at < 0 || at >= st.st_size) return std::nullopt;
    return BlockWindow::Extent{static_cast<std::uint64_t>(at),
                               static_cast<std::uint64_t>(st.st_size - at)};
}

Error open_error(int error, const std::string& path) {
    if (error == ENOENT) return {"no such file", path, ""};
    if (error == EACCES) return {"permission denied", path, "run as a user who may read it"};
    return {std::string("cannot be opened: ") + std::strerror(error), path, ""};
}

} // namespace

Result<std::unique_ptr<Window>> open_window(const std::string& path, Access access) {
    const bool standard = path == "-";
    const std::string name = standard ? "standard input" : path;
    const int fd = standard ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0) return open_error(errno, name);
    const auto fail = [&](Error error) {
        if (!standard) ::close(fd);
        return error;
    };
    struct stat st {};
    if (::fstat(fd, &st) != 0) return fail(open_error(errno, name));
    if (S_ISDIR(st.st_mode)) return fail({"is a directory", name, "name the capture files in it"});
    if (::isatty(fd) != 0)
        return fail(
            {"is a terminal", name, "pipe a capture into it: zcat f.pcap.gz | lacuna analyze -"});
    const auto extent = extent_of(fd, st);
    if (extent && access == Access::map) {
        if (auto window = map_file(fd, *extent, name)) {
            if (!standard) ::close(fd);
            return window;
        }
    }
    return std::unique_ptr<Window>(std::make_unique<BlockWindow>(fd, !standard, extent));
}

std::unique_ptr<Window> memory_window(std::span<const std::uint8_t> octets) {
    return std::make_unique<MemoryWindow>(octets);
}

} // namespace lacuna::capture
