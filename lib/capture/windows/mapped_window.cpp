#include "capture/windows/guard.hpp"
#include "capture/windows/huge_pages.hpp"
#include "capture/windows/kinds.hpp"

#include <algorithm>
#include <cerrno>
#include <optional>
#include <sys/mman.h>
#include <sys/stat.h>

namespace lacuna::capture {

namespace {

/// How a window moves: octets it goes beyond what was asked for, and when octets behind the reading
/// position are unmapped, so that the resident set does not grow with the file.
struct Reach {
    std::size_t ahead;
    std::size_t keep; ///< behind the reading position
    std::size_t drop; ///< at once
};
/// Page tables are filled ahead in one call, since a fault for each 16 pages costs as much again as
/// reading them; where that fails pages come one by one. Frames may be held for long: pages that
/// were unmapped come back if touched.
constexpr Reach kHeld{std::size_t{4} << 20, std::size_t{16} << 20, std::size_t{16} << 20};
/// At each step a stream's file is asked for its size, and its pages are filled in, so that neither
/// a file that was cut nor a disk that fails is met by touching it: only what is cut off meanwhile
/// within one step is. Unmapping interrupts every processor that another thread runs on, so it is
/// not done often.
constexpr Reach kStreamed{std::size_t{1} << 20, 0, std::size_t{16} << 20};

/// A mapping of a file from its first octet on.
class Mapping {
public:
    Mapping(int fd, std::size_t size)
        : map_(::mmap(nullptr, size, PROT_READ, MAP_SHARED, fd, 0)), size_(size) {}
    ~Mapping() {
        if (*this) ::munmap(map_, size_);
    }
    Mapping(Mapping&& o) noexcept : map_(o.map_), size_(o.size_) { o.map_ = MAP_FAILED; }
    Mapping& operator=(Mapping&&) = delete;

    explicit operator bool() const { return map_ != MAP_FAILED; }
    std::uint8_t* begin() const { return static_cast<std::uint8_t*>(map_); }
    std::uint8_t* end() const { return begin() + size_; }
    std::size_t size() const { return size_; }

private:
    void* map_;
    std::size_t size_;
};

class MappedWindow final : public Window {
public:
    /// `watched`: a stream's file.
    MappedWindow(Mapping map, std::size_t from, std::optional<File> watched,
                 const std::string& name)
        : name_(name), map_(std::move(map)), watched_(std::move(watched)),
          reach_(watched_ ? kStreamed : kHeld), limit_(map_.end()), dropped_(map_.begin()),
          guard_(map_.begin(), map_.size(), name_.c_str()) {
        start_ = map_.begin() + from;
        cur = end = start_;
    }

    bool need(std::size_t n) override {
        if (n <= at_hand()) return true;
        const std::uint8_t* limit;
        do {
            notice_shrinking();
            limit = limit_;
            if (n > left()) {
                end = std::max(cur, limit_);
                return false;
            }
            const std::size_t more = std::max(n - at_hand(), reach_.ahead);
            const std::size_t fresh = static_cast<std::size_t>(limit_ - end);
            if (prepare(more < fresh ? end + more : limit_)) return true;
            notice_shrinking();
        } while (limit != limit_);
        stop_ = Stop::failed;
        error_ = EIO;
        return false;
    }
    bool skip(std::uint64_t n) override {
        if (n > left()) {
            end = std::max(cur, limit_);
            return false;
        }
        cur += n;
        end = std::max(end, cur);
        return true;
    }
    std::uint64_t size() const override { return static_cast<std::uint64_t>(map_.end() - start_); }
    bool mapped() const override { return true; }

private:
    std::size_t left() const { return cur < limit_ ? static_cast<std::size_t>(limit_ - cur) : 0; }
    /// Extends the window to `to`. False: a watched file cannot be read there.
    bool prepare(const std::uint8_t* to) {
        if (!populate(static_cast<std::size_t>(end - map_.begin()), to) && watched_) return false;
        end = to;
        while (static_cast<std::size_t>(cur - dropped_) >= reach_.keep + reach_.drop) {
            ::madvise(dropped_, reach_.drop, MADV_DONTNEED);
            dropped_ += reach_.drop;
        }
        return true;
    }
    /// Fills page tables; false where the file ends or its disk fails, and with older kernels.
    bool populate([[maybe_unused]] std::size_t from, [[maybe_unused]] const std::uint8_t* to) {
#ifdef MADV_POPULATE_READ
        constexpr std::size_t kPage = 4096;
        std::uint8_t* const page = map_.begin() + (from & ~(kPage - 1));
        return ::madvise(page, static_cast<std::size_t>(to - page), MADV_POPULATE_READ) == 0;
#else
        return false;
#endif
    }
    void notice_shrinking() {
        struct stat st {};
        if (!watched_ || ::fstat(watched_->fd(), &st) != 0) return;
        if (static_cast<std::size_t>(st.st_size) >= static_cast<std::size_t>(limit_ - map_.begin()))
            return;
        limit_ = map_.begin() + st.st_size;
        stop_ = Stop::shrank;
    }

    const std::string name_;
    const Mapping map_;
    const std::optional<File> watched_;
    const Reach reach_;
    const std::uint8_t* limit_; ///< where the file ends
    std::uint8_t* dropped_;     ///< everything before was unmapped
    GuardedRange guard_;
};

} // namespace

std::unique_ptr<Window> mapped_window(File& file, const Extent& extent, Access access,
                                      const std::string& name) {
    Mapping map(file.fd(), extent.from + extent.size);
    if (!map) return nullptr;
    std::optional<File> watched;
    ::madvise(map.begin(), map.size(), MADV_SEQUENTIAL);
    if (access == Access::stream) {
        // A file that is not in the page cache yet comes in huge pages.
        ::madvise(map.begin(), map.size(), MADV_HUGEPAGE);
        if (!held_in_huge_pages(map.begin(), map.size())) return nullptr;
        watched.emplace(std::move(file));
    }
    return std::make_unique<MappedWindow>(std::move(map), extent.from, std::move(watched), name);
}

} // namespace lacuna::capture
