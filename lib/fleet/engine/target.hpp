// Where the engine of a fleet is, and who asks it.
#pragma once

#include "base/result.hpp"

#include <string>

namespace lacuna::fleet {

/// An engine (ClickHouse) and a database in it. Plain values.
struct Target {
    bool tls = false;
    std::string user; ///< empty: the engine's default one
    std::string host; ///< a name or an address, IPv6 in brackets
    std::uint16_t port = 0;
    std::string database = "lacuna";
    std::string password;

    // TLS only; names of PEM files, empty: the system's authorities, and no certificate of ours.
    std::string ca_file;
    std::string cert_file;
    std::string key_file;

    /// `clickhouse://[user@]host[:port][/database]`, `clickhouses://` over TLS. Ports are 8123 and
    /// 8443 unless said otherwise. Errors (exit 2): it is none, or it has a password in it.
    static Result<Target> parse(const std::string& url);
    /// Without the password, for people.
    std::string text() const;
    /// `http://host:port/` or `https://host:port/`.
    std::string http() const;
};

/// The password from the first line of `file`, or, where that is empty, from the environment
/// (LACUNA_FLEET_PASSWORD); none if there is neither. Errors (exit 2): the file cannot be read, or
/// others than its owner and group may read it.
Result<std::string> read_password(const std::string& file);

} // namespace lacuna::fleet
