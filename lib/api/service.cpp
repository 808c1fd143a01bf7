#include "api/service.hpp"

#include "api/objects/pick.hpp"
#include "api/routes.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <strings.h>

namespace lacuna::api {
namespace {

std::string_view path_of(std::string_view target) {
    return target.substr(0, target.find_first_of("?#"));
}

std::string_view query_of(std::string_view target) {
    target = target.substr(0, target.find('#'));
    const std::size_t mark = target.find('?');
    return mark == std::string_view::npos ? std::string_view() : target.substr(mark + 1);
}

} // namespace

bool same_secret(std::string_view secret, std::string_view given) {
    unsigned char differs = secret.size() == given.size() ? 0 : 1;
    for (std::size_t i = 0; i < given.size(); ++i)
        differs |= static_cast<unsigned char>(given[i] ^ secret[i % secret.size()]);
    return differs == 0;
}

std::string entity_tag(std::string_view body) {
    // FNV-1a, 64 bits: nobody gains from a collision but with himself.
    std::uint64_t hash = 0xCBF29CE484222325;
    for (const char c : body)
        hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3;
    return fmt::format("W/\"{:016x}{:x}\"", hash, body.size());
}

bool names_tag(std::string_view field, std::string_view tag) {
    const auto weakly = [](std::string_view t) { return t.starts_with("W/") ? t.substr(2) : t; };
    if (trimmed(field) == "*") return true;
    while (!field.empty()) {
        const std::size_t end = std::min(field.find(','), field.size());
        if (weakly(trimmed(field.substr(0, end))) == weakly(tag)) return true;
        field.remove_prefix(std::min(end + 1, field.size()));
    }
    return false;
}

bool Service::may_ask(const Request& request) const {
    constexpr std::string_view kScheme = "Bearer ";
    if (token_.empty()) return true;
    const std::string_view given = request.authorization;
    return given.size() > kScheme.size()
           && strncasecmp(given.data(), kScheme.data(), kScheme.size()) == 0
           && same_secret(token_, trimmed(given.substr(kScheme.size())));
}

/// With a token no browser gives away what it was not given.
bool Service::trusts_host(const Request& request) const {
    return !token_.empty() || request.host.empty() || is_address_or_localhost(request.host);
}

Outcome<Reply> Service::route(const Request& request) {
    if (!trusts_host(request))
        return Problem{421,
                       "without a token this server answers to an address or to localhost; a "
                       "reverse proxy must send one as Host",
                       ""};
    if (auto allowed = origins_.preflight(request)) return std::move(*allowed);
    const bool reads = request.method == "GET" || request.method == "HEAD";
    if (const PageFile* file = find_page_file(page_, path_of(request.target)); file && reads)
        return page_reply(*file, request);
    const auto segments = split_path(path_of(request.target));
    std::string id;
    const Route* route = segments ? find_route(*segments, id) : nullptr;
    const bool open = route != nullptr && route->open;
    if (!open && !may_ask(request))
        return Problem{401, "this server wants its bearer token: Authorization: Bearer TOKEN", ""};
    if (!segments) return segments.error();
    if (route == nullptr)
        return Problem{404, "there is nothing here; /api/v1/openapi.json lists what there is", ""};
    if (!reads) return Problem{405, "only GET and HEAD: nothing can be changed here", ""};
    const auto parameters = Parameters::parse(query_of(request.target), route->parameters);
    if (!parameters) return parameters.error();
    const Call call{backend_, request, *parameters, id};
    const std::string* const fields = parameters->text("fields");
    if (fields == nullptr) return route->handler(call);
    const auto wanted = wanted_members(*route, call.report_names(), *fields);
    if (!wanted) return wanted.error();
    auto outcome = route->handler(call);
    if (outcome && outcome->stream) return Problem{400, "a stream has its entries whole", "fields"};
    if (outcome) outcome->body = pick_members(outcome->body, *wanted);
    return outcome;
}

Reply Service::answer(const Request& request) {
    Reply reply = answered(request);
    origins_.allow(request, reply);
    return reply;
}

Reply Service::answered(const Request& request) {
    auto outcome = route(request);
    if (!outcome) return problem_reply(outcome.error(), path_of(request.target));
    Reply reply = std::move(*outcome);
    if (reply.stream || reply.packed || reply.status != 200) return reply;
    // Stored by clients, but never used without asking whether it has changed.
    reply.fields.emplace_back("Cache-Control", "no-cache");
    std::string tag = entity_tag(reply.body);
    if (names_tag(request.if_none_match, tag)) {
        reply.status = 304;
        reply.body.clear();
    }
    reply.fields.emplace_back("ETag", std::move(tag));
    return reply;
}

} // namespace lacuna::api
