#include "api/page.hpp"

#include "api/service.hpp"

#include <algorithm>

namespace lacuna::api {
namespace {

/// Script and style from files of this server alone, none inline; requests to this server alone.
constexpr const char* kPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'";

} // namespace

const PageFile* find_page_file(std::span<const PageFile> page, std::string_view path) {
    const auto file =
        std::find_if(page.begin(), page.end(), [&](const PageFile& f) { return path == f.path; });
    return file == page.end() ? nullptr : &*file;
}

Reply page_reply(const PageFile& file, const Request& request) {
    Reply reply;
    reply.type = file.type;
    reply.packed = true;
    reply.fields = {
        {"Cache-Control", "no-cache"},
        {"ETag", file.tag},
        {"Content-Security-Policy", kPolicy},
        {"Referrer-Policy", "no-referrer"},
        {"Cross-Origin-Opener-Policy", "same-origin"},
        {"Cross-Origin-Resource-Policy", "same-origin"},
    };
    if (names_tag(request.if_none_match, file.tag))
        reply.status = 304;
    else
        reply.body.assign(file.packed.begin(), file.packed.end());
    return reply;
}

} // namespace lacuna::api
