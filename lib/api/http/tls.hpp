// What TLS a server speaks; inside lib/api/http only.
#pragma once

#include "base/result.hpp"

#include <asio/ssl/context.hpp>
#include <memory>
#include <string>

namespace lacuna::api {

/// TLS 1.2 and above (RFC 9325), with the certificate (chain) and the private key of two PEM
/// files. Errors, exit 2: a file that cannot be read or holds something else, a key that belongs to
/// another certificate, wants a passphrase, or may be read by everybody.
Result<std::unique_ptr<asio::ssl::context>> tls_context(const std::string& cert_file,
                                                        const std::string& key_file);

} // namespace lacuna::api
