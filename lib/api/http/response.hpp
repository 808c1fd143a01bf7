// A reply as it goes over the wire; inside lib/api/http only.
#pragma once

#include "api/message.hpp"

namespace lacuna::api {

/// Status line, header and, unless the request is HEAD, the body; compressed where the client
/// takes gzip. Of a stream only the head. `keep`: the connection goes on afterwards.
std::string on_the_wire(Reply reply, const Request& request, bool keep);

/// Whether an Accept-Encoding field (RFC 9110 12.5.3) allows gzip.
bool accepts_gzip(std::string_view field);

} // namespace lacuna::api
