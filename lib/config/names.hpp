// What names of devices, users and the like may look like.
#pragma once

#include <string>
#include <string_view>

namespace lacuna::config {

/// Up to 63 letters, digits and . _ : - (a name in figures and files).
bool is_label(std::string_view text);
/// "0000:03:00.0" or "03:00.0", hexadecimal in either case.
bool is_pci_address(std::string_view text);
/// That in EAL's form: with domain, lower case.
std::string full_pci_address(std::string_view text);
/// What the kernel takes for an interface, less the comma, which device arguments cannot carry.
bool is_interface_name(std::string_view text);
/// "net_NAME" of up to 63 characters, then nothing or a comma and printable arguments.
bool is_vdev(std::string_view text);
/// "HOST:PORT"; an IPv6 address in brackets; port 0 (any) - 65,535.
bool is_endpoint(std::string_view text);
/// "user" or "user:group"; names as useradd takes them, or numbers.
bool is_user(std::string_view text);
/// Whether TOML can carry it: UTF-8 without control characters.
bool is_plain_text(std::string_view text);

} // namespace lacuna::config
