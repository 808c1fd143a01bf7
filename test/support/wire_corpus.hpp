// Frames of every kind the decoder tells apart, as seeds for cutting, bending and fuzzing.
#pragma once

#include "support/frame_builder.hpp"
#include "wire/frame.hpp"

namespace lacuna::test {

struct Seed {
    wire::LinkType link;
    Bytes frame;
};

/// Built anew on each call; the same every time.
std::vector<Seed> wire_corpus();

} // namespace lacuna::test
