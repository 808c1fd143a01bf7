// What an IPFIX message says beside its number: it counts records, and only templates, or the
// number of the message that follows, tell how many a message has.
#pragma once

#include "wire/observation.hpp"

#include <array>
#include <cstdint>
#include <cstring>

namespace lacuna::wire {

/// A set of records: the template it follows and its octets. Of a template: how long a record is.
struct RecordSet {
    std::uint16_t id = 0; ///< from 256 on; 0: none
    std::uint16_t octets = 0;
};
/// A template one of whose fields has no fixed length.
inline constexpr std::uint16_t kVariableRecord = 0xFFFF;

/// The sets of one observation. They travel where SaIdentity::src has room: the identity of an
/// exporter is its own address, and needs no source.
using RecordSets = std::array<RecordSet, 4>;
static_assert(sizeof(RecordSets) == sizeof(SaIdentity::src));

/// What an observation of IPFIX tells; bits 32 to 47 of its `seq`.
enum class RecordNews : std::uint32_t {
    message,   ///< octets of data by template, each named once
    unknown,   ///< a message whose sets cannot be told
    templates, ///< no message: how long the records of some templates are
};

inline std::uint64_t record_seq(RecordNews news, std::uint32_t number) {
    return std::uint64_t{static_cast<std::uint32_t>(news)} << 32 | number;
}
inline RecordNews record_news(const Observation& o) {
    return static_cast<RecordNews>(static_cast<std::uint32_t>((o.seq & kSeqMask) >> 32));
}
inline RecordSets record_sets(const Observation& o) {
    RecordSets sets;
    std::memcpy(&sets, o.id.src, sizeof sets);
    return sets;
}

} // namespace lacuna::wire
