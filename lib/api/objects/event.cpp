// Events as objects.
#include "api/objects/objects.hpp"
#include "wire/text/sa_text.hpp"

namespace lacuna::api {
namespace {

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
    case EventKind::jump:
        return {"jump", "old_highest", "new_first"};
    case EventKind::counter:
        return {"counter", "old_highest", "new_first"};
    case EventKind::moved:
        return {"moved", "old_highest", "new_first"};
    case EventKind::late:
        return {"late", "sequence", "extent"};
    case EventKind::stamp:
        return {"stamp", "sequence", nullptr};
    case EventKind::probe_dropped:
        return {"probe_dropped", "frames", "since_ns"};
    case EventKind::store_resumed:
        return {"store_resumed", "not_stored", "since_ns"};
    case EventKind::silent:
        return {"silent", nullptr, "since_ns"};
    case EventKind::resumed:
        return {"resumed", nullptr, "since_ns"};
    case EventKind::no_link:
        return {"no_link", "port", "since_ns"};
    case EventKind::not_running:
        return {"not_running", "flows", "since_ns"};
    }
    return {"unknown", nullptr, nullptr};
}

/// The numbers of an event, by names that depend on its kind.
void write_details(JsonWriter& j, const Event& e) {
    const KindText text = kind_text(e.kind);
    const bool unknown = e.kind == EventKind::rekey && e.a < 0; // the old SA had left the table
    j.begin_object();
    if (text.a != nullptr) {
        j.key(text.a);
        unknown ? j.null() : j.value(e.a);
    }
    if (text.b != nullptr) j.member(text.b, e.b);
    if (e.kind == EventKind::rekey) {
        j.member("old_an", e.aux);
        j.member("new_an", +e.id.key.an);
    }
    if (e.kind == EventKind::moved) {
        j.member("from", wire::address_text(e.id.key, e.from));
        j.member("to", wire::address_text(e.id.key, e.to));
        j.member("address", e.aux != 0 ? "destination" : "source");
    }
    j.end_object();
}

using J = JsonWriter;
constexpr Member<Event> kEvent[] = {
    {"kind", "string",
     "hole_opened, hole_filled, restart, restart_undone, rekey, exhaustion, evicted, jump, "
     "counter, moved, silent, resumed, probe_dropped, store_resumed, no_link or not_running",
     [](J& j, const Event& e) { j.value(event_kind(e)); }},
    {"flow_id", "string|null", "text id of the SA; null: of the probe itself",
     [](J& j, const Event& e) {
         flow::of_probe(e.kind) ? j.null() : j.value(wire::sa_text(e.id));
     }},
    {"timestamp", "string", "when it became known, RFC 3339",
     [](J& j, const Event& e) { j.time(e.time); }},
    {"instance", "integer", "0, then one more with each restart",
     [](J& j, const Event& e) { j.value(e.instance); }},
    {"details", "object", "its numbers; their names depend on the kind", write_details},
};

} // namespace

const char* event_kind(const Event& event) {
    return kind_text(event.kind).name;
}

void write_event(JsonWriter& json, const Event& event) {
    write_object<Event>(json, kEvent, event);
}

std::vector<ObjectText> event_object_texts() {
    // What report::write_late() writes.
    return {{"Event", texts<Event>(kEvent)},
            {"Late",
             {{"flow_id", "string", "text id of the SA"},
              {"number", "integer", "the packet's number, extended to 64 bits"},
              {"time", "string", "RFC 3339"},
              {"extent", "integer", "how far below the highest number it lay"},
              {"verdict", "string", "late, too_old or duplicate"},
              {"window", "integer|null",
               "the smallest usual replay window that takes it; null: none is enough"}}}};
}

} // namespace lacuna::api
