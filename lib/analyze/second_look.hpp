// A second pass over captures: what is asked only once it is known what happened.
#pragma once

#include "analyze/team.hpp"

#include <functional>
#include <span>

namespace lacuna::analyze {

/// What is shown of each frame, in the order of the stream: the frame, which is valid during the
/// call, and what it was tracked for. False: enough.
using Look =
    std::function<bool(const wire::Frame& frame, std::span<const wire::Observation> tracked)>;

/// Reads `readers` to their end, or until `look` has seen enough.
void look_again(Readers& readers, const wire::Decoding& decoding, const Look& look);

/// What a packet and a listing of its SA have in common: the identity without what tells several
/// counters of it apart.
wire::SaIdentity common_identity(const wire::SaIdentity& id);

} // namespace lacuna::analyze
