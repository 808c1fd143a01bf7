// A mapped file that shrinks, or whose disk fails, raises SIGBUS where it is touched next. The
// guard turns that into one clear line and exit status 1.
#pragma once

#include <cstddef>

namespace lacuna::capture {

/// Installs the SIGBUS handler of the process; call it once, after libraries that bring their own
/// (EAL). A fault outside captured files goes to the handler there was before.
void guard_mapped_files();

/// Names a mapping for the handler while it lives. `path` must outlive it. Thread safe; when more
/// than kGuardSlots files are mapped at once the surplus ones are not named.
class GuardedRange {
public:
    GuardedRange(const void* begin, std::size_t size, const char* path);
    ~GuardedRange();
    GuardedRange(const GuardedRange&) = delete;
    GuardedRange& operator=(const GuardedRange&) = delete;

private:
    int slot_ = -1;
};

inline constexpr int kGuardSlots = 64;

} // namespace lacuna::capture
