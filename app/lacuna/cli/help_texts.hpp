// What --help prints for every command; help_texts.cpp is written by help_texts.py in a build.
#pragma once

#include <span>
#include <string_view>

namespace lacuna::app {

struct HelpText {
    std::string_view command; ///< words after `lacuna`, e.g. "query flows"; empty: lacuna itself
    std::string_view text;
};

extern const std::span<const HelpText> kHelpTexts;

} // namespace lacuna::app
