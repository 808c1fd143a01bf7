#include "fuzz/request_body.hpp"

#include "api/http/request_head.hpp"
#include "api/routes.hpp"
#include "api/service.hpp"
#include "support/fixed_backend.hpp"

#include <cstdlib>
#include <nlohmann/json.hpp>

namespace lacuna::test {
namespace {

using namespace api;

void require(bool holds) {
    if (!holds) std::abort();
}

void check_reply(const Reply& reply) {
    require(reply.status >= 200 && reply.status < 600);
    if (reply.stream || reply.status == 304) return;
    const bool json = reply.type == "application/json" || reply.type == "application/problem+json";
    if (!json) return;
    const auto document = nlohmann::json::parse(reply.body, nullptr, false);
    require(document.is_object());
    if (reply.status >= 400) require(document["status"] == reply.status);
}

/// What a client gets that sends `octets` as its target.
void check_target(const std::string& octets) {
    FixedBackend backend;
    Service service(backend, "");
    Request request;
    request.method = "GET";
    request.target = octets;
    request.last_event_id = octets;
    request.host = octets;
    check_reply(service.answer(request));
    request.host.clear();
    check_reply(service.answer(request));
    request.target = "/api/v1/flows?" + octets;
    check_reply(service.answer(request));
    request.target = "/api/v1/flows/" + octets;
    check_reply(service.answer(request));
}

void check_head(const std::string& octets) {
    const Head head = inspect_head(octets);
    require(head.size <= octets.size() && head.size <= kMaxHead);
    if (head.refused) {
        require(head.size == 0 && head.refused->status >= 400 && !head.refused->detail.empty());
    } else if (head.size != 0) {
        require(std::string_view(octets).substr(0, head.size).ends_with("\r\n\r\n"));
        require(!head.request.method.empty() && !head.request.target.empty()
                && head.request.target.size() <= kMaxTarget);
        // Nothing is decided anew by what follows.
        require(inspect_head(octets + "more").size == head.size);
    }
}

} // namespace

void fuzz_request(const std::uint8_t* data, std::size_t size) {
    const std::string octets(reinterpret_cast<const char*>(data), size);
    check_head(octets);
    check_head("GET " + octets + " HTTP/1.1\r\nHost: a\r\n\r\n");
    check_target(octets);
    require(!octets.empty() ? names_tag(octets + ", " + entity_tag(octets), entity_tag(octets))
                            : true);
}

} // namespace lacuna::test
