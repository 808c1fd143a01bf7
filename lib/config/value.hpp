// Values of keys: what a key takes, from TOML or from the command line, and back as TOML.
#pragma once

#include "config/key.hpp"

#include <optional>
#include <string>

namespace lacuna::config {

/// A value as the file has it; the command line has strings only.
using Value = std::variant<bool, std::int64_t, double, std::string, std::vector<std::int64_t>>;

/// Puts `value` into the slot of `key`. False, and nothing changed: it is not what the key takes.
bool set_value(const Key& key, Slot slot, const Value& value);
/// The same for a value typed on the command line: "yes", "4", "90s".
bool set_text(const Key& key, Slot slot, const std::string& text);

/// What the key takes, in words: "a whole number from 68 to 16000, or 0 (as the port has it)".
std::string expected(const Key& key);

/// What the slot holds, as TOML that set_value() takes back.
std::string toml_value(const Key& key, Slot slot);
/// The same without quotes.
std::string plain_value(const Key& key, Slot slot);
/// What the key is when nobody sets it, as plain_value().
std::string default_value(const Key& key);

/// "the default is 1024", or nothing where there is none.
std::string default_hint(const Key& key);

/// A TOML string in quotes. `text` is plain (is_plain_text()).
std::string toml_string(std::string_view text);

/// "90s", "1.5h", "30" (seconds) in nanoseconds. Units: ns us ms s m h d.
std::optional<std::int64_t> span_from(std::string_view text);
/// The largest unit that holds it exactly: "90s", "2h".
std::string span_text(std::int64_t ns);
/// "10GiB", "10G", "4096" (octets). Units: KiB MiB GiB TiB, or their first letters.
std::optional<std::int64_t> size_from(std::string_view text);
std::string size_text(std::uint64_t octets);
/// "10G", "2.5G", "64000" (bit/s). Units: k M G T, thousands each.
std::optional<std::int64_t> speed_from(std::string_view text);
std::string speed_text(std::uint64_t bits);
/// "2-5,8" in the order written. Nothing if it is no such list, names a CPU above 4,095 or is
/// longer than 1,024.
std::optional<std::vector<unsigned>> cpus_from(std::string_view text);
std::string cpus_text(const std::vector<unsigned>& cpus);

} // namespace lacuna::config
