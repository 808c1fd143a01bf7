#include "store/records/key_agreement.hpp"

#include <algorithm>

namespace lacuna::store {
namespace {

using wire::MkaEvent;
using wire::MkaKey;
using wire::MkaParticipant;
using wire::Mkpdu;

// One list of what is kept, walked both ways.

struct Put {
    ByteWriter& w;
    template <typename T>
    void number(const T& v) {
        w.var(static_cast<std::uint64_t>(v));
    }
    void time(const TimeNs& v) { w.i64(v); }
    void octets(const std::uint8_t* p, std::size_t n) { w.raw(p, n); }
};

struct Get {
    ByteReader& r;
    template <typename T>
    void number(T& v) {
        const std::uint64_t read = r.var();
        v = static_cast<T>(read);
        if (static_cast<std::uint64_t>(v) != read) r.fail();
    }
    void time(TimeNs& v) { v = r.i64(); }
    void octets(std::uint8_t* p, std::size_t n) { r.raw(p, n); }
};

template <typename Key, typename Way>
void each(Key& key, Way& way) {
    way.number(key.number);
    way.number(key.an);
    way.number(key.tx);
    way.number(key.rx);
    way.number(key.lowest_pn);
}

/// `P` is MkaParticipant, const or not.
template <typename P, typename Way>
void each_of(P& p, Way way) {
    auto& m = p.last;
    way.number(p.ckn.octets);
    way.octets(p.ckn.octet.data(), p.ckn.octet.size());
    way.number(p.sci);
    way.number(p.cipher_suite);
    way.number(p.messages);
    way.time(p.first_time);
    way.time(p.last_time);
    way.octets(m.member.data(), m.member.size());
    way.number(m.message);
    way.number(m.version);
    way.number(m.priority);
    way.number(m.capability);
    way.number(m.live_peers);
    way.number(m.potential_peers);
    for (auto* flag : {&m.key_server, &m.desired, &m.uses, &m.plain_tx, &m.plain_rx,
                       &m.delay_protect, &m.distributes})
        way.number(*flag);
    each(m.latest, way);
    each(m.old, way);
    way.number(m.distributed_an);
    way.number(m.distributed_number);
    way.number(m.cipher_suite);
}

template <typename E, typename Way>
void each_of_event(E& e, Way way) {
    way.time(e.time);
    way.number(e.kind);
    way.number(e.an);
    way.number(e.participant);
    way.number(e.key_number);
    way.number(e.cipher_suite);
}

} // namespace

MkaRecord MkaRecord::of(const wire::KeyAgreement& mka) {
    MkaRecord record;
    record.participants.assign(mka.participants().begin(), mka.participants().end());
    record.events.assign(mka.events().begin(), mka.events().end());
    record.beyond = mka.beyond();
    return record;
}

std::string encode(const MkaRecord& mka) {
    std::string out;
    ByteWriter w(out);
    w.var(mka.beyond);
    w.var(mka.participants.size());
    for (const MkaParticipant& p : mka.participants)
        each_of(p, Put{w});
    w.var(mka.events.size());
    for (const MkaEvent& e : mka.events)
        each_of_event(e, Put{w});
    return out;
}

std::optional<MkaRecord> decode_mka(std::string_view octets) {
    ByteReader r(octets);
    MkaRecord mka;
    mka.beyond = r.var();
    // Lists end with the bytes, whatever their length says.
    const std::uint64_t participants = r.var();
    for (std::uint64_t i = 0; i < participants && r.ok(); ++i) {
        MkaParticipant& p = mka.participants.emplace_back();
        each_of(p, Get{r});
        p.last.ckn = p.ckn;
        p.last.sci = p.sci;
        if (p.ckn.octets > p.ckn.octet.size()) r.fail();
    }
    const std::uint64_t events = r.var();
    for (std::uint64_t i = 0; i < events && r.ok(); ++i) {
        MkaEvent& e = mka.events.emplace_back();
        each_of_event(e, Get{r});
        if (e.participant >= mka.participants.size() || e.kind > MkaEvent::Kind::sends) r.fail();
    }
    return r.ok() ? std::optional(std::move(mka)) : std::nullopt;
}

} // namespace lacuna::store
