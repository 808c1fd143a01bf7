#include "api/http/request_head.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <strings.h>

namespace lacuna::api {
namespace {

constexpr std::string_view kEnd = "\r\n";
constexpr std::array<std::string_view, 9> kMethods{"GET",     "HEAD",    "POST",  "PUT",  "DELETE",
                                                   "CONNECT", "OPTIONS", "TRACE", "PATCH"};
/// A method and a version besides the target.
constexpr std::size_t kMaxRequestLine = kMaxTarget + 64;

Head refuse(int status, std::string detail) {
    return {0, Problem{status, std::move(detail), ""}};
}

bool is(std::string_view name, std::string_view known) {
    return name.size() == known.size() && strncasecmp(name.data(), known.data(), name.size()) == 0;
}

bool is_token(std::string_view text) {
    constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
    return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
               || kMarks.find(c) != std::string_view::npos;
    });
}

/// The name and the value of a line.
std::pair<std::string_view, std::string_view> split_field(std::string_view line) {
    const std::size_t colon = std::min(line.find(':'), line.size());
    std::string_view value = line.substr(std::min(colon + 1, line.size()));
    while (!value.empty() && (value.front() == ' ' || value.front() == '\t'))
        value.remove_prefix(1);
    while (!value.empty() && (value.back() == ' ' || value.back() == '\t'))
        value.remove_suffix(1);
    return {line.substr(0, colon), value};
}

std::optional<Head> check_request_line(std::string_view line, bool& old) {
    const std::size_t first = line.find(' ');
    const std::size_t last = line.rfind(' ');
    if (first == std::string_view::npos || last == first)
        return refuse(400, "the request line is not 'METHOD TARGET VERSION'");
    const std::string_view method = line.substr(0, first);
    const std::string_view target = line.substr(first + 1, last - first - 1);
    const std::string_view version = line.substr(last + 1);
    if (!is_token(method)) return refuse(400, "the method is not a word");
    if (target.size() > kMaxTarget)
        return refuse(414, fmt::format("the target is longer than {} octets", kMaxTarget));
    if (target.empty() || target.find(' ') != std::string_view::npos)
        return refuse(400, "the target holds a space");
    if (!version.starts_with("HTTP/")) return refuse(400, "the request line names no HTTP version");
    old = version == "HTTP/1.0";
    if (!old && version != "HTTP/1.1") return refuse(505, "this server speaks HTTP/1.1");
    if (std::find(kMethods.begin(), kMethods.end(), method) == kMethods.end())
        return refuse(501, "the method is not known here");
    return std::nullopt;
}

std::optional<Head> check_fields(std::string_view lines, bool old) {
    std::size_t count = 0;
    std::size_t hosts = 0;
    while (!lines.empty()) {
        const std::string_view line = lines.substr(0, lines.find(kEnd));
        lines.remove_prefix(line.size() + kEnd.size());
        if (++count > kMaxFields)
            return refuse(431, fmt::format("more than {} header fields", kMaxFields));
        const auto [name, value] = split_field(line);
        if (name.size() == line.size() || !is_token(name))
            return refuse(400, "a header line is not 'Name: value'");
        hosts += is(name, "Host");
        const bool has_body =
            is(name, "Transfer-Encoding") || (is(name, "Content-Length") && value != "0");
        if (has_body) return refuse(413, "requests to this server have no body");
    }
    if (hosts > 1 || (hosts == 0 && !old))
        return refuse(400, "the request must have one Host field");
    return std::nullopt;
}

bool plain_octets(std::string_view head) {
    for (std::size_t i = 0; i < head.size(); ++i) {
        const auto c = static_cast<unsigned char>(head[i]);
        if (c == '\r' && i + 1 < head.size() && head[i + 1] == '\n')
            ++i;
        else if ((c < 0x20 && c != '\t') || c == 0x7F)
            return false;
    }
    return true;
}

} // namespace

Head inspect_head(std::string_view arrived) {
    const std::size_t blank = arrived.substr(0, kMaxHead).find("\r\n\r\n");
    const std::string_view line = arrived.substr(0, arrived.find(kEnd));
    if (line.size() > kMaxRequestLine)
        return refuse(414, fmt::format("the target is longer than {} octets", kMaxTarget));
    if (blank == std::string_view::npos) {
        if (arrived.size() >= kMaxHead)
            return refuse(431, fmt::format("the header is longer than {} octets", kMaxHead));
        // A line end of its own kind never comes to an end.
        const std::size_t bare = arrived.find('\n');
        if (bare != std::string_view::npos && (bare == 0 || arrived[bare - 1] != '\r'))
            return refuse(400, "lines end in CRLF");
        return {};
    }
    const std::string_view head = arrived.substr(0, blank + kEnd.size());
    if (!plain_octets(head)) return refuse(400, "the header holds a control character");
    bool old = false;
    if (auto refused = check_request_line(line, old)) return *refused;
    if (auto refused = check_fields(head.substr(line.size() + kEnd.size()), old)) return *refused;
    return {blank + 2 * kEnd.size(), {}};
}

std::string without_ranges(std::string_view head) {
    std::string kept;
    while (!head.empty()) {
        const std::size_t size = std::min(head.find(kEnd), head.size() - kEnd.size()) + kEnd.size();
        const std::string_view line = head.substr(0, size);
        const std::string_view name = split_field(line).first;
        if (!is(name, "Range") && !is(name, "If-Range")) kept += line;
        head.remove_prefix(size);
    }
    return kept;
}

} // namespace lacuna::api
