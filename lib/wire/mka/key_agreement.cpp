#include "wire/mka/key_agreement.hpp"

#include <algorithm>

namespace lacuna::wire {

const char* cipher_suite_name(std::uint64_t cipher_suite) {
    switch (cipher_suite) {
    case kGcmAes128:
    case kGcmAes128Of2006:
        return "GCM-AES-128";
    case kGcmAes256:
        return "GCM-AES-256";
    case kGcmAesXpn128:
        return "GCM-AES-XPN-128";
    case kGcmAesXpn256:
        return "GCM-AES-XPN-256";
    default:
        return nullptr;
    }
}

MkaParticipant* KeyAgreement::find(const Ckn& ckn, std::uint64_t sci) {
    MkaParticipant* const end = participant_ + participants_;
    MkaParticipant* const found = std::find_if(
        participant_, end, [&](const MkaParticipant& p) { return p.sci == sci && p.ckn == ckn; });
    return found != end ? found : nullptr;
}

MkaParticipant* KeyAgreement::add(const Ckn& ckn, std::uint64_t sci) {
    if (participants_ == kMostParticipants) {
        ++beyond_;
        return nullptr;
    }
    MkaParticipant& p = participant_[participants_++];
    p.ckn = ckn;
    p.sci = sci;
    return &p;
}

void KeyAgreement::tell(const MkaParticipant& p, MkaEvent event) {
    if (events_ == kMostEvents) {
        ++beyond_;
        return;
    }
    event.participant = static_cast<std::uint16_t>(&p - participant_);
    event_[events_++] = event;
}

void KeyAgreement::take(const std::uint8_t* data, std::size_t size, TimeNs time) {
    using Kind = MkaEvent::Kind;
    Mkpdu m;
    if (!read_mkpdu(data, size, m)) return;
    MkaParticipant* p = find(m.ckn, m.sci);
    const bool joined = p == nullptr;
    if (joined) {
        p = add(m.ckn, m.sci);
        if (p == nullptr) return;
        p->first_time = time;
        tell(*p, {.time = time, .kind = Kind::joined});
    }
    const Mkpdu& was = p->last;
    if (!joined && was.member != m.member) tell(*p, {.time = time, .kind = Kind::restarted});
    if (m.key_server && !was.key_server) tell(*p, {.time = time, .kind = Kind::key_server});
    if (m.distributes) {
        if (m.distributed_number != was.distributed_number || m.distributed_an != was.distributed_an
            || p->cipher_suite == 0)
            tell(*p, {.time = time,
                      .kind = Kind::distributed,
                      .an = m.distributed_an,
                      .key_number = m.distributed_number,
                      .cipher_suite = m.cipher_suite});
        p->cipher_suite = m.cipher_suite;
    } else {
        // What it handed out last, for the comparison with what it hands out next.
        m.distributed_an = was.distributed_an;
        m.distributed_number = was.distributed_number;
    }
    const bool other_key = m.latest.number != 0 && (joined || !m.latest.is(was.latest));
    if (other_key)
        tell(
            *p,
            {.time = time, .kind = Kind::in_use, .an = m.latest.an, .key_number = m.latest.number});
    if (m.latest.number != 0 && m.latest.tx && (other_key || !was.latest.tx))
        tell(*p,
             {.time = time, .kind = Kind::sends, .an = m.latest.an, .key_number = m.latest.number});
    p->last = m;
    p->last_time = time;
    ++p->messages;
}

KeyAgreement& KeyAgreement::operator+=(const KeyAgreement& o) {
    std::uint16_t place[kMostParticipants] = {};
    constexpr std::uint16_t kNone = kMostParticipants;
    for (std::size_t i = 0; i < o.participants_; ++i) {
        const MkaParticipant& from = o.participant_[i];
        MkaParticipant* to = find(from.ckn, from.sci);
        place[i] = kNone;
        if (to == nullptr) {
            to = add(from.ckn, from.sci);
            if (to == nullptr) continue;
            *to = from;
        } else {
            to->messages += from.messages;
            to->first_time = std::min(to->first_time, from.first_time);
            if (from.cipher_suite != 0 && (to->cipher_suite == 0 || from.last_time > to->last_time))
                to->cipher_suite = from.cipher_suite;
            if (from.last_time > to->last_time) {
                to->last = from.last;
                to->last_time = from.last_time;
            }
        }
        place[i] = static_cast<std::uint16_t>(to - participant_);
    }
    // Each decoder saw a part of the MKPDUs, and so every change: the first of them stays.
    for (const MkaEvent& from : o.events()) {
        if (place[from.participant] == kNone) continue;
        MkaEvent* const end = event_ + events_;
        MkaEvent* const same = std::find_if(event_, end, [&](const MkaEvent& e) {
            return e.participant == place[from.participant] && e.kind == from.kind
                   && e.an == from.an && e.key_number == from.key_number;
        });
        if (same != end)
            same->time = std::min(same->time, from.time);
        else
            tell(participant_[place[from.participant]], from);
    }
    std::stable_sort(event_, event_ + events_,
                     [](const MkaEvent& a, const MkaEvent& b) { return a.time < b.time; });
    beyond_ += o.beyond_;
    return *this;
}

} // namespace lacuna::wire
