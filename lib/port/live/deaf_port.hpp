// A port that frames arrive at and that gives none of them.
#pragma once

#include <cstdint>

namespace lacuna::port {

/// Notices within ten seconds. Asked some times a second, by one thread.
class DeafPort {
public:
    /// `now_s`: a clock that does not jump. `received`: frames the port gave; `lost`: frames it
    /// counted as lost or broken. True once for each spell of five seconds in which some frames
    /// were lost and none was received.
    bool notice(double now_s, std::uint64_t received, std::uint64_t lost) {
        if (!begun_ || received != received_) {
            begun_ = true;
            told_ = false;
            since_s_ = now_s;
            received_ = received;
            lost_ = lost;
            return false;
        }
        if (lost < lost_ + kSome) since_s_ = now_s; // nothing arrives: nobody is deaf
        if (told_ || now_s - since_s_ < kPatience_s) return false;
        told_ = true;
        return true;
    }

private:
    static constexpr double kPatience_s = 5;
    static constexpr std::uint64_t kSome = 8;
    bool begun_ = false;
    bool told_ = false;
    double since_s_ = 0;
    std::uint64_t received_ = 0;
    std::uint64_t lost_ = 0;
};

} // namespace lacuna::port
