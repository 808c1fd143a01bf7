// The interface described for programs (OpenAPI 3.1), from the tables it is served by.
#pragma once

#include <string>

namespace lacuna::api {

/// One JSON document; the same for the life of the program.
const std::string& openapi_document();

} // namespace lacuna::api
