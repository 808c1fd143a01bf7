// Bounds of the library (22.11 to 25.11): names of [A-Za-z0-9_/], strings of 127 octets of ASCII,
// 256 members of an object; objects may hold objects, arrays may not: what is an array of objects
// in JSON becomes an object with members "0", "1", ...; there are no real numbers, they travel as
// text. Handlers of several clients run at once.
#include "telemetry/socket.hpp"

#include "pipeline/dpdk_compat.hpp"
#include "telemetry/commands.hpp"

#include <cctype>
#include <fmt/format.h>
#include <shared_mutex>

namespace lacuna::telemetry {
namespace {

/// The view on show; guarded by `guard`, shared by handlers, alone by who changes it.
std::shared_mutex guard;
const LiveView* shown = nullptr;

std::string valid_name(std::string name) {
    for (char& c : name)
        if (std::isalnum(static_cast<unsigned char>(c)) == 0 && c != '/') c = '_';
    return name.substr(0, 60);
}

/// What a string can carry: 22.11 turns octets above 0x7F into escapes JSON does not know.
std::string plain_text(std::string text) {
    for (char& c : text)
        if (c < ' ' || c > '~') c = '?';
    return text.substr(0, RTE_TEL_MAX_STRING_LEN - 1);
}

void add_members(rte_tel_data* to, const Json& value);

void add_member(rte_tel_data* to, const std::string& name, const Json& value) {
    switch (value.type()) {
    case Json::value_t::object:
    case Json::value_t::array:
        if (rte_tel_data* inner = rte_tel_data_alloc()) {
            rte_tel_data_start_dict(inner);
            add_members(inner, value);
            if (rte_tel_data_add_dict_container(to, name.c_str(), inner, 0) != 0)
                rte_tel_data_free(inner);
        }
        break;
    case Json::value_t::boolean:
        rte_tel_data_add_dict_int(to, name.c_str(), value.get<bool>() ? 1 : 0);
        break;
    case Json::value_t::number_unsigned:
        pipeline::tel_add_dict_uint(to, name.c_str(), value.get<std::uint64_t>());
        break;
    case Json::value_t::number_integer: // below zero it may be wider than the library's int
        if (const auto n = value.get<std::int64_t>(); n >= 0)
            pipeline::tel_add_dict_uint(to, name.c_str(), static_cast<std::uint64_t>(n));
        else
            rte_tel_data_add_dict_string(to, name.c_str(), std::to_string(n).c_str());
        break;
    case Json::value_t::number_float:
        rte_tel_data_add_dict_string(to, name.c_str(),
                                     fmt::format("{:.6f}", value.get<double>()).c_str());
        break;
    case Json::value_t::string:
        rte_tel_data_add_dict_string(to, name.c_str(),
                                     plain_text(value.get<std::string>()).c_str());
        break;
    default: // nothing to say
        break;
    }
}

void add_members(rte_tel_data* to, const Json& value) {
    std::size_t i = 0;
    for (const auto& [name, member] : value.items())
        add_member(to, value.is_array() ? std::to_string(i++) : valid_name(name), member);
}

int handle(const char* command, const char* parameters, rte_tel_data* reply) {
    const std::string text = parameters == nullptr ? "" : parameters;
    Json answer = error_reply("no run is under way");
    {
        const std::shared_lock lock(guard);
        for (const Command& c : commands())
            if (shown != nullptr && std::string_view(command) == c.name)
                answer = c.answer(*shown, text);
    }
    if (answer.dump().size() > kMaxReply) answer = error_reply("the answer is too long");
    rte_tel_data_start_dict(reply);
    add_members(reply, answer);
    return 0;
}

} // namespace

Result<std::unique_ptr<Socket>> Socket::serve(const LiveView& live) {
    const std::unique_lock lock(guard);
    static bool registered = false;
    for (const Command& c : commands())
        if (!registered && rte_telemetry_register_cmd(c.name, handle, c.help) != 0)
            return Error{"DPDK has no room for another command", c.name, "", 1};
    registered = true;
    shown = &live;
    return std::unique_ptr<Socket>(new Socket);
}

Socket::~Socket() {
    const std::unique_lock lock(guard);
    shown = nullptr;
}

} // namespace lacuna::telemetry
