#include "base/reserved.hpp"

#include <sys/mman.h>

namespace lacuna {

Reserved::Reserved(std::size_t octets) {
    void* p = mmap(nullptr, octets, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (p == MAP_FAILED) return;
    madvise(p, octets, MADV_HUGEPAGE); // fewer TLB misses; harmless where it is refused
    memory_ = p;
    octets_ = octets;
}

Reserved::~Reserved() {
    if (memory_ != nullptr) munmap(memory_, octets_);
}

} // namespace lacuna
