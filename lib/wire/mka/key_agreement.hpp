// What MKA says of the MACsec links seen: who takes part, who hands out keys, which key is in use.
#pragma once

#include "wire/mka/mkpdu.hpp"

#include <span>

namespace lacuna::wire {

/// One who takes part: a CKN and an SCI.
struct MkaParticipant {
    Ckn ckn;
    std::uint64_t sci = 0;
    Mkpdu last;                     ///< its latest MKPDU
    std::uint64_t cipher_suite = 0; ///< of the latest key it handed out; 0: none seen
    std::uint64_t messages = 0;     ///< MKPDUs of it
    TimeNs first_time = 0;
    TimeNs last_time = 0;
};

/// Something that changed.
struct MkaEvent {
    enum class Kind : std::uint8_t {
        joined,      ///< its first MKPDU
        restarted,   ///< it calls itself by a new member identifier
        key_server,  ///< it holds itself for the key server now
        distributed, ///< it hands out a new key: AN, number, cipher suite
        in_use,      ///< another key is its latest: AN and number
        sends,       ///< it sends with its latest key now
    };
    TimeNs time = 0;
    Kind kind{};
    std::uint8_t an = 0;
    std::uint16_t participant = 0; ///< index in participants()
    std::uint32_t key_number = 0;
    std::uint64_t cipher_suite = 0;
};

/// "joined", "key-server", ...
constexpr const char* mka_event_name(MkaEvent::Kind kind) {
    constexpr const char* names[] = {"joined",      "restarted", "key-server",
                                     "distributed", "in-use",    "sends"};
    return names[static_cast<std::size_t>(kind)];
}

/// "GCM-AES-XPN-256", ...; null: no suite of the standard.
const char* cipher_suite_name(std::uint64_t cipher_suite);

/// Bounded, and copied as octets: a part of FrameCounts. One writer.
class KeyAgreement {
public:
    static constexpr std::size_t kMostParticipants = 128;
    static constexpr std::size_t kMostEvents = 512;

    /// The octets behind an EtherType of MKA. Allocates nothing.
    void take(const std::uint8_t* data, std::size_t size, TimeNs time);

    std::span<const MkaParticipant> participants() const { return {participant_, participants_}; }
    /// In the order they were seen; after += in that of their times.
    std::span<const MkaEvent> events() const { return {event_, events_}; }
    std::uint64_t beyond() const { return beyond_; } ///< participants and events without room

    /// Adds what another decoder of the same frames' stream saw.
    KeyAgreement& operator+=(const KeyAgreement& o);

private:
    MkaParticipant* find(const Ckn& ckn, std::uint64_t sci);
    MkaParticipant* add(const Ckn& ckn, std::uint64_t sci);
    void tell(const MkaParticipant& p, MkaEvent event);

    MkaParticipant participant_[kMostParticipants] = {};
    MkaEvent event_[kMostEvents] = {};
    std::uint16_t participants_ = 0;
    std::uint16_t events_ = 0;
    std::uint64_t beyond_ = 0;
};

} // namespace lacuna::wire
