#include "report/tunnels.hpp"

#include "flow/fields/derived.hpp"
#include "report/json/field_json.hpp"
#include "report/text/number_text.hpp"
#include "wire/sa_text.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <iterator>

namespace lacuna::report {

flow::Totals Tunnel::sum() const {
    flow::Totals both = direction[0];
    both += direction[1];
    return both;
}

namespace {

/// Between whom an SA goes.
struct Ends {
    std::string id;
    std::string a; ///< the first in the order of the text; of a channel its MAC address and port
    std::string b;
    bool backward; ///< it goes from b to a
};

Ends ends_of(const flow::SaSummary& s) {
    std::string from = wire::source_text(s.source);
    std::string to = wire::destination_text(s.source);
    if (s.id.key.protocol == Protocol::macsec)
        return {"macsec-" + wire::sci_text(s.source.key), std::move(to), "", false};
    const bool backward = to < from;
    if (backward) from.swap(to);
    std::string id = from + '~' + to;
    return {std::move(id), std::move(from), std::move(to), backward};
}

} // namespace

std::string tunnel_id(const flow::SaSummary& s) {
    return wire::is_link(s.id.key.protocol) ? ends_of(s).id : std::string();
}

void Tunnels::add(const flow::SaSummary& s) {
    if (!wire::is_link(s.id.key.protocol)) return;
    const auto [id, a, b, backward] = ends_of(s);
    const auto [at, fresh] = tunnels_.try_emplace(id);
    Tunnel& t = at->second;
    if (fresh) {
        t.id = id;
        t.ends[0] = a;
        t.ends[1] = b;
        t.first_time = s.first_time;
        t.last_time = s.last_time;
    }
    t.first_time = std::min(t.first_time, s.first_time);
    t.last_time = std::max(t.last_time, s.last_time);
    t.direction[backward ? 1 : 0].add(s);
}

std::vector<const Tunnel*> Tunnels::sorted() const {
    struct Key {
        std::uint64_t lost;
        std::uint64_t received;
        const Tunnel* tunnel;
    };
    std::vector<Key> keys;
    keys.reserve(tunnels_.size());
    for (const auto& [id, t] : tunnels_) {
        const flow::Totals sum = t.sum();
        keys.push_back({flow::lost_on_the_way(sum), sum.received, &t});
    }
    std::stable_sort(keys.begin(), keys.end(), [](const Key& a, const Key& b) {
        return a.lost != b.lost ? a.lost > b.lost : a.received > b.received;
    });
    std::vector<const Tunnel*> list;
    list.reserve(keys.size());
    for (const Key& k : keys)
        list.push_back(k.tunnel);
    return list;
}

const Tunnel* Tunnels::find(const std::string& id) const {
    const auto at = tunnels_.find(id);
    return at != tunnels_.end() ? &at->second : nullptr;
}

Tunnels tunnels_of(const flow::HeldRows& rows) {
    Tunnels tunnels;
    flow::SaSummary s;
    rows.each([&](flow::HeldRow ref) {
        rows.read(ref, s);
        tunnels.add(s);
    });
    return tunnels;
}

void write_tunnel(JsonWriter& json, const Tunnel& tunnel) {
    json.begin_object();
    json.member("id", tunnel.id);
    json.member("a", tunnel.ends[0]);
    if (!tunnel.ends[1].empty()) json.member("b", tunnel.ends[1]);
    write_totals(json, tunnel.sum());
    json.key("first_time").time(tunnel.first_time);
    json.key("last_time").time(tunnel.last_time);
    json.key("directions").begin_array();
    for (std::size_t i = 0; i < 2; ++i) {
        const flow::Totals& sum = tunnel.direction[i];
        if (sum.flows == 0) continue;
        json.begin_object();
        json.member("from", tunnel.ends[i]);
        if (!tunnel.ends[1].empty()) json.member("to", tunnel.ends[1 - i]);
        write_totals(json, sum);
        json.end_object();
    }
    json.end_array();
    json.end_object();
}

std::string tunnel_table(const Tunnels& tunnels, std::size_t limit) {
    std::vector<const Tunnel*> list = tunnels.sorted();
    const std::size_t all = list.size();
    if (limit != 0 && limit < all) list.resize(limit);
    const std::string title = list.size() < all
                                  ? fmt::format("worst {} of {} tunnels", list.size(), grouped(all))
                                  : std::string("tunnel");
    std::size_t width = title.size();
    constexpr std::size_t kLong = 42;
    for (const Tunnel* t : list)
        if (t->id.size() <= kLong) width = std::max(width, t->id.size());
    std::string out = fmt::format("{:<{}} {:>6} {:>12} {:>10} {:>8} {:>8} {:>6}\n", title, width,
                                  "SAs", "received", "lost", "loss", "late", "dup");
    for (const Tunnel* t : list) {
        const flow::Totals sum = t->sum();
        if (t->id.size() > width) fmt::format_to(std::back_inserter(out), "{}\n", t->id);
        fmt::format_to(std::back_inserter(out),
                       "{:<{}} {:>6} {:>12} {:>10} {:>6.2f} % {:>8} {:>6}\n",
                       t->id.size() > width ? std::string() : t->id, width, grouped(sum.flows),
                       grouped(sum.received), grouped(sum.lost), 100 * flow::loss_ratio(sum),
                       grouped(sum.late), grouped(sum.duplicates));
    }
    return out;
}

} // namespace lacuna::report
