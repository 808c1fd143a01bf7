#include "fleet/options.hpp"

#include "cli/common_options.hpp"

namespace lacuna::app {

void EngineOptions::add_to(CLI::App& command, const char* name, const char* help, bool needed) {
    command.add_option(name, url, help)->required(needed)->type_name("URL")->check(not_empty);
    command.add_option("--password-file", password_file, "file with the password of the engine")
        ->type_name("FILE")
        ->check(not_empty);
    command.add_option("--engine-ca", tls_ca, "authorities the engine's certificate is checked by")
        ->type_name("FILE")
        ->check(not_empty);
    command.add_option("--engine-cert", tls_cert, "certificate to show to the engine")
        ->type_name("FILE")
        ->check(not_empty);
    command.add_option("--engine-key", tls_key, "its key")->type_name("FILE")->check(not_empty);
}

Result<fleet::Engine> EngineOptions::engine() const {
    auto target = fleet::Target::parse(url);
    if (!target) return target.error();
    if (tls_cert.empty() != tls_key.empty())
        return Error{"--engine-cert and --engine-key belong together", "", "", 2};
    if (!target->tls && !(tls_ca + tls_cert).empty())
        return Error{"certificates go with clickhouses://", url, "", 2};
    auto password = fleet::read_password(password_file);
    if (!password) return password.error();
    target->password = std::move(*password);
    target->ca_file = tls_ca;
    target->cert_file = tls_cert;
    target->key_file = tls_key;
    return fleet::Engine(std::move(*target));
}

} // namespace lacuna::app
