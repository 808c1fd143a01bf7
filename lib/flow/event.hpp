// What happened to a secure association, one record each; never superseded.
#pragma once

#include "wire/observation.hpp"

#include <type_traits>

namespace lacuna::flow {

enum class EventKind : std::uint8_t {
    hole_opened = 1,    ///< a: first missing number, b: the number after the run
    hole_filled = 2,    ///< a: a number that arrived late; b: its extent
    restart = 3,        ///< a: highest of the instance that ended, b: first number of `instance`
    restart_undone = 4, ///< `instance` never was: its events are void, provisional ones count
    rekey = 5,          ///< a: last PN of the old AN (`aux`), b: first PN of this one
    exhaustion = 6,     ///< a: the number that crossed the warning line
    evicted = 7,        ///< the row left the table; its final summary precedes this
    jump = 10,    ///< confirmed, beyond kShortJump; a: highest before, b: the number it went on at
    counter = 11, ///< a further counter of the identity; a: highest beside it, b: its first number
    moved = 12,   ///< the counter goes on with another address (`from`, `to`); a, b: as of a jump
    late = 13,    ///< late, too old or seen before; a: its number, b: its extent, aux: seq::Verdict
    stamp = 18,   ///< number a arrived for the first time; see StampHash for which numbers
    silent = 16,  ///< it sends nothing for longer than it ever should; b: its last packet
    resumed = 17, ///< and came back; b: its last packet before
    // Of the probe itself; identity and row are 0.
    probe_dropped = 8, ///< a: frames it dropped, b: since when
    store_resumed = 9, ///< storing had failed and works again; a: records not stored, b: since when
    no_link = 14,      ///< a port had no link; a: number of the port, b: its last packet before
    not_running = 15,  ///< no probe ran; a: SAs the run before held, b: since when
};

/// Whether it happened to the probe, not to an SA.
constexpr bool of_probe(EventKind kind) {
    return kind == EventKind::probe_dropped || kind == EventKind::store_resumed
           || kind == EventKind::no_link || kind == EventKind::not_running;
}

/// Event::flags
enum EventFlag : std::uint8_t {
    kProvisional = 1u << 0, ///< counts only if the restart that opened `instance` + 1 is undone
    kBlind = 1u << 1,       ///< revealed while the source reported drops of its own
};

/// One event, self-contained. Trivially copyable; travels through mailboxes and into the store.
/// Gap listings are folds of these (see flow/gap_fold.hpp).
struct Event {
    wire::SaIdentity id;
    TimeNs row;  ///< first_time of the row it belongs to
    TimeNs time; ///< packet time at which it became known
    Seq64 a;
    Seq64 b;
    std::uint32_t instance; ///< 0, then one more per restart
    EventKind kind;
    std::uint8_t flags; ///< EventFlag
    std::uint8_t aux;
    std::uint8_t spare;
    // Of a move, else zero: the address that changed, of the source or (aux 1) of the destination.
    std::uint8_t from[16] = {}; ///< four octets of IPv4, or sixteen
    std::uint8_t to[16] = {};
};
static_assert(sizeof(Event) == 112 && std::is_trivially_copyable_v<Event>);

} // namespace lacuna::flow
