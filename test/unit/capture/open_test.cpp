// Opening captures: what is refused, with which words; pipes; files that shrink.
#include "capture/windows/guard.hpp"
#include "catch.hpp"
#include "support/read_capture.hpp"

#include <csignal>
#include <cstring>
#include <pthread.h>
#include <sys/stat.h>
#include <sys/wait.h>

using namespace lacuna;
using namespace lacuna::test;

namespace {

Bytes text(const std::string& s) {
    return {s.begin(), s.end()};
}

bool holds(const std::string& line, const std::string& words) {
    return line.find(words) != std::string::npos;
}

/// One line, of the input, holding `words`, exit status 2.
void check_refused(const Result<std::unique_ptr<capture::Reader>>& r, const std::string& path,
                   const std::string& words) {
    REQUIRE_FALSE(r);
    CHECK(r.error().exit_code == 2);
    CHECK(r.error().where == path);
    CHECK(r.error().text().find('\n') == std::string::npos);
    CAPTURE(r.error().text());
    CHECK(holds(r.error().text(), words));
}

} // namespace

TEST_CASE("open: what is no capture", "[capture]") {
    const Bytes whole = Pcap{}.header();
    const auto with_link = [](std::uint32_t n) { return Pcap{Order::little, false, n}.header(); };
    const struct {
        const char* name;
        Bytes octets;
        const char* words;
    } cases[] = {
        {"empty", {}, "is empty"},
        {"two octets", text("ab"), "not a capture: begins with 61 62 \"ab\""},
        {"garbage",
         text("\x7f"
              "ELF and more"),
         "begins with 7f 45 4c 46 20 61 6e 64 \".ELF and\""},
        {"zeroes", Bytes(100, 0), "not a capture: begins with 00 00"},
        {"gzip, cut", Bytes{0x1f, 0x8b, 8, 0}, "the compressed data are cut"},
        {"gzip, damaged", Bytes{0x1f, 0x8b, 9, 0, 0, 0}, "the compressed data are damaged"},
        {"zstd, cut", Bytes{0x28, 0xb5, 0x2f, 0xfd, 1}, "the compressed data are cut"},
        {"xz", Bytes{0xfd, '7', 'z', 'X', 'Z', 0}, "compressed (xz); decompress first: xzcat "},
        {"bzip2", text("BZh91AY"), "compressed (bzip2)"},
        {"snoop", text("snoop") + Bytes(20, 0), "a capture in snoop format"},
        {"file header cut", Bytes(whole.begin(), whole.end() - 1),
         "the file header is cut: 23 of 24 octets"},
        {"version 1", Pcap{Order::big, false, 1, 1, 4}.header(), "pcap version 1.4"},
        {"Git LFS", text("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 12345\n"),
         "a Git LFS pointer, not the file; fetch it first: git lfs pull"},
        {"802.11", with_link(105), "unsupported link type 105 (802.11)"},
        {"radiotap", with_link(127), "unsupported link type 127 (802.11 with radiotap header)"},
        {"USB", with_link(189), "unsupported link type 189 (USB)"},
        {"802.15.4", with_link(195), "unsupported link type 195 (802.15.4)"},
        {"user-defined", with_link(149), "unsupported link type 149 (user-defined 2)"},
        {"unknown", with_link(0x03FFFFFF), "unsupported link type 67108863; lacuna reads Ethernet"},
        {"pcapng, order unknown", Pcapng{}.block(0x0A0D0D0A, Bytes(16, 0)), "not a capture"},
        {"pcapng, cut", Bytes{0x0a, 0x0d, 0x0d, 0x0a, 28, 0, 0, 0}, "not a capture"},
    };
    for (const auto& c : cases) {
        CAPTURE(c.name);
        check_refused(capture::Reader::from_memory(c.octets, "trace"), "trace", c.words);
        const TemporaryFile file(c.octets);
        check_refused(capture::Reader::open(file.path()), file.path(), c.words);
        CHECK(holds(read_pipe(c.octets).error, c.words));
    }
}

TEST_CASE("open: what is no file", "[capture]") {
    check_refused(capture::Reader::open("/nonexistent/x.pcap"), "/nonexistent/x.pcap",
                  "no such file");
    check_refused(capture::Reader::open(""), "", "no such file");
    check_refused(capture::Reader::open("/tmp"), "/tmp", "is a directory");
    check_refused(capture::Reader::open("/dev/null"), "/dev/null", "is empty");
    const TemporaryFile file(Pcap{}.header());
    check_refused(capture::Reader::open(file.path() + "/x"), file.path() + "/x",
                  "cannot be opened");
    if (::geteuid() != 0) { // root may read everything
        ::chmod(file.path().c_str(), 0);
        check_refused(capture::Reader::open(file.path()), file.path(), "permission denied");
    }
}

TEST_CASE("open: a file header alone is an empty capture", "[capture]") {
    for (const Whole& w : {read_memory(Pcap{}.header()), read_file(Pcap{}.header()),
                           read_blocks(Pcap{}.header()), read_pipe(Pcap{}.header())}) {
        CHECK(w.error.empty());
        CHECK(w.frames.empty());
        CHECK_FALSE(w.end.truncated);
        CHECK(w.end.offset == 24);
    }
}

TEST_CASE("open: info of files and of pipes", "[capture]") {
    const Bytes file = Pcap{}.header() + Pcap{}.record(1, 2, payload(60));
    CHECK(read_file(file).info.mapped);
    CHECK(read_file(file).info.size == file.size());
    CHECK_FALSE(read_blocks(file).info.mapped);
    CHECK(read_blocks(file).info.size == file.size());
    CHECK_FALSE(read_pipe(file).info.mapped);
    CHECK(read_pipe(file).info.size == 0);
}

TEST_CASE("open: standard input, piped and redirected", "[capture]") {
    const Pcap p;
    const Bytes file = p.header() + p.record(1, 2, payload(60)) + p.record(3, 4, payload(61));
    const TemporaryFile redirected(file);
    const int saved = ::dup(STDIN_FILENO);

    int fd = ::open(redirected.path().c_str(), O_RDONLY | O_CLOEXEC);
    ::dup2(fd, STDIN_FILENO);
    const Whole mapped = drain(capture::Reader::open("-"));
    // Some octets were taken by a program before: the capture begins where that stopped.
    const TemporaryFile later(payload(100) + file);
    int fd2 = ::open(later.path().c_str(), O_RDONLY | O_CLOEXEC);
    ::lseek(fd2, 100, SEEK_SET);
    ::dup2(fd2, STDIN_FILENO);
    const Whole from_offset = drain(capture::Reader::open("-"));
    const Whole read_from_offset = drain(capture::Reader::open("-", capture::Access::stream));
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    REQUIRE(::write(ends[1], file.data(), file.size()) == static_cast<ssize_t>(file.size()));
    ::close(ends[1]);
    ::dup2(ends[0], STDIN_FILENO);
    const Whole piped = drain(capture::Reader::open("-"));

    ::dup2(saved, STDIN_FILENO);
    for (const int f : {saved, fd, fd2, ends[0]})
        ::close(f);
    for (const Whole& w : {mapped, from_offset, read_from_offset, piped}) {
        CHECK(w.error.empty());
        CHECK(w.frames.size() == 2);
        CHECK(w.info.path == "standard input");
        CHECK(w.position == file.size());
    }
    CHECK(from_offset.info.size == file.size());
    CHECK(read_from_offset.info.size == file.size());
}

TEST_CASE("open: probe", "[capture]") {
    const Pcapng g;
    const TemporaryFile file(g.section() + g.interface(1) + g.interface(101, g.resolution(9))
                             + g.enhanced(1, payload(10)));
    const auto info = capture::probe(file.path());
    REQUIRE(info);
    CHECK(info->format == capture::Format::pcapng);
    CHECK(info->mixed_links);
    CHECK(info->nanoseconds);
    CHECK_FALSE(capture::probe("-"));
    CHECK_FALSE(capture::probe("/dev/null"));
    CHECK(capture::probe("/nonexistent").error().what == "no such file");
    const std::string fifo = file.path() + ".fifo";
    REQUIRE(::mkfifo(fifo.c_str(), 0600) == 0);
    CHECK(holds(capture::probe(fifo).error().text(), "is a pipe"));
    ::unlink(fifo.c_str());
}

TEST_CASE("open: a pipe that pauses delivers what it has", "[capture]") {
    const Pcap p;
    const Bytes first =
        p.header() + p.record(1, 2, payload(60, 1)) + p.record(1, 3, payload(60, 2));
    const Bytes second = p.record(3, 4, payload(60, 3));
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    // The second record comes in two pieces.
    REQUIRE(::write(ends[1], first.data(), first.size() - 10) > 0);
    auto reader = capture::Reader::open("/proc/self/fd/" + std::to_string(ends[0]));
    REQUIRE(reader);
    wire::Frame frames[8];
    REQUIRE((*reader)->next(frames, 8) == 1);
    CHECK(frames[0].data[0] == payload(1, 1)[0]);
    REQUIRE(::write(ends[1], first.data() + first.size() - 10, 10) > 0);
    REQUIRE((*reader)->next(frames, 8) == 1);
    CHECK(frames[0].data[0] == payload(1, 2)[0]);
    REQUIRE(::write(ends[1], second.data(), second.size()) > 0);
    ::close(ends[1]);
    REQUIRE((*reader)->next(frames, 8) == 1);
    CHECK(frames[0].data[0] == payload(1, 3)[0]);
    CHECK((*reader)->next(frames, 8) == 0);
    CHECK_FALSE((*reader)->end().truncated);
    ::close(ends[0]);
}

TEST_CASE("open: a signal ends the wait for a pipe, and nothing is lost", "[capture]") {
    struct sigaction action {};
    struct sigaction before {};
    action.sa_handler = [](int) {};
    ::sigaction(SIGUSR1, &action, &before);
    const Pcap p;
    const Bytes head = p.header();
    const Bytes record = p.record(3, 4, payload(60, 3));
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    REQUIRE(::write(ends[1], head.data(), head.size()) > 0);
    auto reader = capture::Reader::open("/proc/self/fd/" + std::to_string(ends[0]));
    REQUIRE(reader);
    wire::Frame frame;
    const pthread_t self = ::pthread_self();
    std::atomic<bool> back{false};
    std::thread poke([&] {
        // The signal may come before the wait has begun: poke until it has ended.
        while (!back) {
            ::pthread_kill(self, SIGUSR1);
            ::usleep(2000);
        }
    });
    const std::size_t n = (*reader)->next(&frame, 1);
    back = true;
    poke.join();
    CHECK(n == 0);
    CHECK((*reader)->end().interrupted);
    CHECK_FALSE((*reader)->end().truncated);
    REQUIRE(::write(ends[1], record.data(), record.size()) > 0);
    ::close(ends[1]);
    CHECK((*reader)->next(&frame, 1) == 1);
    CHECK((*reader)->next(&frame, 1) == 0);
    CHECK_FALSE((*reader)->end().interrupted);
    ::close(ends[0]);
    ::sigaction(SIGUSR1, &before, nullptr);
}

TEST_CASE("open: a pipe that brings nothing is waited for as long as told", "[capture]") {
    const Pcap p;
    const Bytes header = p.header();
    const Bytes record = p.record(1, 2, payload(60));
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    REQUIRE(::write(ends[1], header.data(), header.size()) > 0);
    const std::string path = "/proc/self/fd/" + std::to_string(ends[0]);
    auto reader = capture::Reader::open(path);
    REQUIRE(reader);
    (*reader)->set_patience(std::chrono::milliseconds(1));
    wire::Frame frame;
    for (int i = 0; i < 3; ++i) {
        CHECK((*reader)->next(&frame, 1) == 0);
        CHECK((*reader)->end().interrupted);
        // Half a record changes nothing, whichever half.
        const std::size_t half = record.size() / 2;
        REQUIRE(::write(ends[1], record.data(), half) > 0);
        CHECK((*reader)->next(&frame, 1) == 0);
        CHECK((*reader)->end().interrupted);
        REQUIRE(::write(ends[1], record.data() + half, record.size() - half) > 0);
        CHECK((*reader)->next(&frame, 1) == 1);
        CHECK(frame.caplen == 60);
    }
    ::close(ends[1]);
    CHECK((*reader)->next(&frame, 1) == 0);
    CHECK_FALSE((*reader)->end().interrupted);
    CHECK_FALSE((*reader)->end().truncated);
    ::close(ends[0]);
}

TEST_CASE("open: what is read of a file ends where it ended when it was opened", "[capture]") {
    const Pcap p;
    const Bytes record = p.record(1, 2, payload(60));
    Bytes octets = p.header();
    for (int i = 0; i < 20'000; ++i)
        octets.insert(octets.end(), record.begin(), record.end());
    struct {
        off_t size; ///< of the file, once it is open
        std::size_t frames;
        std::string reason;
    } const cases[] = {
        {static_cast<off_t>(octets.size() + 5000), 20'000, ""},
        {static_cast<off_t>(24 + 15'000 * record.size()), 15'000,
         "the file shrank while it was read"},
        {static_cast<off_t>(24 + 15'000 * record.size() + 9), 15'000,
         "the file shrank while it was read"},
    };
    for (const auto& c : cases) {
        CAPTURE(c.size);
        const TemporaryFile file(octets);
        auto reader = capture::Reader::open(file.path(), capture::Access::stream);
        REQUIRE(reader);
        REQUIRE(::truncate(file.path().c_str(), c.size) == 0);
        const Whole w = drain(std::move(reader));
        CHECK(w.frames.size() == c.frames);
        CHECK(w.end.truncated == !c.reason.empty());
        CHECK(w.end.reason == c.reason);
        CHECK(w.end.offset == 24 + c.frames * record.size());
    }
}

TEST_CASE("guard: a mapped file that shrinks ends in one line", "[capture]") {
    Bytes octets = Pcap{}.header();
    for (int i = 0; i < 2000; ++i)
        octets = octets + Pcap{}.record(1, 2, payload(60));
    const TemporaryFile file(octets);
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        ::dup2(ends[1], STDERR_FILENO);
        capture::guard_mapped_files();
        auto reader = capture::Reader::open(file.path());
        wire::Frame frames[64];
        if (!reader || (*reader)->next(frames, 64) != 64) ::_exit(3);
        if (::truncate(file.path().c_str(), 4096) != 0) ::_exit(4);
        while ((*reader)->next(frames, 64) != 0) {
        }
        ::_exit(5);
    }
    ::close(ends[1]);
    std::string said;
    char buffer[512];
    for (ssize_t n; (n = ::read(ends[0], buffer, sizeof buffer)) > 0;)
        said.append(buffer, static_cast<std::size_t>(n));
    ::close(ends[0]);
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    CAPTURE(said);
    CHECK(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 1);
    CHECK(said
          == "lacuna: " + file.path()
                 + ": shrank or became unreadable while it was read; analyze a copy that nobody "
                   "changes\n");
}
