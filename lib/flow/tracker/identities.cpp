// Identities whose packets do not simply make one counter.
#include "flow/counters/apply.hpp"
#include "flow/tracker/rows.hpp"
#include "seq/extend.hpp"
#include "seq/reorder_window.hpp"

#include <algorithm>
#include <span>

namespace lacuna::flow {

using seq::kNoBlock;

/// The identity of a row whose packets simply made one counter so far. nullptr: no memory.
Identity* Tracker::Impl::open_identity(Row row) {
    const seq::Block block = pool.take(sizeof(Identity));
    if (block == kNoBlock) return nullptr;
    Identity& id = pool.at<Identity>(block);
    Counters::init(id);
    const SaState& s = table.at(row);
    SaRest& rest = table.rest(row);
    Counters counters_of(pool, id, drops, judging.window, {});
    const wire::SaIdentity shown = table.with_source(row);
    const Slot slot = counters_of.add_counter(shown);
    if (slot == kNoSlot) {
        pool.give_back(block, sizeof(Identity));
        return nullptr;
    }
    Counter& c = counters_of.counter(slot);
    c.highest = s.highest;
    c.first = rest.first;
    c.count = table.received(row);
    c.last = id.index = id.synced = c.count;
    c.last_time = id.last_time = s.last_time;
    c.row = row;
    c.record = rest.record;
    Counters::learn(c, sources.of(shown));
    const seq::Record* r = record_of(rest);
    const Seq64 lowest = s.highest - static_cast<Seq64>(seq::kPatience) + 1;
    for (Seq64 n = std::max(c.first, lowest); n <= s.highest; ++n)
        if (r == nullptr || s.highest - n >= r->window || seq::seen(*r, n)) Counters::mark(c, n);
    id.rises = rises_of(table, row, pool);
    id.others = others_of(table, row, pool);
    id.applied_to = id.index + 1;
    id.order[0] = slot;
    id.live = 1;
    id.primary = row;
    id.ordinals = 1;
    id.macsec = s.key.protocol == Protocol::macsec && !wire::is_shared(s.key);
    id.prev_slot = slot;
    id.prev_source = c.sources[0];
    id.prev_wire = r != nullptr && r->last_received == c.count
                       ? r->last_wire
                       : static_cast<std::uint32_t>(s.highest);
    rest.identity = block;
    rest.slot = slot;
    return &id;
}

/// What the primary row came to in packets in order since the identity was looked at last.
void Tracker::Impl::sync(Identity& id) {
    const SaState& s = table.at(id.primary);
    pool.at<Counter>(id.counter[table.rest(id.primary).slot]).record =
        table.rest(id.primary).record;
    if ((s.flags & kOpen) != 0) return;
    const std::uint64_t delta = table.received(id.primary) - id.synced;
    if (delta == 0) return;
    Counter& c = pool.at<Counter>(id.counter[id.order[0]]);
    const Seq64 lowest = s.highest - static_cast<Seq64>(seq::kPatience) + 1;
    for (Seq64 n = std::max(c.highest + 1, lowest); n <= s.highest; ++n)
        Counters::mark(c, n);
    c.highest = s.highest;
    c.count += delta;
    id.index += delta;
    id.synced += delta;
    id.rises += delta;
    id.others += delta;
    id.applied_to = id.index + 1;
    c.last = id.index;
    c.last_time = id.last_time = s.last_time;
    id.prev_slot = id.order[0];
    id.prev_wire = static_cast<std::uint32_t>(s.highest);
    id.prev_source = sources.of(table.with_source(id.primary));
}

Activity Tracker::Impl::activity(Row primary) const {
    const Row channel = table.rest(primary).channel;
    if (channel == kNoRow) return {};
    const Channel& c = channels.at(channel);
    const std::uint8_t an = table.at(primary).key.an;
    return {c.active != kNoAn && c.active != an, channels.rises_beside(table, c, an, pool)};
}

/// Applies what is settled, and sets the flags of the rows.
void Tracker::Impl::apply(Identity& id, Counters& counters_of, std::uint64_t settled) {
    LiveRows rows(*this, id, counters_of);
    Applier<LiveRows> applier(pool, id, counters_of, rows, judging, counters.short_memory);
    applier.run(settled);
    for (std::size_t i = 0; i < id.live; ++i) {
        const Row row = counters_of.counter(id.order[i]).row;
        if (row == kNoRow) continue;
        table.rest(row).slot = id.order[i];
        counters_of.counter(id.order[i]).record = table.rest(row).record;
        SaState& s = table.at(row);
        const bool open = id.log.count != 0 || id.live > 1 || id.rest_slot != kNoSlot;
        const seq::Record* r = record_of(table.rest(row));
        const bool busy = r != nullptr && r->busy();
        s.flags = static_cast<std::uint16_t>((s.flags & ~(kOpen | kBusy)) | (open ? kOpen : 0)
                                             | (busy ? kBusy : 0));
    }
    id.synced = table.received(id.primary);
}

/// A packet of an identity that is looked after.
void Tracker::Impl::track_identity(Identity& id, const wire::Observation& o, Source source) {
    sync(id);
    Counters c(pool, id, drops, judging.window, activity(id.primary));
    const auto top = [&] {
        Seq64 high = std::numeric_limits<Seq64>::min();
        for (std::size_t i = 0; i < id.live; ++i)
            high = std::max(high, c.counter(id.order[i]).highest);
        return high;
    };
    const Seq64 before = top();
    const wire::SaIdentity shown = o.id;
    if (o.id.key.protocol != Protocol::macsec && !table.same_source(id.primary, o))
        last_seen.put(sources.spi_and_source(o.id), id.primary);
    c.packet({o.seq32(), source, o.time, o.bytes, (o.flags & wire::kSciAssumed) != 0,
              static_cast<std::uint8_t>(o.port()), &shown});
    std::uint64_t settled = c.settled_to();
    if (settled != UINT64_MAX && id.log.count != 0
        && id.index - id.log.data(pool)[0].index >= 2 * seq::kPatience)
        settled = std::max(settled, id.index - seq::kPatience);
    table.seen_at(id.primary, o);
    const Rise rise = top() > before ? Rise::above : c.duplicate ? Rise::duplicate : Rise::neither;
    id.rises += rise == Rise::above ? 1 : 0;
    id.others += rise != Rise::duplicate ? 1 : 0;
    apply(id, c, settled);
    if (table.rest(id.primary).channel != kNoRow) channel_packet(id.primary, o.time, rise);
}

/// Everything an identity leaves undecided is decided as at the end of the input.
void Tracker::Impl::end_identity(Identity& id) {
    sync(id);
    Counters c(pool, id, drops, judging.window, activity(id.primary));
    c.end();
    apply(id, c, UINT64_MAX);
}

/// Gives everything back that hangs on the identity; its rows go as well.
void Tracker::Impl::close_identity(Identity& id) {
    const seq::Block block = table.rest(id.primary).identity;
    Counters c(pool, id, drops, judging.window, {});
    const Row primary = id.primary;
    for (Slot s = 0; s < kSlots; ++s) {
        if (id.counter[s] == kNoBlock) continue;
        const Row row = c.counter(s).row;
        c.drop_counter(s);
        if (row != kNoRow && row != primary) drop_row(row);
    }
    for (const Row alias : std::span(id.aliases.begin(pool), id.aliases.count))
        drop_row(alias);
    id.log.clear(pool);
    id.runs.clear(pool);
    id.trials.clear(pool);
    id.closed.clear(pool);
    id.adopted.clear(pool);
    id.news.clear(pool);
    id.aliases.clear(pool);
    pool.give_back(block, sizeof(Identity));
    table.rest(primary).identity = kNoBlock;
    drop_row(primary);
}

/// The identity a new destination belongs to, because a source of it went on there; nullptr: none.
Identity* Tracker::Impl::moved_from(const wire::Observation& o) {
    const wire::SaKey& key = o.id.key;
    if (key.protocol == Protocol::macsec || key.multicast != 0) return nullptr;
    const Row row = last_seen.find(sources.spi_and_source(o.id));
    if (row == kNoRow || row >= table.limit() || !table.at(row).used()) return nullptr;
    const wire::SaIdentity was = table.with_source(row);
    if (was.key.spi != key.spi || was.key.protocol != key.protocol || was.key.family != key.family
        || was.key.multicast != 0)
        return nullptr;
    const SaState& s = table.at(row);
    if (config.idle_timeout != 0 && idle(row, o.time)) return nullptr;
    const auto goes_on = [&](Seq64 highest) {
        const std::int32_t up = seq::distance(highest, o.seq32());
        return up >= 1 && up <= seq::kFarJump;
    };
    if (table.rest(row).identity == kNoBlock) {
        const bool same = sources.spi_and_source(was) == sources.spi_and_source(o.id);
        return same && goes_on(s.highest) ? open_identity(row) : nullptr;
    }
    Identity& id = pool.at<Identity>(table.rest(row).identity);
    sync(id);
    // The source, as it was known at another destination.
    const auto continues = [&](Row at) {
        const Source source = sources.of(wire::with_source_of(table.with_source(at), o.id));
        for (std::size_t i = 0; i < id.live; ++i) {
            const Counter& c = pool.at<Counter>(id.counter[id.order[i]]);
            if (Counters::knows(c, source) && goes_on(c.highest)) return true;
        }
        return false;
    };
    if (continues(id.primary)) return &id;
    for (const Row alias : std::span(id.aliases.begin(pool), id.aliases.count))
        if (continues(alias)) return &id;
    return nullptr;
}

/// A row that leads to `id` under the destination of `o`. False: no room.
bool Tracker::Impl::add_alias(Identity& id, const wire::Observation& o) {
    if (!share.take() && !make_room(id.primary)) return false;
    const Row row = table.insert(o);
    if (row == kNoRow) {
        share.give_back();
        return false;
    }
    begin_row({&table.at(row), &table.rest(row)}, o.seq32(), o.time);
    table.at(row).flags |= kAlias | kOpen;
    table.rest(row).identity = table.rest(id.primary).identity;
    id.aliases.push(pool, row);
    last_seen.put(sources.spi_and_source(o.id), row);
    return true;
}

} // namespace lacuna::flow
