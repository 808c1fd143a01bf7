// Whether mapping a file is cheap.
#pragma once

#include <cstddef>
#include <cstdint>

namespace lacuna::capture {

/// Whether the page cache holds the file that is mapped from `map` on (a mapping of its own, whole,
/// MADV_HUGEPAGE) in huge pages, so that 2 MiB cost one fault: judged by a few samples, which are
/// read in if they were not there. False where the kernel does not tell, and for files too small
/// for the question.
bool held_in_huge_pages(std::uint8_t* map, std::size_t size);

} // namespace lacuna::capture
