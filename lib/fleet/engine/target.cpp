#include "fleet/engine/target.hpp"

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <fmt/format.h>
#include <fstream>
#include <string_view>
#include <sys/stat.h>

namespace lacuna::fleet {
namespace {

constexpr const char* kForm = "clickhouse://[user@]host[:port][/database]; clickhouses:// over TLS";
constexpr std::uint16_t kPort = 8123;
constexpr std::uint16_t kTlsPort = 8443;

bool is_name(std::string_view text) {
    return !text.empty() && (std::isdigit(static_cast<unsigned char>(text.front())) == 0)
           && std::all_of(text.begin(), text.end(), [](unsigned char c) {
                  return c == '_' || (c < 0x80 && std::isalnum(c) != 0);
              });
}

bool is_host(std::string_view text) {
    if (text.starts_with('[')) {
        return text.size() > 3 && text.ends_with(']')
               && text.substr(1, text.size() - 2).find_first_not_of("0123456789abcdefABCDEF:.%")
                      == std::string_view::npos;
    }
    return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) {
        return c == '-' || c == '.' || c == '_' || (c < 0x80 && std::isalnum(c) != 0);
    });
}

} // namespace

Result<Target> Target::parse(const std::string& url) {
    const auto bad = [](const std::string& what, const std::string& shown) {
        return Error{what, shown, kForm, 2};
    };
    Target target;
    std::string_view rest = url;
    for (const auto& [scheme, tls] : {std::pair{"clickhouse://", false}, {"clickhouses://", true}})
        if (rest.starts_with(scheme)) {
            rest.remove_prefix(std::strlen(scheme));
            target.tls = tls;
            target.port = tls ? kTlsPort : kPort;
            break;
        }
    if (target.port == 0) return bad("not the URL of an engine", url.empty() ? "''" : url);
    if (const auto at = rest.rfind('@'); at != std::string_view::npos) {
        target.user = rest.substr(0, at);
        if (target.user.find(':') != std::string::npos)
            return Error{"a password does not belong into a URL", "",
                         "--password-file or LACUNA_FLEET_PASSWORD holds it", 2};
        rest.remove_prefix(at + 1);
    }
    if (const auto slash = rest.find('/'); slash != std::string_view::npos) {
        if (slash + 1 < rest.size()) target.database = rest.substr(slash + 1);
        rest = rest.substr(0, slash);
    }
    if (!is_name(target.database))
        return bad("a database has a name of letters, digits and _", url);
    const auto colon = rest.rfind(':');
    if (colon != std::string_view::npos && !rest.ends_with(']')) {
        const std::string_view digits = rest.substr(colon + 1);
        const auto [end, error] =
            std::from_chars(digits.data(), digits.data() + digits.size(), target.port);
        if (error != std::errc() || end != digits.data() + digits.size() || target.port == 0)
            return bad("a port is from 1 to 65535", url);
        rest = rest.substr(0, colon);
    }
    if (!is_host(rest)) return bad("not the URL of an engine", url);
    target.host = rest;
    return target;
}

std::string Target::text() const {
    return fmt::format("clickhouse{}://{}{}{}:{}/{}", tls ? "s" : "", user, user.empty() ? "" : "@",
                       host, port, database);
}

std::string Target::http() const {
    return fmt::format("http{}://{}:{}/", tls ? "s" : "", host, port);
}

Result<std::string> read_password(const std::string& file) {
    if (file.empty()) {
        const char* given = std::getenv("LACUNA_FLEET_PASSWORD");
        return std::string(given != nullptr ? given : "");
    }
    struct stat about {};
    std::ifstream in(file);
    if (!in || stat(file.c_str(), &about) != 0)
        return Error{std::strerror(errno), file, "--password-file takes a file with one line", 2};
    if ((about.st_mode & S_IRWXO) != 0)
        return Error{"anybody may read the password", file, "chmod o= it", 2};
    std::string line;
    std::getline(in, line);
    if (line.ends_with('\r')) line.pop_back();
    return line;
}

} // namespace lacuna::fleet
