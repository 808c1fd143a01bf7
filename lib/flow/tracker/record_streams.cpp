#include "flow/tracker/record_streams.hpp"

#include <algorithm>

namespace lacuna::flow {
namespace {

using wire::RecordNews;
using wire::RecordSet;

/// Octets of data in a message; each record takes one at least.
std::uint32_t octets_of(const wire::Observation& o) {
    std::uint32_t sum = 0;
    for (const RecordSet& set : wire::record_sets(o))
        sum += set.octets;
    return sum;
}

/// From the number of one message to that of the next, modulo 2^32.
std::uint32_t step(const wire::Observation& from, const wire::Observation& to) {
    return to.seq32() - from.seq32();
}

} // namespace

bool RecordStreams::reserve() {
    memory_ = Reserved(sizeof(Set) * kSets);
    sets_ = static_cast<Set*>(memory_.get());
    return sets_ != nullptr;
}

RecordStreams::Stream& RecordStreams::stream_of(const wire::Observation& o) {
    const wire::SaIdentity id = o.identity();
    Set& set = sets_[o.hash % kSets];
    for (Stream& s : set)
        if (s.used && s.id == id) return s;
    Stream& s = *std::min_element(set.begin(), set.end(), [](const Stream& a, const Stream& b) {
        return a.used != b.used ? !a.used : a.last_time < b.last_time;
    });
    s = {};
    s.id = id;
    s.used = true;
    return s;
}

void RecordStreams::learn(Stream& s, RecordSet record) {
    const auto end = s.known.begin() + s.templates;
    const auto at = std::find_if(s.known.begin(), end,
                                 [&](const RecordSet& known) { return known.id == record.id; });
    if (at != end) {
        *at = record;
    } else if (s.templates < kTemplates) {
        s.known[s.templates++] = record;
    } else {
        s.known[s.next_template] = record;
        s.next_template = static_cast<std::uint8_t>((s.next_template + 1u) % kTemplates);
    }
}

/// Behind the last record a set may be padded, by less than a record (RFC 7011
/// 3.3.1).
bool RecordStreams::records_in(const Stream& s, const wire::Observation& o,
                               std::uint32_t& records) {
    records = 1;
    if (wire::record_news(o) == RecordNews::unknown) return s.one_each;
    std::uint32_t sum = 0;
    for (const RecordSet& set : wire::record_sets(o)) {
        if (set.id == 0) break;
        const auto end = s.known.begin() + s.templates;
        const auto at = std::find_if(s.known.begin(), end,
                                     [&](const RecordSet& known) { return known.id == set.id; });
        if (at == end || at->octets == wire::kVariableRecord) return s.one_each;
        sum += set.octets / at->octets;
    }
    records = sum;
    if (octets_of(o) != 0) return true;
    records = s.empty_too ? 1 : 0;
    return s.proved;
}

/// Whether the last messages that wait agree on how they count; learns it.
bool RecordStreams::agree(Stream& s) {
    if (s.waiting < kRecordAgreement) return false;
    const wire::Observation* m = s.message.data() + s.waiting - kRecordAgreement;
    constexpr std::size_t kSteps = kRecordAgreement - 1;
    const RecordSet set = wire::record_sets(*m)[0];
    const std::uint32_t first = step(m[0], m[1]);
    const auto alone = [&](const wire::Observation& o) {
        const wire::RecordSets sets = wire::record_sets(o);
        return sets[0].id != 0 && sets[0].id == set.id && sets[1].id == 0;
    };
    bool all_one = true;
    bool same_size = true;
    bool fits = first != 0 && first <= set.octets;
    const std::uint32_t length = fits ? set.octets / first : 1;
    for (std::size_t i = 0; i < kSteps; ++i) {
        const std::uint32_t up = step(m[i], m[i + 1]);
        const std::uint32_t octets = wire::record_sets(m[i])[0].octets;
        all_one = all_one && up == 1;
        same_size = same_size && octets == set.octets;
        fits = fits && alone(m[i]) && octets / length == up;
    }
    // Single records of one length make messages of one size.
    fits = fits && (!all_one || same_size);
    if (fits)
        learn(s, {set.id, static_cast<std::uint16_t>(length)});
    else if (all_one)
        s.one_each = true;
    s.empty_too = all_one && octets_of(m[0]) == 0;
    return fits || all_one;
}

void RecordStreams::put(const wire::Observation& o, std::uint32_t records) {
    Counted& c = out_[put_++];
    c.first = o;
    c.first.seq = o.seq32();
    std::fill(std::begin(c.first.id.src), std::end(c.first.id.src), std::uint8_t{0});
    c.records = records;
}

/// Counts those that wait, all but the last `keep`.
void RecordStreams::flush(Stream& s, std::size_t keep) {
    const std::size_t n = s.waiting - std::min<std::size_t>(keep, s.waiting);
    for (std::size_t i = 0; i < n; ++i) {
        std::uint32_t records = 0;
        if (!records_in(s, s.message[i], records)) {
            const std::uint32_t up = i + 1 < s.waiting ? step(s.message[i], s.message[i + 1]) : 0;
            records = up != 0 && up <= octets_of(s.message[i]) ? up : 1;
        }
        put(s.message[i], records);
    }
    std::copy(s.message.begin() + static_cast<std::ptrdiff_t>(n), s.message.begin() + s.waiting,
              s.message.begin());
    s.waiting = static_cast<std::uint8_t>(s.waiting - n);
}

std::span<const RecordStreams::Counted> RecordStreams::take(const wire::Observation& o) {
    put_ = 0;
    Stream& s = stream_of(o);
    s.last_time = o.time;
    if (wire::record_news(o) == RecordNews::templates) {
        for (const RecordSet& record : wire::record_sets(o))
            if (record.id != 0) learn(s, record);
        return {};
    }
    if (s.waiting == kWaiting) s.waiting = 0; // they never agreed
    s.message[s.waiting++] = o;
    std::uint32_t records = 0;
    if (records_in(s, o, records) || agree(s)) s.proved = true;
    if (s.proved) flush(s, records_in(s, o, records) ? 0 : 1);
    return {out_.data(), put_};
}

} // namespace lacuna::flow
