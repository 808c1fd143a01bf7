// Requests and their replies, without a network.
#include "api/http/server.hpp"
#include "api/objects/openapi.hpp"
#include "api/routes.hpp"
#include "catch.hpp"
#include "fuzz/request_body.hpp"
#include "support/ask_service.hpp"
#include "wire/text/sa_text.hpp"

#include <fstream>
#include <nlohmann/json.hpp>
#include <sys/stat.h>

using namespace lacuna;
using namespace lacuna::api;
using namespace lacuna::test;
using nlohmann::json;

TEST_CASE("api: a page of flows holds what was asked for, and says how many there are", "[api]") {
    const std::size_t all = FixedBackend::rows().size();
    CHECK(ask("/api/v1/flows").body["count"] == all);
    CHECK(ask("/api/v1/flows").body["flows"].size() == all);
    CHECK(ask("/api/v1/flows?limit=3").body["count"] == all);
    CHECK(ask("/api/v1/flows?limit=3").body["flows"].size() == 3);
    CHECK(ask("/api/v1/flows?offset=1000").body["count"] == all);
    CHECK(ask("/api/v1/flows?offset=1000").body["flows"].empty());
    // n-th row: n * 100,000 octets
    CHECK(ask("/api/v1/flows?min_bytes=200000&max_bytes=400000").body["count"] == 3);
    CHECK(ask("/api/v1/flows?min_bytes=5&max_bytes=4").body["count"] == 0);
}

TEST_CASE("api: every kind of id is found by its text, escaped or not", "[api]") {
    for (const FlowRow& row : FixedBackend::rows()) {
        const std::string id = wire::sa_text(row.s.id);
        std::string escaped;
        for (const char c : id)
            escaped += c == ':' ? std::string("%3A") : std::string(1, c);
        for (const std::string& text : {id, escaped}) {
            CAPTURE(text);
            const Asked one = ask("/api/v1/flows/" + text);
            CHECK(one.reply.status == 200);
            CHECK(one.body["flow_id"] == id);
            CHECK(one.body["report"]["id"] == id);
            CHECK(one.body["report"]["received"] == one.body["packets_received"]);
            CHECK(ask("/api/v1/flows/" + text + "/gaps?limit=2").body["gaps"].size() == 2);
        }
    }
}

TEST_CASE("api: what is wrong is a problem document", "[api]") {
    const struct {
        const char* target;
        int status;
    } table[] = {
        {"/nowhere", 404},
        {"/api/v1/flows/nonsense", 404},
        {"/api/v1/flows/esp-0badc0de-192.0.2.99", 404},
        {"/api/v1/flows?run=2", 404},
        {"/api/v1/flows?run=0", 400},
        {"/api/v1/flows?limit=0", 400},
        {"/api/v1/flows?limit=1001", 400},
        {"/api/v1/flows?offset=-1", 400},
        {"/api/v1/flows?colour=red", 400},
        {"/health?x=1", 400},
        {"/api/v1/flows/%ff", 400},
        {"http://elsewhere/health", 400},
        {"*", 400},
    };
    for (const auto& row : table) {
        CAPTURE(row.target);
        const Asked asked = ask(row.target);
        CHECK(asked.reply.status == row.status);
        CHECK(asked.reply.type == "application/problem+json");
        CHECK(asked.body["status"] == row.status);
        CHECK(asked.body["type"] == "about:blank");
        CHECK_FALSE(asked.body["title"].get<std::string>().empty());
        CHECK_FALSE(asked.body["detail"].get<std::string>().empty());
    }
    Request post;
    post.method = "POST";
    CHECK(ask("/api/v1/flows", post).reply.status == 405);
    CHECK(ask("/api/v1/flows", post).field("Allow") == "GET, HEAD");
    CHECK(ask("/nowhere", post).reply.status == 404);
}

TEST_CASE("api: what the client has is not sent again", "[api]") {
    const Asked first = ask("/api/v1/flows");
    const std::string tag = first.field("ETag");
    REQUIRE(tag.starts_with("W/\""));
    const struct {
        std::string if_none_match;
        int status;
    } table[] = {{tag, 304},
                 {tag.substr(2), 304},
                 {"\"x\", " + tag + " ,\"y\"", 304},
                 {"*", 304},
                 {"\"x\"", 200},
                 {"", 200},
                 {tag.substr(0, tag.size() - 1), 200}};
    for (const auto& row : table) {
        CAPTURE(row.if_none_match);
        Request request;
        request.if_none_match = row.if_none_match;
        const Asked asked = ask("/api/v1/flows", request);
        CHECK(asked.reply.status == row.status);
        CHECK(asked.reply.body.empty() == (row.status == 304));
        CHECK(asked.field("ETag") == tag);
    }
    Request request;
    request.if_none_match = tag;
    CHECK(ask("/api/v1/runs", request).reply.status == 200);
}

TEST_CASE("api: without a token only addresses and localhost are answered to", "[api]") {
    const std::string token = "abcdefghijklmnop";
    const struct {
        std::string host;
        int status;
    } table[] = {{"", 200}, // HTTP/1.0; browsers always say
                 {"127.0.0.1", 200},
                 {"127.0.0.1:9999", 200},
                 {"192.0.2.7:80", 200},
                 {"[::1]:9999", 200},
                 {"[::1]", 200},
                 {"[fe80::1]:1", 200},
                 {"localhost:9999", 200},
                 {"LocalHost", 200},
                 {"rebound.example", 421},
                 {"rebound.example:9999", 421},
                 {"localhost.example", 421},
                 {"localhost:9999.example", 421},
                 {"127.0.0.1.example:9999", 421},
                 {"127.0.0.1@rebound.example", 421},
                 {"127.0.0.1:", 200},
                 {"127.0.0.1:999999", 421},
                 {"[::1].example", 421},
                 {"[rebound.example]:1", 421},
                 {"[", 421},
                 {":", 421},
                 {"::1", 421}, // RFC 3986: an IPv6 address stands in brackets
                 {std::string("localhost\0", 10), 421}};
    for (const auto& row : table) {
        CAPTURE(row.host);
        Request request;
        request.host = row.host;
        for (const char* target : {"/api/v1/flows", "/metrics"}) {
            const Asked asked = ask(target, request);
            CHECK(asked.reply.status == row.status);
            if (row.status != 200) CHECK(asked.body["title"] == "Misdirected Request");
        }
        request.authorization = "Bearer " + token;
        CHECK(ask("/api/v1/flows", request, token).reply.status == 200);
    }
}

TEST_CASE("api: who has no token learns nothing", "[api]") {
    const std::string token = "abcdefghijklmnop";
    const struct {
        std::string authorization;
        int status;
    } table[] = {{"", 401},
                 {"Bearer", 401},
                 {"Bearer ", 401},
                 {"Basic abcdefghijklmnop", 401},
                 {"Bearer abcdefghijklmno", 401},
                 {"Bearer abcdefghijklmnopq", 401},
                 {"Bearer abcdefghijklmnoq", 401},
                 {"Bearer abcdefghijklmnopabcdefghijklmnop", 401},
                 {"Bearer abcdefghijklmnop", 200},
                 {"bearer  abcdefghijklmnop ", 200}};
    for (const auto& row : table) {
        CAPTURE(row.authorization);
        Request request;
        request.authorization = row.authorization;
        const Asked asked = ask("/health", request, token);
        CHECK(asked.reply.status == row.status);
        if (row.status == 401) CHECK(asked.field("WWW-Authenticate") == "Bearer");
        CHECK(ask("/nowhere", request, token).reply.status == (row.status == 401 ? 401 : 404));
    }
}

TEST_CASE("api: a token file is private and holds a token", "[api]") {
    const TempDir dir;
    const auto write = [&](const std::string& text, mode_t mode) {
        const std::string file = dir / "token";
        std::ofstream(file) << text;
        chmod(file.c_str(), mode);
        return file;
    };
    const auto good = read_token(write("0123456789abcdef\n", 0600));
    REQUIRE(good);
    CHECK(*good == "0123456789abcdef");
    CHECK(read_token(write("0123456789abcdef", 0400)));
    CHECK_FALSE(read_token(write("0123456789abcdef", 0644)));
    CHECK_FALSE(read_token(write("short", 0600)));
    CHECK_FALSE(read_token(write("0123456789abcdef with more", 0600)));
    CHECK_FALSE(read_token(write("", 0600)));
    CHECK_FALSE(read_token(dir / "missing"));
    CHECK_FALSE(read_token(dir.path()));
}

TEST_CASE("api: addresses to listen on", "[api]") {
    const struct {
        const char* text;
        const char* host; ///< null: refused
        int port;
        bool loopback;
    } table[] = {
        {"127.0.0.1:9999", "127.0.0.1", 9999, true},
        {"127.9.8.7:1", "127.9.8.7", 1, true},
        {"[::1]:0", "::1", 0, true},
        {"localhost:80", "localhost", 80, true},
        {"0.0.0.0:65535", "0.0.0.0", 65535, false},
        {"[::]:1", "::", 1, false},
        {"[::ffff:127.0.0.1]:1", "::ffff:127.0.0.1", 1, false},
        {"probe.example:80", "probe.example", 80, false},
        {"", nullptr, 0, false},
        {":1", nullptr, 0, false},
        {"127.0.0.1", nullptr, 0, false},
        {"127.0.0.1:", nullptr, 0, false},
        {"127.0.0.1:65536", nullptr, 0, false},
        {"127.0.0.1:-1", nullptr, 0, false},
        {"127.0.0.1:1x", nullptr, 0, false},
        {"::1:80", nullptr, 0, false},
        {"[]:80", nullptr, 0, false},
    };
    for (const auto& row : table) {
        CAPTURE(row.text);
        const auto parsed = parse_address(row.text);
        CHECK(static_cast<bool>(parsed) == (row.host != nullptr));
        if (!parsed || row.host == nullptr) continue;
        CHECK(parsed->host == row.host);
        CHECK(parsed->port == row.port);
        CHECK(is_loopback(parsed->host) == row.loopback);
    }
}

TEST_CASE("api: the description names every path and every parameter served", "[api]") {
    const json doc = json::parse(openapi_document());
    CHECK(doc["openapi"] == "3.1.0");
    CHECK(doc["paths"].size() == routes().size());
    for (const Route& route : routes()) {
        CAPTURE(std::string(route.path));
        const json& get = doc["paths"][route.path]["get"];
        std::size_t in_query = 0;
        for (const json& p : get.value("parameters", json::array()))
            in_query += p["in"] == "query";
        CHECK(in_query == route.parameters.size());
    }
}

// The body aborts where something does not hold.
TEST_CASE("api: requests cut and bent", "[api]") {
    const std::string seeds[] = {
        "GET /api/v1/flows?limit=10&offset=5&min_bandwidth_mbps=1.5 HTTP/1.1\r\nHost: a\r\n"
        "Range: bytes=0-1\r\nIf-None-Match: W/\"1\", *\r\n\r\n",
        "/api/v1/flows/esp-00000100-2001%3Adb8::1/gaps?run=1&limit=1000",
        "macsec-0200000000010001-0/gaps?offset=1",
        "run=1&limit=5&offset=0&after=esp-0000c0de-192.0.2.1@5&min_bytes=1",
    };
    std::size_t inputs = 0;
    const auto fuzz = [&inputs](const std::string& octets) {
        fuzz_request(reinterpret_cast<const std::uint8_t*>(octets.data()), octets.size());
        ++inputs;
    };
    for (const std::string& seed : seeds) {
        for (std::size_t n = 0; n <= seed.size(); ++n)
            fuzz(seed.substr(0, n));
        std::string bent = seed;
        for (std::size_t at = 0; at < seed.size(); ++at) {
            for (const unsigned value : {0x00u, 0x0Du, 0x20u, 0x25u, 0x26u, 0x2Du, 0x80u, 0xFFu}) {
                bent[at] = static_cast<char>(value);
                fuzz(bent);
            }
            bent[at] = seed[at];
        }
    }
    CHECK(inputs > 2'000);
}

TEST_CASE("api: files of the page are for everybody, and for this page alone", "[api]") {
    static constexpr std::uint8_t kOctets[] = {0x1F, 0x8B, 8};
    static constexpr PageFile kPage[] = {{"/", "text/html; charset=utf-8", "\"a1\"", kOctets},
                                         {"/page.js", "text/javascript", "\"b2\"", kOctets}};
    static FixedBackend backend;
    const auto get = [](const char* target, const Request& more, const char* token) {
        Service service(backend, token, kPage);
        Request request = more;
        if (request.method.empty()) request.method = "GET";
        request.target = target;
        return Asked{service.answer(request), {}};
    };
    const char* const secret = "a token of enough letters";
    for (const char* token : {"", secret}) {
        const Asked page = get("/?a=b", {}, token);
        CHECK(page.reply.status == 200);
        CHECK(page.reply.packed);
        CHECK(page.reply.body.size() == sizeof kOctets);
        CHECK(page.reply.type == "text/html; charset=utf-8");
        CHECK(page.field("ETag") == "\"a1\"");
        CHECK(page.field("Content-Security-Policy").find("default-src 'none'")
              != std::string::npos);
        CHECK(page.field("Content-Security-Policy").find("unsafe") == std::string::npos);
        Request again;
        again.if_none_match = "\"b2\", W/\"a1\"";
        CHECK(get("/", again, token).reply.status == 304);
        CHECK(get("/", again, token).reply.body.empty());
        CHECK(get("/page.js", {}, token).field("ETag") == "\"b2\"");
        CHECK(get("/page.css", {}, token).reply.status == (*token ? 401 : 404));
        CHECK(get("/api/v1/flows", {}, token).reply.status == (*token ? 401 : 200));
    }
    Request foreign;
    foreign.host = "evil.example";
    CHECK(get("/", foreign, "").reply.status == 421);
    CHECK(get("/", foreign, secret).reply.status == 200);
    Request post;
    post.method = "POST";
    CHECK(get("/", post, "").reply.status == 404);
}
