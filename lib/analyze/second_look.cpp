#include "analyze/second_look.hpp"

#include "wire/decode.hpp"

namespace lacuna::analyze {

void look_again(Readers& readers, const wire::Decoding& decoding, const Look& look) {
    const wire::HashKey key{};
    wire::Frame frames[wire::kBurst];
    wire::Observation tracked[wire::kMaxSasPerFrame];
    const auto counts = std::make_unique<wire::FrameCounts>();
    counts->asked = decoding.counters;
    for (const auto& reader : readers)
        while (const std::size_t n = reader->next(frames, wire::kBurst)) {
            for (Drops lost; reader->take_drops(lost);)
                continue;
            for (std::size_t i = 0; i < n; ++i) {
                // One by one: an observation does not say which frame of a burst it is of.
                const std::size_t made =
                    wire::decode_burst(frames + i, 1, key, tracked, *counts, decoding);
                if (!look(frames[i], {tracked, made})) return;
            }
        }
}

wire::SaIdentity common_identity(const wire::SaIdentity& id) {
    wire::SaIdentity shown = wire::shown_source(id);
    shown.key.spare = 0;
    shown.key.tag = 0;
    return wire::identity_of(shown);
}

} // namespace lacuna::analyze
