// What clients send before anything is made of it.
#include "api/http/request_head.hpp"
#include "catch.hpp"

using namespace lacuna::api;

namespace {

std::string with(const std::string& line, const std::string& fields = "Host: a\r\n") {
    return line + "\r\n" + fields + "\r\n";
}

/// 0: more must come; 1: complete; else the status it is refused with.
int verdict(const std::string& octets) {
    const Head head = inspect_head(octets);
    if (head.refused) return head.refused->status;
    return head.size != 0 ? 1 : 0;
}

std::string fields(std::size_t count) {
    std::string text = "Host: a\r\n";
    for (std::size_t i = 1; i < count; ++i)
        text += "X-" + std::to_string(i) + ": 1\r\n";
    return text;
}

} // namespace

TEST_CASE("api: heads that are taken, and those that are not", "[api]") {
    const struct {
        std::string octets;
        int verdict;
    } table[] = {
        {with("GET / HTTP/1.1"), 1},
        {with("HEAD /health HTTP/1.1"), 1},
        {with("GET / HTTP/1.0", ""), 1},
        {with("DELETE / HTTP/1.1"), 1}, // answered with 405
        {with("GET / HTTP/1.1", "Host:a\r\nContent-Length: 0\r\n"), 1},
        {with("GET / HTTP/1.1", fields(kMaxFields)), 1},
        {with("GET /" + std::string(kMaxTarget - 1, 'a') + " HTTP/1.1"), 1},
        {"", 0},
        {"G", 0},
        {"GET / HTTP/1.1\r\nHost: a\r\n", 0},
        {"GET / HTTP/1.1\r\nHost: a\r\n\r", 0},
        {with("GET /" + std::string(kMaxTarget, 'a') + " HTTP/1.1"), 414},
        {"GET /" + std::string(3 * kMaxTarget, 'a'), 414}, // no need to wait for its end
        {with("GET / HTTP/1.1", fields(kMaxFields + 1)), 431},
        {"GET / HTTP/1.1\r\nX: " + std::string(kMaxHead, 'a'), 431},
        {with("GET / HTTP/1.1", "Host: a\r\nContent-Length: 1\r\n"), 413},
        {with("GET / HTTP/1.1", "Host: a\r\nContent-Length: 0\r\nContent-Length: 5\r\n"), 413},
        {with("POST / HTTP/1.1", "Host: a\r\nTRANSFER-ENCODING: chunked\r\n"), 413},
        {with("FETCH / HTTP/1.1"), 501},
        {with("get / HTTP/1.1"), 501},
        {with("GET / HTTP/2.0"), 505},
        {with("GET / HTTP/1.2"), 505},
        {with("GET / http/1.1"), 400},
        {with("GET /"), 400},
        {with("GET"), 400},
        {with("GET /a b HTTP/1.1"), 400},
        {with("GET  / HTTP/1.1"), 400},
        {with(" / HTTP/1.1"), 400},
        {with("G\x01T / HTTP/1.1"), 400},
        {with("GET / HTTP/1.1", ""), 400}, // no Host
        {with("GET / HTTP/1.1", "Host: a\r\nHost: b\r\n"), 400},
        {with("GET / HTTP/1.1", "Host: a\r\nX : 1\r\n"), 400},
        {with("GET / HTTP/1.1", "Host: a\r\n folded\r\n"), 400},
        {with("GET / HTTP/1.1", "Host: a\r\nno colon\r\n"), 400},
        {with("GET / HTTP/1.1", "Host: a\r\n: 1\r\n"), 400},
        {with("GET / HTTP/1.1", std::string("Host: a\0b\r\n", 11)), 400},
        {with("GET / HTTP/1.1", "Host: a\rb\r\n"), 400},
        {"GET / HTTP/1.1\nHost: a\n\n", 400},
        {"\n", 400},
        {"\r\n\r\n", 400},
        {std::string("\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03", 11) + "\r\n\r\n", 400}, // TLS
    };
    for (const auto& row : table) {
        CAPTURE(row.octets.substr(0, 80));
        CHECK(verdict(row.octets) == row.verdict);
    }
}

TEST_CASE("api: a head ends where it ends, whatever follows", "[api]") {
    const std::string first = with("GET /a HTTP/1.1");
    const std::string octets = first + with("GET /b HTTP/1.1");
    CHECK(inspect_head(octets).size == first.size());
    for (std::size_t n = 0; n < first.size(); ++n)
        CHECK(verdict(octets.substr(0, n)) == 0);
}

TEST_CASE("api: ranges are not asked for", "[api]") {
    CHECK(without_ranges("GET / HTTP/1.1\r\nHost: a\r\nRANGE: bytes=0-0\r\nX: 1\r\n\r\n")
          == "GET / HTTP/1.1\r\nHost: a\r\nX: 1\r\n\r\n");
    CHECK(without_ranges("GET / HTTP/1.1\r\nRange:a\r\nIf-Range: b\r\nRanger: c\r\n\r\n")
          == "GET / HTTP/1.1\r\nRanger: c\r\n\r\n");
}
