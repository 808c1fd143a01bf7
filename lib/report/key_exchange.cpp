#include "report/key_exchange.hpp"

#include "base/time_text.hpp"
#include "report/text/number_text.hpp"
#include "wire/text/sa_text.hpp"

#include <algorithm>
#include <cstring>
#include <fmt/format.h>
#include <iterator>
#include <tuple>
#include <vector>

namespace lacuna::report {
namespace {

using wire::MkaEvent;
using wire::MkaKey;
using wire::MkaParticipant;

template <typename Octets>
std::string hex(const Octets& octets, std::size_t n) {
    std::string text;
    for (std::size_t i = 0; i < n; ++i)
        fmt::format_to(std::back_inserter(text), "{:02x}", octets[i]);
    return text;
}

std::string ckn_text(const wire::Ckn& ckn) {
    return hex(ckn.octet, ckn.octets);
}
std::string sci_text(std::uint64_t sci) {
    return fmt::format("{:016x}", sci);
}
std::string suite_text(std::uint64_t suite) {
    const char* name = wire::cipher_suite_name(suite);
    return name != nullptr ? name : fmt::format("{:016x}", suite);
}

/// The participants under one CKN, in the order they were seen.
struct Group {
    const wire::Ckn* ckn;
    std::vector<const MkaParticipant*> members;
    const MkaParticipant* key_server = nullptr; ///< the latest that holds itself for it
    std::uint64_t cipher_suite = 0;
};

std::vector<Group> groups_of(const MkaView& mka) {
    std::vector<Group> groups;
    for (const MkaParticipant& p : mka.participants) {
        auto group = std::find_if(groups.begin(), groups.end(),
                                  [&](const Group& g) { return *g.ckn == p.ckn; });
        if (group == groups.end()) group = groups.insert(group, Group{&p.ckn, {}});
        group->members.push_back(&p);
        if (p.cipher_suite != 0) group->cipher_suite = p.cipher_suite;
        const bool serves = p.last.key_server;
        if (serves && (group->key_server == nullptr || p.last_time > group->key_server->last_time))
            group->key_server = &p;
    }
    return groups;
}

void write_key(JsonWriter& json, const char* name, const MkaKey& key) {
    json.key(name);
    if (key.number == 0) return json.null();
    json.begin_object();
    json.member("an", key.an);
    json.member("key_number", key.number);
    json.member("tx", key.tx);
    json.member("rx", key.rx);
    json.member("lowest_pn", key.lowest_pn);
    json.end_object();
}

void write_suite(JsonWriter& json, std::uint64_t suite) {
    json.key("cipher_suite");
    if (suite == 0) return json.null();
    json.value(suite_text(suite));
}

void write_participant(JsonWriter& json, const MkaParticipant& p) {
    const wire::Mkpdu& m = p.last;
    json.line().begin_object();
    json.member("sci", sci_text(p.sci));
    json.member("member", hex(m.member, m.member.size()));
    json.member("version", m.version);
    json.member("priority", m.priority);
    json.member("key_server", m.key_server);
    json.member("macsec_desired", m.desired);
    json.member("capability", m.capability);
    json.member("live_peers", m.live_peers);
    json.member("potential_peers", m.potential_peers);
    json.member("plain_tx", m.plain_tx);
    json.member("plain_rx", m.plain_rx);
    json.member("delay_protect", m.delay_protect);
    write_key(json, "latest", m.latest);
    write_key(json, "old", m.old);
    json.member("mkpdus", p.messages);
    json.key("first_time").time(p.first_time);
    json.key("last_time").time(p.last_time);
    json.end_object();
}

std::string key_text(const MkaKey& key) {
    if (key.number == 0) return "-";
    return fmt::format("AN {} ({}{}) from {}", key.an, key.tx ? "tx" : "", key.rx ? "rx" : "",
                       grouped(key.lowest_pn));
}

std::string event_text(const MkaEvent& e) {
    switch (e.kind) {
    case MkaEvent::Kind::joined:
        return "takes part";
    case MkaEvent::Kind::restarted:
        return "begins anew, under another member identifier";
    case MkaEvent::Kind::key_server:
        return "is key server";
    case MkaEvent::Kind::distributed:
        return fmt::format("hands out key {} for AN {}, {}", e.key_number, e.an,
                           suite_text(e.cipher_suite));
    case MkaEvent::Kind::in_use:
        return fmt::format("has key {} under AN {}", e.key_number, e.an);
    case MkaEvent::Kind::sends:
        return fmt::format("sends with key {} under AN {}", e.key_number, e.an);
    }
    return {};
}

std::vector<const wire::IkeMessage*> by_time(const wire::Negotiations& ike) {
    std::vector<const wire::IkeMessage*> list;
    for (const wire::IkeMessage& m : ike.messages())
        list.push_back(&m);
    // Of one moment by what they are: decoders side by side see them in no order.
    const auto rank = [](const wire::IkeMessage& m) {
        return std::tuple(m.first_time, m.header.initiator, m.header.responder, m.header.message,
                          m.header.exchange, m.header.flags);
    };
    std::stable_sort(list.begin(), list.end(), [&rank](const auto* a, const auto* b) {
        if (rank(*a) != rank(*b)) return rank(*a) < rank(*b);
        const int order = std::memcmp(a->src, b->src, sizeof a->src);
        return order != 0 ? order < 0 : std::memcmp(a->dst, b->dst, sizeof a->dst) < 0;
    });
    return list;
}

std::string exchange_text(const wire::IkeHeader& h) {
    const char* name = wire::ike_exchange_name(h.version, h.exchange);
    return name != nullptr ? name : fmt::format("exchange-{}", h.exchange);
}

std::string address(const wire::IkeMessage& m, const std::uint8_t* octets) {
    wire::SaKey key{};
    key.family = m.family;
    return m.family == wire::Family::none ? std::string() : wire::address_text(key, octets);
}

} // namespace

void write_mka(JsonWriter& json, const MkaView& mka) {
    json.begin_object();
    json.key("groups").begin_array();
    for (const Group& group : groups_of(mka)) {
        json.line().begin_object();
        json.member("ckn", ckn_text(*group.ckn));
        json.key("key_server");
        if (group.key_server != nullptr)
            json.value(sci_text(group.key_server->sci));
        else
            json.null();
        write_suite(json, group.cipher_suite);
        json.key("xpn");
        if (group.cipher_suite != 0)
            json.value(wire::is_xpn(group.cipher_suite));
        else
            json.null();
        json.key("participants").begin_array();
        for (const MkaParticipant* p : group.members)
            write_participant(json, *p);
        json.end_array();
        json.end_object();
    }
    json.end_array();
    json.line().key("events").begin_array();
    for (const MkaEvent& e : mka.events) {
        const MkaParticipant& p = mka.participants[e.participant];
        json.line().begin_object();
        json.key("time").time(e.time);
        json.member("kind", wire::mka_event_name(e.kind));
        json.member("sci", sci_text(p.sci));
        json.member("ckn", ckn_text(p.ckn));
        if (e.kind >= MkaEvent::Kind::distributed) {
            json.member("an", e.an);
            json.member("key_number", e.key_number);
        }
        if (e.kind == MkaEvent::Kind::distributed) write_suite(json, e.cipher_suite);
        json.end_object();
    }
    json.end_array();
    json.member("beyond", mka.beyond);
    json.end_object();
}

std::string mka_table(const MkaView& mka) {
    std::string out;
    const auto line = std::back_inserter(out);
    for (const Group& group : groups_of(mka)) {
        fmt::format_to(line, "key agreement (MKA) {}\n", ckn_text(*group.ckn));
        fmt::format_to(line, "  key server {}, cipher suite {}\n",
                       group.key_server != nullptr ? sci_text(group.key_server->sci) : "not seen",
                       group.cipher_suite != 0 ? suite_text(group.cipher_suite) : "not seen");
        for (const MkaParticipant* p : group.members)
            fmt::format_to(line, "  {}  {}, {}; latest {}; old {}\n", sci_text(p->sci),
                           counted(p->messages, "MKPDU"), counted(p->last.live_peers, "live peer"),
                           key_text(p->last.latest), key_text(p->last.old));
    }
    for (const MkaEvent& e : mka.events)
        fmt::format_to(line, "{}  {}  {}\n", rfc3339(e.time),
                       sci_text(mka.participants[e.participant].sci), event_text(e));
    if (mka.beyond != 0)
        fmt::format_to(line, "({} participants and events had no room)\n", mka.beyond);
    return out;
}

std::string mka_csv(const MkaView& mka) {
    std::string out = "time,kind,sci,ckn,an,key_number,cipher_suite\r\n";
    for (const MkaEvent& e : mka.events) {
        const MkaParticipant& p = mka.participants[e.participant];
        fmt::format_to(std::back_inserter(out), "{},{},{},{},", rfc3339(e.time),
                       wire::mka_event_name(e.kind), sci_text(p.sci), ckn_text(p.ckn));
        if (e.kind >= MkaEvent::Kind::distributed)
            fmt::format_to(std::back_inserter(out), "{},{},", e.an, e.key_number);
        else
            out += ",,";
        if (e.kind == MkaEvent::Kind::distributed) out += suite_text(e.cipher_suite);
        out += "\r\n";
    }
    return out;
}

void write_ike(JsonWriter& json, const wire::Negotiations& ike) {
    json.begin_object();
    json.member("messages", ike.total());
    json.member("retransmitted", ike.retransmitted());
    json.member("cut", ike.messages().size() < ike.total());
    json.key("exchanges").begin_array();
    for (const wire::IkeMessage* m : by_time(ike)) {
        const wire::IkeHeader& h = m->header;
        json.line().begin_object();
        json.key("first_time").time(m->first_time);
        json.key("last_time").time(m->last_time);
        json.member("src", address(*m, m->src));
        json.member("dst", address(*m, m->dst));
        json.member("version", h.version >> 4);
        json.member("exchange", exchange_text(h));
        json.member("response", h.response());
        json.member("message_id", h.message);
        json.member("initiator_spi", sci_text(h.initiator));
        json.member("responder_spi", sci_text(h.responder));
        json.member("copies", m->copies);
        json.end_object();
    }
    json.end_array();
    json.end_object();
}

std::string ike_table(const wire::Negotiations& ike, std::size_t limit) {
    const auto list = by_time(ike);
    std::string out = fmt::format("key exchange (IKE): {}, {}\n", counted(ike.total(), "message"),
                                  counted(ike.retransmitted(), "retransmission"));
    for (std::size_t i = 0; i < std::min(limit, list.size()); ++i) {
        const wire::IkeMessage& m = *list[i];
        fmt::format_to(std::back_inserter(out), "{}  {} to {}  {} {} {}{}\n", rfc3339(m.first_time),
                       address(m, m.src), address(m, m.dst), exchange_text(m.header),
                       m.header.message, m.header.response() ? "response" : "request",
                       m.copies > 1 ? fmt::format(", sent {} times", m.copies) : std::string());
    }
    if (list.size() > limit)
        fmt::format_to(std::back_inserter(out), "(and {} more)\n", list.size() - limit);
    return out;
}

} // namespace lacuna::report
