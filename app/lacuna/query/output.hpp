// Standard output, filled in pieces.
#pragma once

#include <cstdio>
#include <fmt/format.h>
#include <string>
#include <utility>

namespace lacuna::app {

class Output {
public:
    std::string text;

    /// False: what was written so far could not be; errno says why.
    bool good() {
        if (text.size() >= kFlushAt) flush();
        return ok_;
    }
    bool end() {
        flush();
        return ok_ && std::fflush(stdout) == 0;
    }

private:
    static constexpr std::size_t kFlushAt = 1u << 16;

    void flush() {
        ok_ = ok_ && std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
        text.clear();
    }
    bool ok_ = true;
};

inline bool print(std::string text) {
    Output out;
    out.text = std::move(text);
    return out.end();
}

} // namespace lacuna::app
