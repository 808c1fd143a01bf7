// Entries of lists with some of their members: the parameter `fields`.
#pragma once

#include "api/message.hpp"
#include "api/routes.hpp"

namespace lacuna::api {

/// Names of members with commas between them: what a client wants of each entry of a list. Problems
/// (400): a name that the entries of that list cannot have.
Outcome<std::vector<std::string>> wanted_members(const Route& route, bool report_names,
                                                 const std::string& fields);

/// The reply of a list with these members of its entries alone, in the order they have. `body` is
/// an object as JsonWriter writes it; its arrays are the lists.
std::string pick_members(std::string_view body, const std::vector<std::string>& wanted);

} // namespace lacuna::api
