#include "api/http/response.hpp"

#include <algorithm>
#include <ctime>
#include <fmt/format.h>
#include <iterator>
#include <zlib.h>

namespace lacuna::api {
namespace {

/// Below, the client gains less than the server spends.
constexpr std::size_t kWorthPacking = 512;

/// Empty: it could not be done.
std::string packed(std::string_view text) {
    constexpr int kGzip = 16 + MAX_WBITS;
    constexpr int kMemory = 8; // zlib's usual level
    z_stream z{};
    if (deflateInit2(&z, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kGzip, kMemory, Z_DEFAULT_STRATEGY)
        != Z_OK)
        return {};
    std::string out(deflateBound(&z, text.size()), '\0');
    z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data())); // it only reads
    z.avail_in = static_cast<uInt>(text.size());
    z.next_out = reinterpret_cast<Bytef*>(out.data());
    z.avail_out = static_cast<uInt>(out.size());
    out.resize(deflate(&z, Z_FINISH) == Z_STREAM_END ? z.total_out : 0);
    deflateEnd(&z);
    return out;
}

/// Undoes it. Empty: it is none.
std::string unpacked(std::string_view packed) {
    constexpr int kGzip = 16 + MAX_WBITS;
    z_stream z{};
    if (inflateInit2(&z, kGzip) != Z_OK) return {};
    z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data())); // it only reads
    z.avail_in = static_cast<uInt>(packed.size());
    std::string out;
    int state = Z_OK;
    while (state == Z_OK) {
        const std::size_t had = out.size();
        out.resize(std::max<std::size_t>(2 * had, 4 * packed.size()));
        z.next_out = reinterpret_cast<Bytef*>(out.data() + had);
        z.avail_out = static_cast<uInt>(out.size() - had);
        state = inflate(&z, Z_NO_FLUSH);
    }
    out.resize(state == Z_STREAM_END ? z.total_out : 0);
    inflateEnd(&z);
    return out;
}

/// RFC 9110 5.6.7, for the Date field.
std::string http_date() {
    const std::time_t now = std::time(nullptr);
    std::tm utc{};
    gmtime_r(&now, &utc);
    char text[32];
    return {text, std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &utc)};
}

} // namespace

bool accepts_gzip(std::string_view field) {
    const std::size_t at = field.find("gzip");
    if (at == std::string_view::npos) return false;
    const std::string_view rest = field.substr(at + 4, field.substr(at + 4).find(','));
    const std::size_t q = rest.find("q=0");
    return q == std::string_view::npos
           || rest.find_first_of("123456789", q) != std::string_view::npos;
}

std::string on_the_wire(Reply reply, const Request& request, bool keep) {
    std::string out = fmt::format("HTTP/1.1 {} {}\r\nDate: {}\r\n", reply.status,
                                  reason_phrase(reply.status), http_date());
    const auto field = [&out](std::string_view name, std::string_view value) {
        fmt::format_to(std::back_inserter(out), "{}: {}\r\n", name, value);
    };
    for (const auto& [name, value] : reply.fields)
        field(name, value);
    field("X-Content-Type-Options", "nosniff");
    field("Vary", "Accept, Accept-Encoding, Origin");
    if (!keep || reply.stream) field("Connection", "close");
    const bool has_content = reply.status != 204 && reply.status != 304;
    if (has_content) field("Content-Type", reply.type);
    if (!reply.stream && has_content) {
        const bool takes_gzip = accepts_gzip(request.accept_encoding);
        if (reply.packed && takes_gzip) {
            field("Content-Encoding", "gzip");
        } else if (reply.packed) {
            reply.body = unpacked(reply.body);
        } else if (reply.body.size() >= kWorthPacking && takes_gzip) {
            if (std::string small = packed(reply.body); !small.empty()) {
                reply.body = std::move(small);
                field("Content-Encoding", "gzip");
            }
        }
        field("Content-Length", std::to_string(reply.body.size()));
    }
    out += "\r\n";
    if (!reply.stream && request.method != "HEAD") out += reply.body;
    return out;
}

} // namespace lacuna::api
