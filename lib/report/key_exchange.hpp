// What the protocols that agree on keys say in clear: MKA and IKE, beside the SAs they make.
#pragma once

#include "base/json_writer.hpp"
#include "wire/ike/negotiations.hpp"
#include "wire/mka/key_agreement.hpp"

#include <string>
#include <vector>

namespace lacuna::report {

/// Who takes part under each CKN, which keys are in use, what changed.
void write_mka(JsonWriter& json, const wire::KeyAgreement& mka);
/// The same for a person.
std::string mka_table(const wire::KeyAgreement& mka);

/// The messages of IKE by time, each with how often it was sent.
void write_ike(JsonWriter& json, const wire::Negotiations& ike);
/// The first `limit` of them for a person.
std::string ike_table(const wire::Negotiations& ike, std::size_t limit);

} // namespace lacuna::report
