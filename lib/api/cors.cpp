#include "api/cors.hpp"

#include "base/split.hpp"

#include <algorithm>

namespace lacuna::api {
namespace {

std::string in_lower_case(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return out;
}

/// Scheme, host and perhaps a port, and nothing else (RFC 6454 6.2).
bool is_origin(std::string_view text) {
    const std::size_t slashes = text.find("://");
    if (slashes == std::string_view::npos) return false;
    const std::string_view scheme = text.substr(0, slashes);
    const std::string_view host = text.substr(slashes + 3);
    constexpr const char* kLetters = "abcdefghijklmnopqrstuvwxyz";
    constexpr const char* kHost = "abcdefghijklmnopqrstuvwxyz0123456789.-_:[]";
    return !scheme.empty() && !host.empty()
           && scheme.find_first_not_of(kLetters) == std::string_view::npos
           && host.find_first_not_of(kHost) == std::string_view::npos && host.front() != ':';
}

} // namespace

Result<Origins> Origins::parse(const std::string& list) {
    Origins origins;
    if (list.empty()) return origins;
    for (const std::string_view part : split(list, ',')) {
        std::string origin = in_lower_case(trimmed(part));
        if (!is_origin(origin))
            return Error{"not the origin of a page", "--cors " + std::string(part),
                         "like https://grafana.example:3000; with commas between several", 2};
        origins.origins_.push_back(std::move(origin));
    }
    return origins;
}

bool Origins::holds(std::string_view origin) const {
    return std::find(origins_.begin(), origins_.end(), in_lower_case(origin)) != origins_.end();
}

void Origins::allow(const Request& request, Reply& reply) const {
    if (origins_.empty() || !holds(request.origin)) return;
    reply.fields.emplace_back("Access-Control-Allow-Origin", request.origin);
    reply.fields.emplace_back("Access-Control-Expose-Headers", "ETag, Date");
}

std::optional<Reply> Origins::preflight(const Request& request) const {
    if (request.method != "OPTIONS" || request.access_control_request_method.empty()
        || !holds(request.origin))
        return std::nullopt;
    Reply reply;
    reply.status = 204;
    reply.fields = {
        {"Access-Control-Allow-Methods", "GET, HEAD"},
        {"Access-Control-Allow-Headers", "Accept, Authorization, If-None-Match, Last-Event-ID"},
        {"Access-Control-Max-Age", "600"}};
    return reply;
}

} // namespace lacuna::api
