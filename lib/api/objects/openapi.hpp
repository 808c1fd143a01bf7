// The interface described for programs (OpenAPI 3.1), from the tables it is served by.
#pragma once

#include <string>
#include <vector>

namespace lacuna::api {

/// One JSON document; the same for the life of the program.
const std::string& openapi_document();

/// The members that entries of a list may have, `list` being its schema.
std::vector<std::string> entry_members(const std::string& list);

} // namespace lacuna::api
