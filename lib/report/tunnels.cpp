#include "report/tunnels.hpp"

#include "base/endian.hpp"
#include "flow/fields/derived.hpp"
#include "names/given.hpp"
#include "report/json/field_json.hpp"
#include "report/text/number_text.hpp"
#include "report/text/percent.hpp"
#include "report/text/screen.hpp"
#include "wire/text/sa_text.hpp"

#include <algorithm>
#include <array>
#include <compare>
#include <cstring>
#include <fmt/format.h>
#include <iterator>
#include <set>
#include <tuple>
#include <variant>

namespace lacuna::report {

flow::Totals Tunnel::sum() const {
    flow::Totals both = direction[0];
    both += direction[1];
    return both;
}

namespace {

TunnelEnds ends_of(const flow::SaSummary& s) {
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

std::string name_of(const Tunnel& t) {
    const names::Names* const names = names::given();
    return names != nullptr ? names->of_tunnel(t.id, t.ends[0], t.ends[1]) : std::string();
}

LinkNames::LinkNames(std::span<const wire::MkaParticipant> participants) {
    std::map<std::string, std::vector<std::pair<std::string, std::uint64_t>>> links;
    for (const wire::MkaParticipant& p : participants) {
        wire::SaIdentity id{};
        id.key.protocol = Protocol::macsec;
        store_be(id.key.addr, p.sci);
        std::string ckn = "ckn-";
        for (std::size_t i = 0; i < p.ckn.octets; ++i)
            fmt::format_to(std::back_inserter(ckn), "{:02x}", p.ckn.octet[i]);
        links[ckn].emplace_back(wire::destination_text(id), p.sci);
    }
    for (auto& [ckn, members] : links) {
        std::sort(members.begin(), members.end());
        const bool pair = members.size() == 2;
        for (std::size_t i = 0; i < members.size(); ++i)
            ends_[members[i].second] = {ckn, pair ? members[0].first : std::string(),
                                        pair ? members[1].first : std::string(), pair && i == 1};
    }
}

const TunnelEnds* LinkNames::of(std::uint64_t sci) const {
    const auto at = ends_.find(sci);
    return at != ends_.end() ? &at->second : nullptr;
}

std::string tunnel_id(const flow::SaSummary& s) {
    return wire::is_link(s.id.key.protocol) ? ends_of(s).id : std::string();
}

void Tunnels::add(const flow::SaSummary& s) {
    if (!wire::is_link(s.id.key.protocol)) return;
    const TunnelEnds* const link =
        s.id.key.protocol == Protocol::macsec ? names_.of(load_be64(s.source.key.addr)) : nullptr;
    const auto [id, a, b, backward] = link != nullptr ? *link : ends_of(s);
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

namespace {

/// Of a field that sorts_tunnels().
double value_of(const flow::Field& f, const flow::Totals& t) {
    return std::visit(
        [&t](const auto where) -> double {
            using Where = std::remove_const_t<decltype(where)>;
            if constexpr (std::same_as<Where, flow::CountAt<flow::Totals>>)
                return static_cast<double>(t.*where);
            else if constexpr (std::same_as<Where, flow::DerivedCount<flow::Totals>>)
                return static_cast<double>(where(t));
            else if constexpr (std::same_as<Where, flow::DerivedRatio<flow::Totals>>)
                return where(t);
            else
                return 0;
        },
        f.total);
}

} // namespace

bool sorts_tunnels(const flow::Field& f) {
    return std::holds_alternative<flow::CountAt<flow::Totals>>(f.total)
           || std::holds_alternative<flow::DerivedCount<flow::Totals>>(f.total)
           || std::holds_alternative<flow::DerivedRatio<flow::Totals>>(f.total);
}

std::vector<const Tunnel*> Tunnels::sorted(const flow::Field* by) const {
    struct Key {
        double most;
        std::uint64_t lost;
        std::uint64_t received;
        const Tunnel* tunnel;
    };
    std::vector<Key> keys;
    keys.reserve(tunnels_.size());
    for (const auto& [id, t] : tunnels_) {
        const flow::Totals sum = t.sum();
        keys.push_back(
            {by != nullptr ? value_of(*by, sum) : 0, flow::lost_on_the_way(sum), sum.received, &t});
    }
    std::stable_sort(keys.begin(), keys.end(), [](const Key& a, const Key& b) {
        return std::tie(a.most, a.lost, a.received) > std::tie(b.most, b.lost, b.received);
    });
    std::vector<const Tunnel*> list;
    list.reserve(keys.size());
    for (const Key& k : keys)
        list.push_back(k.tunnel);
    return list;
}

const Tunnel* Tunnels::find(const std::string& id) const {
    const auto lower = [](std::string text) {
        for (char& c : text)
            if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
        return text;
    };
    const std::string wanted = lower(id);
    if (const auto at = tunnels_.find(wanted); at != tunnels_.end()) return &at->second;
    std::vector<const Tunnel*> found;
    for (const auto& [key, t] : tunnels_)
        if (name_of(t) == id) found.push_back(&t);
    if (found.empty())
        for (auto at = tunnels_.lower_bound(wanted);
             at != tunnels_.end() && at->first.starts_with(wanted); ++at)
            found.push_back(&at->second);
    return found.size() == 1 ? found.front() : nullptr;
}

std::uint64_t count_tunnels(const flow::HeldRows& rows, const wire::KeyAgreement* mka) {
    // Two ends of 16 octets each, or an SCI; a text of each would take most of the time.
    struct Ends {
        wire::Family family{};
        std::array<std::uint8_t, 16> a{}, b{};
        auto operator<=>(const Ends&) const = default;
    };
    const LinkNames links = mka != nullptr ? LinkNames(mka->participants()) : LinkNames();
    std::vector<Ends> all;
    std::set<std::string> linked;
    rows.each([&](flow::HeldRow ref) {
        const wire::SaIdentity source = rows.source(ref);
        const wire::SaKey& key = source.key;
        if (!wire::is_link(key.protocol)) return;
        Ends ends;
        ends.family = key.family;
        if (key.protocol == Protocol::macsec) {
            const std::uint64_t sci = load_be64(key.addr);
            if (const TunnelEnds* link = links.of(sci)) {
                linked.insert(link->id);
                return;
            }
            std::memcpy(ends.a.data(), key.addr, sizeof sci);
        } else {
            const std::size_t size = wire::address_size(key);
            std::memcpy(ends.a.data(), wire::source_octets(source), size);
            std::memcpy(ends.b.data(), key.addr, size);
            if (ends.b < ends.a) std::swap(ends.a, ends.b);
        }
        all.push_back(ends);
    });
    std::sort(all.begin(), all.end());
    return static_cast<std::uint64_t>(std::unique(all.begin(), all.end()) - all.begin())
           + linked.size();
}

Tunnels tunnels_of(const flow::HeldRows& rows, LinkNames names) {
    Tunnels tunnels(std::move(names));
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
    if (const std::string name = name_of(tunnel); !name.empty()) json.member("name", name);
    if (!tunnel.ends[0].empty()) json.member("a", tunnel.ends[0]);
    if (!tunnel.ends[1].empty()) json.member("b", tunnel.ends[1]);
    write_totals(json, tunnel.sum());
    json.key("first_time").time(tunnel.first_time);
    json.key("last_time").time(tunnel.last_time);
    json.key("directions").begin_array();
    for (std::size_t i = 0; i < 2; ++i) {
        const flow::Totals& sum = tunnel.direction[i];
        if (sum.flows == 0) continue;
        json.begin_object();
        if (!tunnel.ends[i].empty()) json.member("from", tunnel.ends[i]);
        if (!tunnel.ends[1].empty()) json.member("to", tunnel.ends[1 - i]);
        write_totals(json, sum);
        json.end_object();
    }
    json.end_array();
    json.end_object();
}

std::string tunnel_table(const Tunnels& tunnels, std::size_t limit, const flow::Field* by) {
    std::vector<const Tunnel*> list = tunnels.sorted(by);
    const std::size_t all = list.size();
    if (limit != 0 && limit < all) list.resize(limit);
    const std::string title =
        list.size() < all ? fmt::format("{} {} of {} tunnels", by != nullptr ? "first" : "worst",
                                        list.size(), grouped(all))
                          : std::string("tunnel");
    const auto what = [](const Tunnel& t) {
        const std::string name = name_of(t);
        return name.empty() ? t.id : name + "  " + t.id;
    };
    const std::size_t columns = screen().columns;
    constexpr const char* kFigures = "{} {:>5} {:>12} {:>9} {:>7} {:>7} {:>6}";
    constexpr std::size_t kFiguresWidth = 52;
    std::size_t width = width_of(title);
    for (const Tunnel* t : list)
        width = std::max(width, width_of(what(*t)));
    width = std::min(width, std::max(columns - std::min(columns, kFiguresWidth), width_of(title)));
    std::string out = painted(fmt::format(kFigures, padded(title, width), "SAs", "received", "lost",
                                          "loss %", "late", "dup"),
                              Tone::quiet)
                      + '\n';
    for (const Tunnel* t : list) {
        const flow::Totals sum = t->sum();
        std::string text = what(*t);
        const std::size_t used = width_of(text);
        text = painted(wrapped(text, columns, 4), Tone::strong);
        text += used > width ? '\n' + std::string(width, ' ') : std::string(width - used, ' ');
        out += fmt::format(kFigures, text, grouped(sum.flows), grouped(sum.received),
                           grouped(sum.lost), percent_number(flow::loss_ratio(sum)),
                           grouped(sum.late), grouped(sum.duplicates))
               + '\n';
    }
    return out;
}

} // namespace lacuna::report
