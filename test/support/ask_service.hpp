// A request to the service, and what came back, without a network.
#pragma once

#include "api/service.hpp"
#include "support/fixed_backend.hpp"

#include <nlohmann/json.hpp>

namespace lacuna::test {

using api::Reply;
using api::Request;
using api::Service;
using nlohmann::json;

struct Asked {
    Reply reply;
    json body;
    std::string field(const std::string& name) const {
        for (const auto& [known, value] : reply.fields)
            if (known == name) return value;
        return "";
    }
};

inline Asked ask(const std::string& target, const Request& more = {},
                 const std::string& token = "") {
    static FixedBackend backend;
    Service service(backend, token);
    Request request = more;
    if (request.method.empty()) request.method = "GET";
    request.target = target;
    Asked asked{service.answer(request), {}};
    asked.body = json::parse(asked.reply.body, nullptr, false);
    return asked;
}

} // namespace lacuna::test
