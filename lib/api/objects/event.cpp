// Events as objects.
#include "api/objects/objects.hpp"
#include "base/time_text.hpp"
#include "wire/sa_text.hpp"

namespace lacuna::api {
namespace {

using Out = std::string;
using flow::Event;
using flow::EventKind;

struct KindText {
    const char* name;
    const char* a; ///< what Event::a is; null: nothing
    const char* b;
};

KindText kind_text(EventKind kind) {
    switch (kind) {
    case EventKind::hole_opened:
        return {"hole_opened", "first_missing", "next"};
    case EventKind::hole_filled:
        return {"hole_filled", "sequence", "extent"};
    case EventKind::restart:
        return {"restart", "old_highest", "new_first"};
    case EventKind::restart_undone:
        return {"restart_undone", nullptr, nullptr};
    case EventKind::rekey:
        return {"rekey", "old_highest", "new_first"};
    case EventKind::exhaustion:
        return {"exhaustion", "highest", nullptr};
    case EventKind::evicted:
        return {"evicted", nullptr, nullptr};
    case EventKind::probe_dropped:
        return {"probe_dropped", "frames", "since_ns"};
    case EventKind::store_resumed:
        return {"store_resumed", "not_stored", "since_ns"};
    }
    return {"unknown", nullptr, nullptr};
}

bool of_probe(const Event& e) {
    return e.kind == EventKind::probe_dropped || e.kind == EventKind::store_resumed;
}

/// The numbers of an event, by names that depend on its kind.
void append_details(Out& o, const Event& e) {
    const KindText text = kind_text(e.kind);
    const bool unknown = e.kind == EventKind::rekey && e.a < 0; // the old SA had left the table
    o += '{';
    if (text.a != nullptr)
        o += fmt::format("\"{}\":{}", text.a, unknown ? "null" : std::to_string(e.a));
    if (text.b != nullptr) o += fmt::format(",\"{}\":{}", text.b, e.b);
    if (e.kind == EventKind::rekey)
        o += fmt::format(",\"old_an\":{},\"new_an\":{}", e.aux, +e.id.key.an);
    o += '}';
}

constexpr Field<Event> kEvent[] = {
    {"kind", "string",
     "hole_opened, hole_filled, restart, restart_undone, rekey, exhaustion, evicted, probe_dropped "
     "or store_resumed",
     [](Out& o, const Event& e) { append_quoted(o, event_kind(e)); }},
    {"flow_id", "string|null", "text id of the SA; null: of the probe itself",
     [](Out& o, const Event& e) {
         of_probe(e) ? void(o += "null") : append_quoted(o, wire::sa_text(e.id));
     }},
    {"timestamp", "string", "when it became known, RFC 3339",
     [](Out& o, const Event& e) { o += '"' + rfc3339(e.time) + '"'; }},
    {"instance", "integer", "0, then one more with each restart",
     [](Out& o, const Event& e) { append_number(o, e.instance); }},
    {"details", "object", "its numbers; their names depend on the kind", append_details},
};

} // namespace

const char* event_kind(const Event& event) {
    return kind_text(event.kind).name;
}

void append_event(std::string& out, const Event& event) {
    append_object<Event>(out, kEvent, event);
}

std::vector<ObjectText> event_object_texts() {
    return {{"Event", texts<Event>(kEvent)}};
}

} // namespace lacuna::api
