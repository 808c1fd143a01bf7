// How many frames may still be written, and how many of them are promised.
#pragma once

#include <cstdint>

namespace lacuna::pcapgen {

/// A decision that needs further frames (a packet held back must still be sent) takes on debt, and
/// is taken only if the run is long enough to pay. So what the truth says always comes to pass,
/// and the capture has exactly the frames asked for.
class Budget {
public:
    explicit Budget(std::uint64_t frames) : left_(frames) {}
    std::uint64_t left() const { return left_; }
    std::uint64_t debt() const { return debt_; }
    /// Nothing but debts may be paid any more.
    bool must_settle() const { return debt_ == left_; }

    /// One frame is being written.
    void spend() { --left_; }
    /// It was owed.
    void pay() { --debt_; }
    /// Promises `frames` more, beyond the one being decided on and not yet spent. False: too late.
    bool promise(std::uint64_t frames) {
        if (debt_ + frames + 1 > left_) return false;
        debt_ += frames;
        return true;
    }
    /// Promises made before the run: SAs that must appear. debt() <= left() afterwards is the
    /// caller's duty.
    void owe(std::uint64_t frames) { debt_ += frames; }

private:
    std::uint64_t left_;
    std::uint64_t debt_ = 0;
};

} // namespace lacuna::pcapgen
