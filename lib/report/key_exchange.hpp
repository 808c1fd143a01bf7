// What the protocols that agree on keys say in clear: MKA and IKE, beside the SAs they make.
#pragma once

#include "base/json_writer.hpp"
#include "wire/ike/negotiations.hpp"
#include "wire/mka/key_agreement.hpp"

#include <span>
#include <string>

namespace lacuna::report {

/// What is shown of MKA; what it points to outlives it.
struct MkaView {
    MkaView(const wire::KeyAgreement& mka)
        : participants(mka.participants()), events(mka.events()), beyond(mka.beyond()) {}
    MkaView(std::span<const wire::MkaParticipant> p, std::span<const wire::MkaEvent> e,
            std::uint64_t no_room)
        : participants(p), events(e), beyond(no_room) {}

    std::span<const wire::MkaParticipant> participants;
    std::span<const wire::MkaEvent> events; ///< of these participants
    std::uint64_t beyond;                   ///< participants and events without room
};

/// Who takes part under each CKN, which keys are in use, what changed.
void write_mka(JsonWriter& json, const MkaView& mka);
/// The same for a person.
std::string mka_table(const MkaView& mka);
/// The events, a line each, with a heading.
std::string mka_csv(const MkaView& mka);

/// The messages of IKE by time, each with how often it was sent.
void write_ike(JsonWriter& json, const wire::Negotiations& ike);
/// The first `limit` of them for a person.
std::string ike_table(const wire::Negotiations& ike, std::size_t limit);

} // namespace lacuna::report
