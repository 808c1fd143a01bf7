// What MKA said in clear during a run, as its record keeps it.
#pragma once

#include "store/records/bytes.hpp"
#include "wire/mka/key_agreement.hpp"

#include <optional>
#include <vector>

namespace lacuna::store {

/// Participants, and what changed, in the order it was seen.
struct MkaRecord {
    std::vector<wire::MkaParticipant> participants;
    std::vector<wire::MkaEvent> events; ///< each of a participant that is there
    std::uint64_t beyond = 0;           ///< participants and events without room

    static MkaRecord of(const wire::KeyAgreement& mka);
};

std::string encode(const MkaRecord& mka);
/// Nothing if the bytes are no such record.
std::optional<MkaRecord> decode_mka(std::string_view octets);

} // namespace lacuna::store
