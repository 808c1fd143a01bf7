// Errors are values. A function that can fail returns Result<T>; nothing in lib throws across a
// module boundary.
#pragma once

#include <string>
#include <utility>
#include <variant>

namespace lacuna {

/// What went wrong, for a person: printed as one line, "what: where; hint".
struct Error {
    std::string what;  ///< "unsupported link type 189 (USB)"
    std::string where; ///< the file, option or device: "trace.pcap"
    std::string hint;  ///< what to do about it; may be empty
    int exit_code = 2; ///< 2: unusable arguments or input; 1: the run failed

    /// The one line the command line shows.
    std::string text() const {
        std::string line = where.empty() ? what : where + ": " + what;
        if (!hint.empty()) line += "; " + hint;
        return line;
    }
};

/// A value or an error (an Error, unless something else says more). Test with
/// `if (!r) return r.error();`.
template <typename T, typename E = Error>
class [[nodiscard]] Result {
public:
    Result(T value) : v_(std::in_place_index<0>, std::move(value)) {}
    Result(E error) : v_(std::in_place_index<1>, std::move(error)) {}

    explicit operator bool() const { return v_.index() == 0; }
    T& value() { return *std::get_if<0>(&v_); }
    const T& value() const { return *std::get_if<0>(&v_); }
    T& operator*() { return value(); }
    const T& operator*() const { return value(); }
    T* operator->() { return &value(); }
    const T* operator->() const { return &value(); }
    const E& error() const { return *std::get_if<1>(&v_); }

private:
    std::variant<T, E> v_;
};

/// Success without a value, or an Error.
class [[nodiscard]] Status {
public:
    Status() = default;
    Status(Error error) : error_(std::move(error)), failed_(true) {}

    explicit operator bool() const { return !failed_; }
    const Error& error() const { return error_; }

private:
    Error error_;
    bool failed_ = false;
};

} // namespace lacuna
