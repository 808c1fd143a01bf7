#include "capture/packed/unpacker.hpp"

#include "capture/windows/kinds.hpp"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>
#include <vector>

namespace lacuna::capture {

namespace {

/// Octets unpacked at a time.
constexpr std::size_t kPiece = std::size_t{256} << 10;
/// How long it waits for a pipe before it looks whether anybody still reads.
constexpr std::chrono::milliseconds kPatience{200};

} // namespace

Unpacker::Unpacker(std::unique_ptr<Window> packed, std::unique_ptr<Codec> codec, int pipe)
    : packed_(std::move(packed)), codec_(std::move(codec)), pipe_(pipe),
      of_file_(packed_->of_file()) {
    // Signals are the main thread's; a reader that is gone shows as EPIPE.
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    thread_ = std::thread(&Unpacker::run, this);
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    pthread_setname_np(thread_.native_handle(), "unpack");
}

Unpacker::~Unpacker() {
    stop_.store(true, std::memory_order_relaxed);
    thread_.join();
}

/// Makes octets of the input readable. False: it has ended, and fault_ says how.
bool Unpacker::bring() {
    while (packed_->at_hand() == 0 && !packed_->need(1)) {
        if (packed_->why() == Window::Stop::interrupted) {
            if (stop_.load(std::memory_order_relaxed)) return false;
            continue;
        }
        if (packed_->why() != Window::Stop::end_of_input)
            fault_.store("the compressed file cannot be read on", std::memory_order_release);
        else if (!codec_->complete())
            fault_.store("the compressed data are cut", std::memory_order_release);
        return false;
    }
    return true;
}

bool Unpacker::write(std::span<const std::uint8_t> octets) {
    while (!octets.empty()) {
        const ssize_t n = ::write(pipe_, octets.data(), octets.size());
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return false;
        octets = octets.subspan(static_cast<std::size_t>(n));
    }
    return true;
}

void Unpacker::run() {
    packed_->set_patience(kPatience);
    std::vector<std::uint8_t> piece(kPiece);
    bool more = false; // the last piece was full: there may be more without further input
    for (;;) {
        if (!more && !bring()) break;
        const Codec::Step step = codec_->step({packed_->cur, packed_->at_hand()}, piece);
        if (step.damaged || (step.used == 0 && step.made == 0 && !more)) {
            fault_.store("the compressed data are damaged", std::memory_order_release);
            break;
        }
        packed_->cur += step.used;
        more = step.made == piece.size();
        if (!write({piece.data(), step.made})) break;
    }
    ::close(pipe_);
}

Result<std::unique_ptr<Window>> unpacked_window(std::unique_ptr<Window> packed,
                                                std::unique_ptr<Codec> codec) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0)
        return Error{std::string("no pipe for unpacking: ") + std::strerror(errno), "", "", 1};
    File reading(ends[0], true);
    return block_window(std::move(reading), {},
                        std::make_unique<Unpacker>(std::move(packed), std::move(codec), ends[1]));
}

} // namespace lacuna::capture
