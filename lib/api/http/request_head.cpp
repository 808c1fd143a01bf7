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

/// Fields a reply depends on. Of one that is given twice the first counts.
constexpr std::pair<std::string_view, std::string Request::*> kFields[] = {
    {"Accept", &Request::accept},
    {"Accept-Encoding", &Request::accept_encoding},
    {"Access-Control-Request-Method", &Request::access_control_request_method},
    {"Authorization", &Request::authorization},
    {"Host", &Request::host},
    {"If-None-Match", &Request::if_none_match},
    {"Last-Event-ID", &Request::last_event_id},
    {"Origin", &Request::origin},
};

std::optional<Problem> refuse(int status, std::string detail) {
    return Problem{status, std::move(detail), ""};
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
    return {line.substr(0, colon), trimmed(line.substr(std::min(colon + 1, line.size())))};
}

/// Whether a Connection field (RFC 9110 7.6.1) names "close".
bool names_close(std::string_view field) {
    while (!field.empty()) {
        const std::size_t end = std::min(field.find(','), field.size());
        if (is(trimmed(field.substr(0, end)), "close")) return true;
        field.remove_prefix(std::min(end + 1, field.size()));
    }
    return false;
}

std::optional<Problem> take_request_line(std::string_view line, Head& head) {
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
    head.keep = version != "HTTP/1.0";
    if (head.keep && version != "HTTP/1.1") return refuse(505, "this server speaks HTTP/1.1");
    if (std::find(kMethods.begin(), kMethods.end(), method) == kMethods.end())
        return refuse(501, "the method is not known here");
    head.request.method = method;
    head.request.target = target;
    return std::nullopt;
}

void take_field(std::string_view name, std::string_view value, Head& head) {
    for (const auto& [known, member] : kFields)
        if (is(name, known) && (head.request.*member).empty()) head.request.*member = value;
    if (is(name, "Connection") && names_close(value)) head.keep = false;
}

std::optional<Problem> take_fields(std::string_view lines, Head& head) {
    const bool old = !head.keep;
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
        take_field(name, value, head);
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
    Head result;
    const auto refused = [&result](std::optional<Problem> problem) {
        result.refused = std::move(problem);
        return result;
    };
    const std::size_t blank = arrived.substr(0, kMaxHead).find("\r\n\r\n");
    const std::string_view line = arrived.substr(0, arrived.find(kEnd));
    if (line.size() > kMaxRequestLine)
        return refused(refuse(414, fmt::format("the target is longer than {} octets", kMaxTarget)));
    if (blank == std::string_view::npos) {
        if (arrived.size() >= kMaxHead)
            return refused(
                refuse(431, fmt::format("the header is longer than {} octets", kMaxHead)));
        // A line end of its own kind never comes to an end.
        const std::size_t bare = arrived.find('\n');
        if (bare != std::string_view::npos && (bare == 0 || arrived[bare - 1] != '\r'))
            return refused(refuse(400, "lines end in CRLF"));
        return result;
    }
    const std::string_view head = arrived.substr(0, blank + kEnd.size());
    if (!plain_octets(head)) return refused(refuse(400, "the header holds a control character"));
    if (auto problem = take_request_line(line, result)) return refused(std::move(problem));
    if (auto problem = take_fields(head.substr(line.size() + kEnd.size()), result))
        return refused(std::move(problem));
    result.size = blank + 2 * kEnd.size();
    return result;
}

} // namespace lacuna::api
