// A race that must be reported: a record handed over without order. Were it not, the sanitizer
// would be off, or told to overlook too much, and the other tests of this folder would prove
// nothing.
#include <atomic>
#include <cstdio>
#include <thread>

int main() {
    unsigned record = 0;
    std::atomic<bool> there{false};
    std::thread writer([&] {
        record = 7;
        there.store(true, std::memory_order_relaxed); // release is what it takes
    });
    while (!there.load(std::memory_order_relaxed))
        std::this_thread::yield();
    std::printf("%u\n", record);
    writer.join();
}
