// What the engine's own error codes mean for who sent the request.
#include "fleet/engine/engine.hpp"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>

namespace lacuna::fleet {
namespace {

using Kind = Failure::Kind;

struct Code {
    int code;
    Kind kind;
};

/// ErrorCodes.cpp of ClickHouse names them; the numbers are alike in all its versions.
constexpr Code kCodes[] = {
    {6, Kind::rows},    // CANNOT_PARSE_TEXT
    {16, Kind::schema}, // NO_SUCH_COLUMN_IN_TABLE
    {26, Kind::rows},   // CANNOT_PARSE_QUOTED_STRING
    {27, Kind::rows},   // CANNOT_PARSE_INPUT_ASSERTION_FAILED
    {38, Kind::rows},   // CANNOT_PARSE_DATE
    {41, Kind::rows},   // CANNOT_PARSE_DATETIME
    {47, Kind::schema}, // UNKNOWN_IDENTIFIER
    {60, Kind::schema}, // UNKNOWN_TABLE
    {69, Kind::rows},   // ARGUMENT_OUT_OF_BOUND
    {72, Kind::rows},   // CANNOT_PARSE_NUMBER
    {81, Kind::schema}, // UNKNOWN_DATABASE
    {117, Kind::rows},  // INCORRECT_DATA
    {130, Kind::rows},  // CANNOT_READ_ARRAY_FROM_TEXT
    {131, Kind::rows},  // TOO_LARGE_STRING_SIZE
    {159, Kind::away},  // TIMEOUT_EXCEEDED
    {201, Kind::away},  // QUOTA_EXPIRED
    {202, Kind::away},  // TOO_MANY_SIMULTANEOUS_QUERIES
    {203, Kind::away},  // NO_FREE_CONNECTION
    {209, Kind::away},  // SOCKET_TIMEOUT
    {210, Kind::away},  // NETWORK_ERROR
    {225, Kind::away},  // NO_ZOOKEEPER
    {241, Kind::away},  // MEMORY_LIMIT_EXCEEDED
    {242, Kind::away},  // TABLE_IS_READ_ONLY: a replica without ZooKeeper
    {243, Kind::away},  // NOT_ENOUGH_SPACE
    {252, Kind::away},  // TOO_MANY_PARTS
    {254, Kind::away},  // NO_ACTIVE_REPLICAS
    {279, Kind::away},  // ALL_CONNECTION_TRIES_FAILED
    {285, Kind::away},  // TOO_FEW_LIVE_REPLICAS
    {286, Kind::away},  // UNSATISFIED_QUORUM_FOR_PREVIOUS_WRITE
    {319, Kind::away},  // UNKNOWN_STATUS_OF_INSERT
    {394, Kind::away},  // QUERY_WAS_CANCELLED
    {999, Kind::away},  // KEEPER_EXCEPTION
    {1000, Kind::away}, // POCO_EXCEPTION
    {1001, Kind::away}, // STD_EXCEPTION, of a full disk for one
};

} // namespace

Kind kind_of(int code) {
    const auto* at = std::find_if(std::begin(kCodes), std::end(kCodes),
                                  [code](const Code& c) { return c.code == code; });
    return at != std::end(kCodes) ? at->kind : Kind::refused;
}

Failure read_failure(long http_status, std::string_view body) {
    constexpr std::size_t kLongest = 300;
    Failure failure;
    if (const auto at = body.find("Code: "); at != std::string_view::npos) {
        body.remove_prefix(at + 6);
        std::from_chars(body.data(), body.data() + body.size(), failure.code);
        failure.kind = kind_of(failure.code);
        for (const std::string_view mark : {"DB::Exception: ", "e.what() = "})
            if (const auto text = body.find(mark); text != std::string_view::npos) {
                body.remove_prefix(text + mark.size());
                break;
            }
    } else {
        // A proxy, or something that is no ClickHouse.
        const bool later = http_status >= 500 || http_status == 429 || http_status == 408;
        failure.kind = later ? Kind::away : Kind::refused;
        failure.text = fmt::format("HTTP status {}: ", http_status);
    }
    for (const std::string_view end : {"\n", ", Stack trace", ", e.what()"})
        body = body.substr(0, body.find(end));
    failure.text += body.substr(0, kLongest);
    std::replace_if(
        failure.text.begin(), failure.text.end(),
        [](unsigned char c) { return c < 0x20 || c == 0x7F; }, ' ');
    return failure;
}

Error Failure::error(const Target& target) const {
    switch (kind) {
    case Kind::away:
        return {text, target.text(), "", 1};
    case Kind::schema:
        return {text, target.text(), "'lacuna fleet init --to URL' makes the schema", 2};
    case Kind::rows:
    case Kind::refused:
        break;
    }
    return {code != 0 ? fmt::format("{} (code {})", text, code) : text, target.text(), "", 2};
}

} // namespace lacuna::fleet
