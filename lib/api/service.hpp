// From a request to its reply: who may ask, what is asked, and whether the client has it already.
#pragma once

#include "api/backend/backend.hpp"
#include "api/cors.hpp"
#include "api/page.hpp"

namespace lacuna::api {

/// Thread-safe; `backend` outlives it.
class Service {
public:
    /// `token`: what requests must bear; empty: they need none. `page`: files for a browser.
    /// `origins`: whose pages may read replies.
    Service(Backend& backend, std::string token, std::span<const PageFile> page = {},
            Origins origins = {})
        : backend_(backend), token_(std::move(token)), page_(page), origins_(std::move(origins)) {}

    /// Answers everything; what goes wrong is a problem document.
    Reply answer(const Request& request);

private:
    Reply answered(const Request& request);
    Outcome<Reply> route(const Request& request);
    bool may_ask(const Request& request) const;
    bool trusts_host(const Request& request) const;

    Backend& backend_;
    const std::string token_;
    const std::span<const PageFile> page_;
    const Origins origins_;
};

/// Whether a Host field (RFC 9110 7.2) is an address or "localhost", with or without a port.
/// Another name may be one its owner has pointed at this host for the sake of a page in a browser
/// here, which could then read every reply as its own (DNS rebinding).
bool is_address_or_localhost(std::string_view host);

/// Whether the two are the same, in a time that tells nothing but the length of `given`.
bool same_secret(std::string_view secret, std::string_view given);

/// A weak entity tag of a body.
std::string entity_tag(std::string_view body);
/// Whether an If-None-Match field names `tag`.
bool names_tag(std::string_view if_none_match, std::string_view tag);

/// The first line of a file, which must be a bearer token (RFC 6750) of at least 16 characters that
/// nobody but its owner may read. Errors: exit 2.
Result<std::string> read_token(const std::string& file);

} // namespace lacuna::api
