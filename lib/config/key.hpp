// One key of the configuration: its name in the file and on the command line, what it takes, where
// its value lives. Everything else (reading, checking, printing, help) follows from these.
#pragma once

#include "config/run_config.hpp"

#include <span>
#include <string_view>
#include <variant>

namespace lacuna::config {

enum class Kind : std::uint8_t {
    boolean,
    number, ///< a whole number
    size,   ///< octets, or "10GiB"
    span,   ///< seconds, or "90s"; held in nanoseconds
    speed,  ///< bit/s, or "10G"
    text,
    choice, ///< one of a few words, held as its place in the list
    cpus,   ///< "2-5,8", or an array of numbers
};

/// Where a value lives. The octet is that of an enumeration.
using Slot = std::variant<bool*, std::uint8_t*, std::int32_t*, std::uint32_t*, std::int64_t*,
                          std::uint64_t*, std::string*, std::vector<unsigned>*>;

struct Key {
    std::string_view section; ///< table of the file; "port" is an array of tables
    std::string_view name;    ///< "max-flows"
    std::string_view flag;    ///< option of the command line, without dashes
    Kind kind;
    std::string_view help;                  ///< for --help and the manual; one line
    Slot (*in_run)(RunConfig&) = nullptr;   ///< all sections but "port"
    Slot (*in_port)(PortConfig&) = nullptr; ///< "port"

    std::int64_t low = 0; ///< number, size, span, speed: the range
    std::int64_t high = 0;
    std::string_view zero = {}; ///< what 0 means, where it is allowed beside the range
    std::int64_t multiple = 1;
    bool power_of_two = false;
    std::span<const std::string_view> words = {}; ///< choice, in the order of the enumeration
    bool (*valid)(std::string_view) = nullptr;    ///< text: what is allowed; empty always is
    std::string_view form = {};                   ///< text: that in words
    std::string_view meta = {};                   ///< the value in --help
    bool live = false;                            ///< SIGHUP can change it in a running probe
};

/// Every key, by section in the order they are printed; "port" first.
std::span<const Key> keys();

/// The sections in that order.
std::span<const std::string_view> sections();

/// The key of that name in that section, or of that flag; nullptr: none.
const Key* find_key(std::string_view section, std::string_view name);
const Key* find_flag(std::string_view flag);

/// What `config` holds for `key`; `port` counts from 0 and matters for keys of ports.
Slot slot_of(const Key& key, RunConfig& config, std::size_t port);

/// Most ports of a run.
inline constexpr std::size_t kMaxPorts = 32;

} // namespace lacuna::config
