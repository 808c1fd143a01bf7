// A writer in another process: killed at any moment, and read meanwhile.
#include "catch.hpp"
#include "store/store.hpp"
#include "support/store_samples.hpp"

#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace lacuna;
using namespace lacuna::store;
using namespace lacuna::test;

namespace {

constexpr const char* kDirVariable = "LACUNA_TEST_STORE";
constexpr const char* kBatchVariable = "LACUNA_TEST_BATCH";

/// This program again as a process of its own, which only writes: RocksDB's threads do not survive
/// a fork. Says over a pipe how many events it was told are stored.
class Writer {
public:
    Writer(const std::string& dir, std::size_t batch) {
        int ends[2];
        REQUIRE(pipe2(ends, O_CLOEXEC) == 0);
        REQUIRE(fcntl(ends[0], F_SETPIPE_SZ, 4096) > 0); // it waits where its words are not read
        setenv(kDirVariable, dir.c_str(), 1);
        setenv(kBatchVariable, std::to_string(batch).c_str(), 1);
        pid_ = fork();
        if (pid_ == 0) {
            dup2(ends[1], STDOUT_FILENO);
            execl("/proc/self/exe", "lacuna-unit", "[.store-writer]", static_cast<char*>(nullptr));
            _exit(127);
        }
        close(ends[1]);
        acknowledged_ = ends[0];
        REQUIRE(pid_ > 0);
    }
    ~Writer() {
        kill();
        close(acknowledged_);
    }
    Writer(const Writer&) = delete;
    Writer& operator=(const Writer&) = delete;

    /// Events stored by now, at least; waits for the next word of it. Nothing once it is dead.
    std::optional<std::uint64_t> wait() {
        std::uint64_t n = 0;
        if (read(acknowledged_, &n, sizeof n) != sizeof n) return std::nullopt;
        last_ = n;
        return n;
    }
    /// Ends it the hard way; what it had acknowledged by then.
    std::uint64_t kill() {
        if (pid_ > 0) {
            ::kill(pid_, SIGKILL);
            waitpid(pid_, nullptr, 0);
            pid_ = -1;
            while (wait()) {
            }
        }
        return last_;
    }

private:
    pid_t pid_ = -1;
    int acknowledged_ = -1;
    std::uint64_t last_ = 0;
};

/// How many events the store holds; they must be the first ones, none missing, in order.
std::uint64_t count_events(const StoreReader& reader, RunId run) {
    std::uint64_t n = 0;
    bool in_order = true;
    REQUIRE(reader.each_event(run, nullptr, [&](const flow::Event& e) {
        in_order = in_order && e.a == static_cast<Seq64>(n++);
        return in_order;
    }));
    REQUIRE(in_order);
    return n;
}

} // namespace

TEST_CASE("store: the child that writes", "[.store-writer]") {
    const char* dir = std::getenv(kDirVariable);
    const char* batch_size = std::getenv(kBatchVariable);
    if (dir == nullptr || batch_size == nullptr) return;
    auto writer = StoreWriter::open(dir, {});
    if (!writer) _exit(1);
    const auto id = sample_ids().front();
    std::vector<flow::Event> batch(std::strtoull(batch_size, nullptr, 10));
    for (std::uint64_t n = 0;;) {
        for (flow::Event& e : batch)
            e = sample_event(id, 1, static_cast<Seq64>(n++));
        const flow::SaSummary s = sample_summary(id, 1, n);
        if (!(*writer)->put_events(batch) || !(*writer)->put_summaries({&s, 1})) _exit(1);
        if (write(STDOUT_FILENO, &n, sizeof n) != sizeof n) _exit(1);
    }
}

TEST_CASE("store: what was acknowledged survives a kill", "[store]") {
    const TempDir dir;
    constexpr std::size_t kBatch = 50;
    constexpr RunId kRuns = 4;
    for (RunId run = 1; run <= kRuns; ++run) {
        Writer writer(dir.path(), kBatch);
        for (unsigned batches = 0; batches < 20 * run; ++batches)
            REQUIRE(writer.wait());
        const std::uint64_t acknowledged = writer.kill();
        REQUIRE(acknowledged >= kBatch * 20 * run);

        auto reader = StoreReader::open(dir.path());
        REQUIRE(reader);
        const std::uint64_t events = count_events(**reader, run);
        CHECK(events >= acknowledged);
        CHECK(events % kBatch == 0); // a batch is whole or not there
        std::uint64_t received = 0;
        REQUIRE((*reader)->each_summary(run, nullptr, [&](const flow::SaSummary& s) {
            received = s.received;
            return true;
        }));
        CHECK(received >= acknowledged);
        const auto runs = (*reader)->runs();
        REQUIRE(runs);
        REQUIRE(runs->size() == run);
        for (const RunRecord& r : *runs)
            CHECK(r.state == (r.id == run ? RunState::open : RunState::crashed));
    }
    auto next = StoreWriter::open(dir.path(), {});
    REQUIRE(next);
    CHECK((*next)->run() == kRuns + 1);
}

// Enough is written that memory goes to tables and logs are deleted while readers open.
TEST_CASE("store: a reader sees all that was stored when it opened", "[store]") {
    const TempDir dir;
    Writer writer(dir.path(), 1024);
    REQUIRE(writer.wait());
    std::uint64_t before = 0;
    std::uint64_t last = 0;
    std::size_t opened = 0;
    for (; before < 600'000; ++opened) {
        // Read on to the present: the pipe holds what came meanwhile.
        const std::uint64_t acknowledged = *writer.wait();
        before = acknowledged;
        auto reader = StoreReader::open(dir.path());
        INFO((reader ? std::string() : reader.error().text()));
        REQUIRE(reader);
        const std::uint64_t events = count_events(**reader, 1);
        CHECK(events >= acknowledged);
        CHECK(events >= last);
        last = events;
        for (int i = 0; i < 150; ++i)
            REQUIRE(writer.wait());
    }
    CHECK(opened >= 5);
}
