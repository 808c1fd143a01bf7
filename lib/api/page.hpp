// Files for a browser: what lies at / and beside it, held in memory, compressed once.
#pragma once

#include "api/message.hpp"

#include <cstdint>
#include <span>

namespace lacuna::api {

/// A file of the page. It holds nothing of a store or a run, so no token is asked for. Views of
/// what lives as long as the program.
struct PageFile {
    const char* path;                     ///< "/"; as it is asked for, without escapes
    const char* type;                     ///< media type
    const char* tag;                      ///< strong entity tag of the compressed octets, in quotes
    std::span<const std::uint8_t> packed; ///< gzip (RFC 1952)
};

/// Null: there is none of that path.
const PageFile* find_page_file(std::span<const PageFile> page, std::string_view path);

/// The file, or 304 where the request names its tag; with the fields that keep a browser from
/// running or asking anything that is not of this server (Content Security Policy, Level 3).
Reply page_reply(const PageFile& file, const Request& request);

} // namespace lacuna::api
