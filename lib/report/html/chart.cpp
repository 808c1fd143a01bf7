#include "report/html/chart.hpp"

#include "report/text/number_text.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <iterator>

namespace lacuna::report {

std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        switch (c) {
        case '&':
            out += "&amp;";
            break;
        case '<':
            out += "&lt;";
            break;
        case '>':
            out += "&gt;";
            break;
        case '"':
            out += "&quot;";
            break;
        default:
            out += c >= 0 && c < ' ' ? ' ' : c;
        }
    }
    return out;
}

std::string bar_chart(const std::vector<Bar>& bars, std::string_view what) {
    constexpr double kWidth = 720;
    constexpr double kHeight = 140;
    constexpr double kTop = 16;    // for the largest value
    constexpr double kBottom = 18; // for labels
    std::uint64_t most = 1;
    for (const Bar& b : bars)
        most = std::max(most, b.value);
    const double step = kWidth / static_cast<double>(std::max<std::size_t>(bars.size(), 1));
    std::string out =
        fmt::format("<svg viewBox=\"0 0 {:.0f} {:.0f}\" role=\"img\" aria-label=\"{}\">\n"
                    "<text x=\"0\" y=\"11\">{}</text>\n",
                    kWidth, kTop + kHeight + kBottom, escaped(what), grouped(most));
    const double base = kTop + kHeight;
    for (std::size_t i = 0; i < bars.size(); ++i) {
        const Bar& b = bars[i];
        const double x = step * static_cast<double>(i);
        if (b.value != 0) {
            // What is there is seen, however little it is beside the rest.
            const double height =
                std::max(1.0, kHeight * static_cast<double>(b.value) / static_cast<double>(most));
            fmt::format_to(std::back_inserter(out),
                           "<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\">"
                           "<title>{}</title></rect>\n",
                           x, base - height, std::max(0.5, step - (step > 4 ? 1 : 0)), height,
                           escaped(b.title));
        }
        if (!b.label.empty())
            fmt::format_to(std::back_inserter(out), "<text x=\"{:.1f}\" y=\"{:.0f}\"{}>{}</text>\n",
                           i + 1 == bars.size() && i > 1 ? kWidth : x, base + kBottom - 4,
                           i + 1 == bars.size() && i > 1 ? " text-anchor=\"end\"" : "",
                           escaped(b.label));
    }
    fmt::format_to(std::back_inserter(out),
                   "<line x1=\"0\" y1=\"{0:.0f}\" x2=\"{1:.0f}\" y2=\"{0:.0f}\"/>\n</svg>\n", base,
                   kWidth);
    return out;
}

} // namespace lacuna::report
