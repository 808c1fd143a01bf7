// What a person looks at: how wide it is, and whether it has colours.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace lacuna::report {

struct Screen {
    std::size_t columns = 80;
    bool colour = false;  ///< never the only sign of anything
    bool verbose = false; ///< reports tell how fast lacuna was as well
};

/// The screen of this process: what it prints for people fits that. Set before anything is printed.
Screen& screen();

/// What a piece of text says besides its words.
enum class Tone : std::uint8_t { plain, strong, quiet, good, warning, bad };

/// `text` in the colour of its tone, where there are colours. It takes no more columns.
std::string painted(std::string_view text, Tone tone, const Screen& on = screen());

/// Columns a terminal needs for UTF-8 text without colours and without wide letters.
std::size_t width_of(std::string_view text);

/// `text` with spaces behind it, or before it, up to so many columns.
std::string padded(std::string_view text, std::size_t columns);
std::string aligned_right(std::string_view text, std::size_t columns);

/// Broken at spaces into lines of at most so many columns; all but the first begin with `indent`
/// spaces. A longer word keeps a line for itself. Ends without a line end.
std::string wrapped(std::string_view text, std::size_t columns, std::size_t indent = 0);

} // namespace lacuna::report
