#include "api/message.hpp"

#include "base/json_writer.hpp"

namespace lacuna::api {
namespace {

/// Of a target that is shown back.
constexpr std::size_t kLongestInstance = 256;

} // namespace

const char* reason_phrase(int status) {
    switch (status) {
    case 200:
        return "OK";
    case 204:
        return "No Content";
    case 304:
        return "Not Modified";
    case 400:
        return "Bad Request";
    case 401:
        return "Unauthorized";
    case 404:
        return "Not Found";
    case 405:
        return "Method Not Allowed";
    case 406:
        return "Not Acceptable";
    case 408:
        return "Request Timeout";
    case 413:
        return "Content Too Large";
    case 414:
        return "URI Too Long";
    case 421:
        return "Misdirected Request";
    case 431:
        return "Request Header Fields Too Large";
    case 501:
        return "Not Implemented";
    case 503:
        return "Service Unavailable";
    case 505:
        return "HTTP Version Not Supported";
    default:
        return "Internal Server Error";
    }
}

Problem problem_of(const Error& error, int otherwise) {
    return {error.exit_code == 1 ? 503 : otherwise,
            error.what + (error.hint.empty() ? "" : "; " + error.hint), ""};
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
        text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
        text.remove_suffix(1);
    return text;
}

Reply problem_reply(const Problem& problem, std::string_view instance) {
    Reply reply;
    reply.status = problem.status;
    reply.type = "application/problem+json";
    JsonWriter json(reply.body);
    json.begin_object();
    json.member("type", "about:blank");
    json.member("title", reason_phrase(problem.status));
    json.member("status", problem.status);
    json.member("detail", problem.detail);
    if (!problem.parameter.empty()) json.member("parameter", problem.parameter);
    if (!instance.empty()) json.member("instance", instance.substr(0, kLongestInstance));
    json.end_object();
    reply.body += '\n';
    reply.fields.emplace_back("Cache-Control", "no-store");
    if (problem.status == 503) reply.fields.emplace_back("Retry-After", "1");
    if (problem.status == 401) reply.fields.emplace_back("WWW-Authenticate", "Bearer");
    if (problem.status == 405 || problem.status == 501)
        reply.fields.emplace_back("Allow", "GET, HEAD");
    return reply;
}

} // namespace lacuna::api
