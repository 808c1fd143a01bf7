// Tunnels as objects: report::write_tunnel() writes them.
#include "api/objects/objects.hpp"

namespace lacuna::api {

std::vector<ObjectText> tunnel_object_texts() {
    std::vector<MemberText> members = {{"id", "string", "both ends, or the secure channel"},
                                       {"a", "string", "one end"}};
    for (const flow::Field* f : report::total_fields())
        members.push_back({f->name, type_of(f->kind), f->help, f});
    members.push_back({"first_time", "string", "time of the first packet, RFC 3339"});
    members.push_back({"last_time", "string", "time of the last packet, RFC 3339"});
    members.push_back({"directions", "array", "the same sums from end to end"});
    return {{"Tunnel", std::move(members)}};
}

} // namespace lacuna::api
