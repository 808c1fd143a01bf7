// A request and what is answered, apart from how they travel.
#pragma once

#include "base/result.hpp"

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lacuna::api {

/// What of a request counts. Texts as the client sent them: nothing is decoded or checked.
struct Request {
    std::string method;
    std::string target; ///< path and query
    std::string accept;
    std::string accept_encoding;
    std::string if_none_match;
    std::string authorization;
    std::string last_event_id;
    std::string origin; ///< of the page that asks, as a browser tells
    std::string access_control_request_method;
    std::string host; ///< whom the client means to ask; empty: it does not say
};

/// Makes a reply without end, piece by piece: appends the next piece, or nothing, and returns how
/// long to rest before it is called again. Called only when the client has taken what came before.
using NextPiece = std::function<std::chrono::milliseconds(std::string& out)>;

struct Reply {
    int status = 200;
    std::string type = "application/json";
    std::string body;
    std::vector<std::pair<std::string, std::string>> fields; ///< further header fields
    NextPiece stream;    ///< not empty: the body, instead of `body`
    bool packed = false; ///< `body` is gzip (RFC 1952) already
};

/// Why a request cannot be answered; becomes a problem document (RFC 9457).
struct Problem {
    int status = 500;
    std::string detail;    ///< for a person: what is wrong, and what would be right
    std::string parameter; ///< the one at fault; may be empty
};

/// What could not be read, as a problem: 503 where asking again may help (exit status 1), else
/// `otherwise`.
Problem problem_of(const Error& error, int otherwise);

template <typename T>
using Outcome = Result<T, Problem>;

/// `text` without blanks around it.
std::string_view trimmed(std::string_view text);

/// The phrase of a status the server uses.
const char* reason_phrase(int status);

/// `application/problem+json`; `instance` is the path asked for, as it was sent.
Reply problem_reply(const Problem& problem, std::string_view instance);

} // namespace lacuna::api
