// IPFIX numbers records, not messages: how many records each message has. Private to lib/flow.
#pragma once

#include "base/reserved.hpp"
#include "wire/record_sets.hpp"

#include <array>
#include <cstddef>
#include <span>

namespace lacuna::flow {

/// So many messages in a row must agree on how records are counted before it is believed without a
/// template.
inline constexpr std::size_t kRecordAgreement = 4;

/// The exporters of one tracker: a bounded set-associative table, whose memory is touched only
/// where there are some. One owner.
///
/// A message of which all templates are known has as many records as fit into its octets. Of others
/// the numbers tell: where kRecordAgreement messages in a row fit one length of record, or count
/// one each, that is how long a record of theirs is. A message that still cannot be told is taken
/// to reach to the number of the one that follows it: no loss is invented, some may be hidden.
class RecordStreams {
public:
    /// A message, without what it says of its sets, and its records.
    struct Counted {
        wire::Observation first; ///< `seq`: the number of its first record
        std::uint32_t records = 0;
    };

    /// False: no memory.
    bool reserve();

    /// Takes what a message or its templates say. Returns the messages that can be counted now, in
    /// order, valid until the next call.
    std::span<const Counted> take(const wire::Observation& o);

private:
    static constexpr std::size_t kSets = 64;
    static constexpr std::size_t kWays = 4;
    static constexpr std::size_t kWaiting = 16;
    static constexpr std::size_t kTemplates = 32;

    struct Stream {
        wire::SaIdentity id; ///< of the exporter; key.spare marks nothing here
        TimeNs last_time = 0;
        bool used = false;
        bool proved = false;    ///< how records are counted is known
        bool one_each = false;  ///< a message counts one, whatever is in it ...
        bool empty_too = false; ///< ... and where nothing is in it
        std::uint8_t templates = 0;
        std::uint8_t next_template = 0; ///< written over next
        std::uint8_t waiting = 0;
        std::array<wire::RecordSet, kTemplates> known;
        std::array<wire::Observation, kWaiting> message; ///< those that wait, in order
    };
    using Set = std::array<Stream, kWays>;

    Stream& stream_of(const wire::Observation& o);
    void flush(Stream& s, std::size_t keep);
    void put(const wire::Observation& o, std::uint32_t records);

    static void learn(Stream& s, wire::RecordSet record);
    /// False: not known.
    static bool records_in(const Stream& s, const wire::Observation& o, std::uint32_t& records);
    static bool agree(Stream& s);

    Reserved memory_;
    Set* sets_ = nullptr;
    std::array<Counted, kWaiting + 1> out_ = {};
    std::size_t put_ = 0;
};

} // namespace lacuna::flow
