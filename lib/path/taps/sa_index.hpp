// The SAs of one tap, numbered in the order they appear.
#pragma once

#include "wire/identity_hash.hpp"
#include "wire/observation.hpp"

#include <unordered_map>
#include <vector>

namespace lacuna::path {

/// Identities → 0, 1, 2, … Grows up to a bound. One thread.
class SaIndex {
public:
    static constexpr std::uint32_t kNone = UINT32_MAX;

    explicit SaIndex(std::size_t most) : most_(most), slots_(1024) {}

    /// The number of the SA of `o`, a new one if need be; kNone: there is no room for another.
    std::uint32_t add(const wire::Observation& o) {
        const std::size_t slot = slot_of(hash_of(o), o.id);
        return slots_[slot].number != kNone ? slots_[slot].number
                                            : insert(hash_of(o), o.identity(), o.id, slot);
    }
    /// The same of an identity and its source; an index that has some of these has no others.
    std::uint32_t add(const wire::SaIdentity& id, const wire::SaIdentity& source) {
        static const wire::HashKey kAny = wire::HashKey::random();
        const std::uint32_t hash = wire::identity_hash(id, kAny) ^ id.key.an * 0x9E3779B9u;
        const std::size_t slot =
            slot_where(hash, [&](std::uint32_t number) { return keys_[number] == id; });
        return slots_[slot].number != kNone ? slots_[slot].number : insert(hash, id, source, slot);
    }
    /// The number of the SA of `o`, or kNone. Once senders are told apart: that of its sender.
    std::uint32_t find(const wire::Observation& o) const {
        const std::uint32_t number = slots_[slot_of(hash_of(o), o.id)].number;
        if (senders_.empty()) [[likely]]
            return number;
        const auto several = senders_.find(number);
        if (several == senders_.end()) return number;
        for (const Sender& s : several->second)
            if (same_source(s.source, o.id)) return s.number;
        return kNone;
    }
    /// Another SA with the identity of `number`, for senders to be led to. The first one is
    /// `number` itself.
    std::uint32_t add_beside(std::uint32_t number) {
        const wire::SaIdentity id = ids_[number]; // not a reference: they move
        const wire::SaIdentity source = sources_[number];
        ids_.push_back(id);
        keys_.push_back(id);
        sources_.push_back(source);
        return static_cast<std::uint32_t>(ids_.size() - 1);
    }
    /// Leads what `source` sends under the identity of `number` to the SA `to`.
    void lead(std::uint32_t number, const wire::SaIdentity& source, std::uint32_t to) {
        senders_[number].push_back({source, to});
    }
    /// Gives an SA another name and source.
    void rename(std::uint32_t number, const wire::SaIdentity& id, const wire::SaIdentity& source) {
        ids_[number] = id;
        sources_[number] = source;
    }
    /// Whether two observations of one identity come from the same source.
    static bool same_source(const wire::SaIdentity& a, const wire::SaIdentity& b) {
        return wire::same_sender(a.key, b.key) && std::memcmp(a.src, b.src, sizeof a.src) == 0;
    }
    /// What add() will look at first.
    void prefetch(const wire::Observation& o) const {
        __builtin_prefetch(&slots_[hash_of(o) & mask()]);
    }

    /// What source() will look at.
    void prefetch_source(std::uint32_t number) const { __builtin_prefetch(&sources_[number]); }

    std::size_t size() const { return ids_.size(); }
    const wire::SaIdentity& id(std::uint32_t number) const { return ids_[number]; }
    /// The same, with the source of its first packet, as SaSummary::source.
    const wire::SaIdentity& source(std::uint32_t number) const { return sources_[number]; }
    /// Packets of SAs that found no room.
    std::uint64_t refused() const { return refused_; }

private:
    struct Sender {
        wire::SaIdentity source;
        std::uint32_t number;
    };
    struct Slot {
        std::uint32_t hash = 0;
        std::uint32_t number = kNone;
    };

    /// Observation::hash leaves the AN out.
    static std::uint32_t hash_of(const wire::Observation& o) {
        return o.hash ^ o.id.key.an * 0x9E3779B9u;
    }
    static bool same(const wire::SaIdentity& a, const wire::SaIdentity& b) {
        return wire::same_identity(a.key, b.key)
               && (!wire::has_source6(a.key) || std::memcmp(a.src, b.src, sizeof a.src) == 0);
    }
    std::size_t mask() const { return slots_.size() - 1; }

    /// Where the SA is, or would be. `id` may have a source.
    std::size_t slot_of(std::uint32_t hash, const wire::SaIdentity& id) const {
        return slot_where(hash, [&](std::uint32_t number) { return same(keys_[number], id); });
    }
    template <typename IsIt>
    std::size_t slot_where(std::uint32_t hash, IsIt is_it) const {
        for (std::size_t i = hash & mask();; i = (i + 1) & mask()) {
            const Slot& s = slots_[i];
            if (s.number == kNone || (s.hash == hash && is_it(s.number))) return i;
        }
    }
    std::uint32_t insert(std::uint32_t hash, const wire::SaIdentity& id,
                         const wire::SaIdentity& source, std::size_t slot) {
        if (ids_.size() >= most_) {
            ++refused_;
            return kNone;
        }
        const auto number = static_cast<std::uint32_t>(ids_.size());
        ids_.push_back(id);
        keys_.push_back(id);
        sources_.push_back(source);
        if (source.key.spare != wire::kOneOfSeveral) sources_.back().key.tag = 0; // the port
        slots_[slot] = {hash, number};
        if (ids_.size() * 2 > slots_.size()) grow();
        return number;
    }
    void grow() {
        std::vector<Slot> old(slots_.size() * 2);
        old.swap(slots_);
        for (const Slot& s : old) {
            if (s.number == kNone) continue;
            std::size_t i = s.hash & mask();
            while (slots_[i].number != kNone)
                i = (i + 1) & mask();
            slots_[i] = s;
        }
    }

    std::size_t most_;
    std::vector<Slot> slots_; ///< a power of two, at most half full
    std::vector<wire::SaIdentity> ids_;
    std::vector<wire::SaIdentity> keys_; ///< what an SA is found by, whatever its name
    std::vector<wire::SaIdentity> sources_;
    std::unordered_map<std::uint32_t, std::vector<Sender>> senders_; ///< of identities with several
    std::uint64_t refused_ = 0;
};

} // namespace lacuna::path
