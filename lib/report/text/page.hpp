// Text for a person, gathered line by line.
#pragma once

#include <cstdio>
#include <fmt/format.h>
#include <iterator>
#include <string>

namespace lacuna::report {

class Page {
public:
    template <typename... Args>
    void line(fmt::format_string<Args...> format, Args&&... args) {
        fmt::format_to(std::back_inserter(text_), format, std::forward<Args>(args)...);
        text_ += '\n';
    }
    void blank() { text_ += '\n'; }
    void add(const std::string& text) { text_ += text; }
    const std::string& text() const { return text_; }
    bool print(std::FILE* out) const {
        return std::fwrite(text_.data(), 1, text_.size(), out) == text_.size()
               && std::fflush(out) == 0;
    }

private:
    std::string text_;
};

} // namespace lacuna::report
