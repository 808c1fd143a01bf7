// What clients send before anything is made of it.
#include "api/http/request_head.hpp"
#include "api/http/response.hpp"
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

TEST_CASE("api: what a head asks for", "[api]") {
    const Head head = inspect_head("GET /a?b=c HTTP/1.1\r\nhost:\t a:1 \r\nACCEPT: text/plain\r\n"
                                   "Accept-Encoding: br, gzip\r\nIf-None-Match: \"x\"\r\n"
                                   "Authorization: Bearer t\r\nLast-Event-ID: 7\r\n"
                                   "Range: bytes=0-0\r\nAccept: second\r\n\r\n");
    REQUIRE(head.size != 0);
    const Request& r = head.request;
    CHECK(r.method == "GET");
    CHECK(r.target == "/a?b=c");
    CHECK(r.host == "a:1");
    CHECK(r.accept == "text/plain");
    CHECK(r.accept_encoding == "br, gzip");
    CHECK(r.if_none_match == "\"x\"");
    CHECK(r.authorization == "Bearer t");
    CHECK(r.last_event_id == "7");
}

TEST_CASE("api: whether another request may follow", "[api]") {
    const struct {
        std::string octets;
        bool keep;
    } table[] = {
        {with("GET / HTTP/1.1"), true},
        {with("GET / HTTP/1.0"), false},
        {with("GET / HTTP/1.1", "Host: a\r\nConnection: keep-alive\r\n"), true},
        {with("GET / HTTP/1.1", "Host: a\r\nConnection: Close\r\n"), false},
        {with("GET / HTTP/1.1", "Host: a\r\nconnection: TE , close\r\n"), false},
        {with("GET / HTTP/1.1", "Host: a\r\nConnection: closed\r\n"), true},
    };
    for (const auto& row : table) {
        CAPTURE(row.octets);
        CHECK(inspect_head(row.octets).keep == row.keep);
    }
}

TEST_CASE("api: a reply on the wire", "[api]") {
    Reply reply;
    reply.body = std::string(5'000, 'a');
    reply.fields.emplace_back("ETag", "W/\"1\"");
    Request request;
    request.method = "GET";
    const auto head_of = [&](const Reply& r, bool keep) {
        const std::string octets = on_the_wire(r, request, keep);
        return octets.substr(0, octets.find("\r\n\r\n") + 2);
    };
    const auto has = [](const std::string& head, const std::string& field) {
        return head.find("\r\n" + field + "\r\n") != std::string::npos;
    };
    CHECK(head_of(reply, true).starts_with("HTTP/1.1 200 OK\r\n"));
    CHECK(has(head_of(reply, true), "Content-Length: 5000"));
    CHECK(has(head_of(reply, true), "ETag: W/\"1\""));
    CHECK_FALSE(has(head_of(reply, true), "Connection: close"));
    CHECK(has(head_of(reply, false), "Connection: close"));
    CHECK(on_the_wire(reply, request, true).ends_with("\r\n\r\n" + reply.body));

    request.accept_encoding = "gzip";
    CHECK(has(head_of(reply, true), "Content-Encoding: gzip"));
    CHECK_FALSE(has(head_of(reply, true), "Content-Length: 5000"));
    CHECK(on_the_wire(reply, request, true).size() < 1'000);

    request.method = "HEAD";
    CHECK(on_the_wire(reply, request, true) == head_of(reply, true) + "\r\n");

    reply.status = 304;
    CHECK(head_of(reply, true).find("Content")
          == head_of(reply, true).find("Content-Type-Options"));
    reply.status = 200;
    reply.stream = [](std::string&) { return std::chrono::milliseconds(0); };
    CHECK(has(head_of(reply, true), "Connection: close"));
    CHECK(head_of(reply, true).find("Content-Length") == std::string::npos);
}

TEST_CASE("api: where gzip is welcome", "[api]") {
    const struct {
        const char* field;
        bool welcome;
    } table[] = {{"", false},
                 {"br", false},
                 {"gzip", true},
                 {"br, gzip;q=0.5", true},
                 {"gzip;q=0", false},
                 {"gzip; q=0.0, br", false},
                 {"gzip;q=0.001", true},
                 {"identity, gzip;q=0, br;q=1", false}};
    for (const auto& row : table) {
        CAPTURE(row.field);
        CHECK(accepts_gzip(row.field) == row.welcome);
    }
}
