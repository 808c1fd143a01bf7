// Text put together without an allocation.
#pragma once

#include <algorithm>
#include <charconv>
#include <concepts>
#include <cstdint>
#include <string_view>

namespace lacuna {

/// At most `Room` characters; what is beyond is left out. One owner.
template <std::size_t Room>
class FixedText {
public:
    FixedText() = default;
    explicit FixedText(std::string_view text) { *this += text; }

    FixedText& operator+=(char c) {
        if (size_ < Room) text_[size_++] = c;
        return *this;
    }
    FixedText& operator+=(std::string_view more) {
        const std::size_t n = std::min(more.size(), Room - size_);
        std::copy_n(more.data(), n, text_ + size_);
        size_ += n;
        return *this;
    }
    FixedText& operator+=(const char* more) { return *this += std::string_view(more); }

    /// In the given base, without leading zeros.
    template <std::unsigned_integral T>
    void number(T value, int base = 10) {
        char digits[64];
        const auto [end, error] = std::to_chars(digits, digits + sizeof digits, value, base);
        *this += std::string_view(digits, end);
    }
    /// The low `digits` hexadecimal digits.
    void hex(std::uint64_t value, int digits) {
        for (int shift = (digits - 1) * 4; shift >= 0; shift -= 4)
            *this += "0123456789abcdef"[value >> shift & 0xF];
    }

    std::string_view view() const { return {text_, size_}; }

private:
    char text_[Room];
    std::size_t size_ = 0;
};

} // namespace lacuna
