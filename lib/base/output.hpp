// Text that goes to a file in pieces.
#pragma once

#include <cstdio>
#include <string>
#include <utility>

namespace lacuna {

/// Not thread-safe. Does not own the file.
class Output {
public:
    explicit Output(std::FILE* file = stdout) : file_(file) {}
    std::string text; ///< what is not written yet

    /// Writes once there is enough. False: what was written so far could not be; errno says why.
    bool good() {
        if (text.size() >= kFlushAt) write();
        return ok_;
    }
    /// Writes all of it, through the buffer of the file.
    bool end() {
        write();
        return ok_ && std::fflush(file_) == 0;
    }

private:
    static constexpr std::size_t kFlushAt = 1u << 16;

    void write() {
        ok_ = ok_ && std::fwrite(text.data(), 1, text.size(), file_) == text.size();
        text.clear();
    }
    std::FILE* file_;
    bool ok_ = true;
};

/// Writes `text` to standard output.
inline bool print(std::string text) {
    Output out;
    out.text = std::move(text);
    return out.end();
}

} // namespace lacuna
