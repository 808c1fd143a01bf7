#include "base/reserved.hpp"

#include <sys/mman.h>

namespace lacuna {
namespace {

/// What is touched of a mapping in small pages: one huge page.
constexpr std::size_t kSmallPages = std::size_t{1} << 21;

} // namespace

Reserved::Reserved(std::size_t octets) {
    void* p = mmap(nullptr, octets, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (p == MAP_FAILED) return;
    // Huge pages mean fewer TLB misses, but the first touch of one takes as long as it takes to
    // clear it, and far longer where the kernel first has to make one: little use waits for none.
    if (octets > kSmallPages)
        madvise(static_cast<std::byte*>(p) + kSmallPages, octets - kSmallPages, MADV_HUGEPAGE);
    memory_ = p;
    octets_ = octets;
}

Reserved::~Reserved() {
    if (memory_ != nullptr) munmap(memory_, octets_);
}

} // namespace lacuna
