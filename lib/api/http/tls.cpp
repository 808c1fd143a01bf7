#include "api/http/tls.hpp"

#include <cerrno>
#include <cstring>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509err.h>
#include <sys/stat.h>
#include <unistd.h>

namespace lacuna::api {
namespace {

Status readable(const std::string& file, const char* option) {
    struct stat st {};
    if (stat(file.c_str(), &st) != 0 || access(file.c_str(), R_OK) != 0)
        return Error{std::strerror(errno), file, std::string(option) + " takes a readable file", 2};
    if (!S_ISREG(st.st_mode)) return Error{"not a file", file, "", 2};
    return {};
}

Status private_enough(const std::string& file) {
    struct stat st {};
    if (stat(file.c_str(), &st) == 0 && (st.st_mode & S_IRWXO) == 0) return {};
    return Error{"everybody may read the key", file, "chmod 600 it", 2};
}

/// "what", or what of OpenSSL's reasons says more.
Error refused(const char* what, const std::string& file, const std::string& hint) {
    const unsigned long code = ERR_peek_last_error();
    const char* const reason = ERR_reason_error_string(code);
    const bool wrong_form = ERR_GET_LIB(code) == ERR_LIB_PEM || reason == nullptr;
    Error error{what, file, hint, 2};
    if (!wrong_form) error.what += std::string(" that can be used (") + reason + ")";
    return error;
}

int no_passphrase(char*, int, int, void*) {
    return 0; // a server cannot ask anybody
}

bool is_other_key() {
    const unsigned long code = ERR_peek_last_error();
    const int reason = ERR_GET_REASON(code);
    return ERR_GET_LIB(code) == ERR_LIB_X509
           && (reason == X509_R_KEY_VALUES_MISMATCH || reason == X509_R_KEY_TYPE_MISMATCH);
}

} // namespace

Result<std::unique_ptr<asio::ssl::context>> tls_context(const std::string& cert_file,
                                                        const std::string& key_file) {
    if (Status s = readable(cert_file, "--tls-cert"); !s) return s.error();
    if (Status s = readable(key_file, "--tls-key"); !s) return s.error();
    if (Status s = private_enough(key_file); !s) return s.error();
    auto context = std::make_unique<asio::ssl::context>(asio::ssl::context::tls_server);
    SSL_CTX* const c = context->native_handle();
    SSL_CTX_set_min_proto_version(c, TLS1_2_VERSION);
    SSL_CTX_set_options(c, SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX_set_mode(c, SSL_MODE_RELEASE_BUFFERS); // most connections idle
    SSL_CTX_set_default_passwd_cb(c, no_passphrase);
    ERR_clear_error();
    if (SSL_CTX_use_certificate_chain_file(c, cert_file.c_str()) != 1)
        return refused("not a certificate in PEM", cert_file, "");
    if (SSL_CTX_use_PrivateKey_file(c, key_file.c_str(), SSL_FILETYPE_PEM) != 1)
        return is_other_key()
                   ? Error{"not the key of the certificate", key_file,
                           "it belongs to another one than " + cert_file, 2}
                   : refused("not a private key in PEM", key_file, "it must not want a passphrase");
    return context;
}

} // namespace lacuna::api
