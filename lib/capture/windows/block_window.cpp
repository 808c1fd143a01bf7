#include "capture/windows/kinds.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

namespace lacuna::capture {

namespace {

/// First size of a buffer: stays in the second-level cache, and a system call is not felt. It grows
/// with the largest record asked for.
constexpr std::size_t kBuffer = std::size_t{256} << 10;

class BlockWindow final : public Window {
public:
    BlockWindow(File file, const Extent& extent, std::unique_ptr<Unpacker> unpacker)
        : unpacker_(std::move(unpacker)), file_(std::move(file)), extent_(extent),
          at_(extent.from) {
        // A larger pipe saves wake-ups of both sides; refused by quotas.
        if (regular())
            ::posix_fadvise(file_.fd(), 0, 0, POSIX_FADV_SEQUENTIAL);
        else
            ::fcntl(file_.fd(), F_SETPIPE_SZ, 1 << 20);
        grow(kBuffer);
    }

    std::uint64_t size() const override { return extent_.size; }
    bool of_file() const override {
        return regular() || (unpacker_ != nullptr && unpacker_->of_file());
    }
    bool packed() const override { return unpacker_ != nullptr; }
    const char* fault() const override {
        return unpacker_ != nullptr ? unpacker_->fault() : nullptr;
    }
    bool need(std::size_t n) override {
        if (n <= at_hand()) return true;
        if (start_ + capacity_ < cur + n) make_room(n);
        while (at_hand() < n)
            if (!fill()) return false;
        return true;
    }
    void set_patience(std::chrono::milliseconds patience) override {
        if (!regular()) patience_ms_ = static_cast<int>(patience.count());
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
    bool regular() const { return extent_.size != 0; }
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
        const std::uint64_t left = regular() ? extent_.from + extent_.size - at_ : 0;
        if (regular()) room = std::min<std::uint64_t>(room, left);
        if (patience_ms_ >= 0) {
            pollfd wait{file_.fd(), POLLIN, 0};
            if (::poll(&wait, 1, patience_ms_) <= 0) {
                stop_ = Stop::interrupted;
                return false;
            }
        }
        for (;;) {
            const ssize_t n = regular() ? ::pread(file_.fd(), tail, room, static_cast<off_t>(at_))
                                        : ::read(file_.fd(), tail, room);
            if (n > 0) {
                end += n;
                at_ += static_cast<std::uint64_t>(n);
                return true;
            }
            if (n < 0 && errno == EAGAIN) {
                pollfd wait{file_.fd(), POLLIN, 0};
                if (::poll(&wait, 1, -1) >= 0) continue;
            }
            error_ = n < 0 ? errno : 0;
            if (n == 0 && fault() != nullptr) {
                stop_ = Stop::damaged;
                return false;
            }
            stop_ = n == 0            ? (left == 0 ? Stop::end_of_input : Stop::shrank)
                    : error_ == EINTR ? Stop::interrupted
                                      : Stop::failed;
            return false;
        }
    }

    const std::unique_ptr<Unpacker> unpacker_; ///< ends once `file_` is closed
    const File file_;
    const Extent extent_;  ///< size 0: not a regular file
    int patience_ms_ = -1; ///< -1: without end
    std::uint64_t at_;     ///< offset in the input of what is read next
    std::unique_ptr<std::uint8_t[]> buffer_;
    std::size_t capacity_ = 0;
};

} // namespace

std::unique_ptr<Window> block_window(File file, const Extent& extent,
                                     std::unique_ptr<Unpacker> unpacker) {
    return std::make_unique<BlockWindow>(std::move(file), extent, std::move(unpacker));
}

} // namespace lacuna::capture
