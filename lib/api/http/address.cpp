#include "api/http/server.hpp"
#include "api/service.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <charconv>
#include <strings.h>

namespace lacuna::api {

bool is_loopback(const std::string& host) {
    in_addr v4{};
    in6_addr v6{};
    if (inet_pton(AF_INET, host.c_str(), &v4) == 1) return (ntohl(v4.s_addr) >> 24) == 127;
    if (inet_pton(AF_INET6, host.c_str(), &v6) == 1) return IN6_IS_ADDR_LOOPBACK(&v6);
    return host == "localhost";
}

bool is_address_or_localhost(std::string_view host) {
    constexpr std::string_view kName = "localhost";
    in_addr v4{};
    in6_addr v6{};
    const std::size_t bracket = host.find(']');
    const bool bracketed = host.starts_with('[') && bracket != std::string_view::npos;
    const std::size_t end = bracketed ? bracket + 1 : std::min(host.find(':'), host.size());
    const std::string_view port = host.substr(end);
    const bool good_port =
        port.empty()
        || (port.front() == ':' && port.size() <= 6
            && port.find_first_not_of("0123456789", 1) == std::string_view::npos);
    if (!good_port) return false;
    if (bracketed)
        return inet_pton(AF_INET6, std::string(host.substr(1, bracket - 1)).c_str(), &v6) == 1;
    const std::string name(host.substr(0, end));
    return inet_pton(AF_INET, name.c_str(), &v4) == 1
           || (name.size() == kName.size() && strcasecmp(name.c_str(), kName.data()) == 0);
}

Result<ServerOptions> parse_address(const std::string& text) {
    ServerOptions options;
    const std::size_t colon = text.rfind(':');
    const Error wrong{"not an address and a port", text.empty() ? "''" : text,
                      "127.0.0.1:9999 and [::1]:9999 are", 2};
    if (colon == std::string::npos || colon == 0) return wrong;
    options.host = text.substr(0, colon);
    if (options.host.front() == '[' && options.host.back() == ']')
        options.host = options.host.substr(1, options.host.size() - 2);
    else if (options.host.find(':') != std::string::npos)
        return wrong;
    const char* const end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data() + colon + 1, end, options.port);
    if (error != std::errc() || rest != end || options.host.empty()) return wrong;
    return options;
}

} // namespace lacuna::api
