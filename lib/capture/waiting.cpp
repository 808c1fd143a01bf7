// Frames whose stamps have to be compared with those that follow.
#include "capture/reader.hpp"

#include <cstring>

namespace lacuna::capture {

void Reader::wait(const wire::Frame* frames, std::size_t n) {
    for (std::size_t i = 0; i < n; ++i) {
        Waiting w{frames[i], nullptr};
        if (!info_.mapped) {
            w.octets = std::make_unique_for_overwrite<std::uint8_t[]>(w.frame.caplen);
            std::memcpy(w.octets.get(), w.frame.data, w.frame.caplen);
            w.frame.data = w.octets.get();
        }
        const TimeNs stamp = w.frame.time;
        times_.push(std::move(w), stamp);
    }
}

std::size_t Reader::next_waiting(wire::Frame* out, std::size_t max, std::size_t n) {
    if (max == 0) return 0;
    lent_.clear();
    std::size_t known = 0;
    for (; known < n && times_.in_step(out[known].time); ++known)
        latest_ = std::max(latest_, out[known].time);
    wait(out + known, n - known);
    if (known != 0) return known;
    for (bool ended = false;;) {
        std::size_t given = 0;
        Waiting w{};
        // A burst ends before one that sets the clock back.
        while (given < max && times_.pop(w, w.frame.time, ended, given == 0)) {
            latest_ = std::max(latest_, w.frame.time);
            if (w.octets) lent_.push_back(std::move(w.octets));
            out[given++] = w.frame;
        }
        if (given != 0 || ended) return given;
        wire::Frame more[wire::kBurst];
        const std::size_t got = take(more, wire::kBurst);
        if (got == 0 && end_.interrupted) return 0;
        wait(more, got);
        ended = got == 0;
    }
}

} // namespace lacuna::capture
