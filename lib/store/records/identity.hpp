// An SA's identity as part of a key; inside lib/store only.
#pragma once

#include "store/records/bytes.hpp"
#include "wire/observation.hpp"

namespace lacuna::store {

/// Protocol first and the AN last, so that the rows of one channel lie together.
void put_identity(ByteWriter& w, const wire::SaIdentity& id);
/// False if it is not one.
bool get_identity(ByteReader& r, wire::SaIdentity& id);

} // namespace lacuna::store
