// What an operator calls a tunnel: a pair of end points with all their secure associations.
#pragma once

#include "base/json_writer.hpp"
#include "flow/fields/field.hpp"
#include "flow/figures/held_rows.hpp"
#include "flow/totals.hpp"
#include "wire/mka/key_agreement.hpp"

#include <map>
#include <span>
#include <string>
#include <vector>

namespace lacuna::report {

/// Between whom an SA goes.
struct TunnelEnds {
    std::string id;
    std::string a; ///< the first in the order of the text; of a channel its MAC address and port
    std::string b;
    bool backward = false; ///< it goes from b to a
};

/// MACsec channels that MKA saw under one CKN are one tunnel: `ckn-<hex>`. Of two its ends are
/// theirs, of more none is told.
class LinkNames {
public:
    LinkNames() = default;
    explicit LinkNames(std::span<const wire::MkaParticipant> participants);
    /// Null: MKA did not tell of it.
    const TunnelEnds* of(std::uint64_t sci) const;

private:
    std::map<std::uint64_t, TunnelEnds> ends_;
};

/// One tunnel: the SAs of both directions between two addresses, through all rekeys. A MACsec
/// secure channel MKA does not tell of is one for itself.
struct Tunnel {
    std::string
        id; ///< `<a>~<b>`, in the order of the text; `ckn-<hex>` or `macsec-<sci>` of MACsec
    std::string ends[2];       ///< a and b; of a channel only a, its MAC address and port
    flow::Totals direction[2]; ///< from a to b, and from b to a; `flows` are their SAs
    TimeNs first_time = 0;
    TimeNs last_time = 0;

    flow::Totals sum() const;
};

/// Tunnels by their ends. Memory by tunnels, some 1.5 KiB each.
class Tunnels {
public:
    explicit Tunnels(LinkNames names = {}) : names_(std::move(names)) {}
    /// Adds a row of an encrypted link; others are passed over.
    void add(const flow::SaSummary& s);
    std::size_t count() const { return tunnels_.size(); }
    /// Those with most of a field first (sorts_tunnels()); null: those that lost most on the way.
    std::vector<const Tunnel*> sorted(const flow::Field* by = nullptr) const;
    /// The one with that id or name, or the only one whose id begins so, whatever the case of its
    /// letters; null: there is none, or more than one.
    const Tunnel* find(const std::string& id) const;

private:
    LinkNames names_;
    std::map<std::string, Tunnel> tunnels_;
};

/// Whether tunnels can be sorted by the field: it is a count or a ratio of the totals.
bool sorts_tunnels(const flow::Field& f);

/// By the names given (names::given()); empty: it has none.
std::string name_of(const Tunnel& tunnel);

/// The id of the tunnel a row belongs to; empty for one of no encrypted link.
std::string tunnel_id(const flow::SaSummary& s);

/// How many tunnels the rows of a run belong to. `mka`: what names links, or null.
std::uint64_t count_tunnels(const flow::HeldRows& rows, const wire::KeyAgreement* mka);

/// Of the rows of a run.
Tunnels tunnels_of(const flow::HeldRows& rows, LinkNames names = {});

/// Writes id, name, ends, the sums by the names of `totals`, times, and both directions.
void write_tunnel(JsonWriter& json, const Tunnel& tunnel);

/// A table for a person, the first `limit` of them (0: all) as sorted() has them.
std::string tunnel_table(const Tunnels& tunnels, std::size_t limit,
                         const flow::Field* by = nullptr);

} // namespace lacuna::report
