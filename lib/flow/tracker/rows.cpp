#include "flow/tracker/rows.hpp"

namespace lacuna::flow {

RowRef LiveRows::of_row(Row row) {
    if (row == kNoRow || !t_.table.at(row).used()) return {nullptr, nullptr};
    return {&t_.table.at(row), &t_.table.rest(row)};
}

RowRef LiveRows::row(Slot slot, TimeNs time) {
    Counter& c = counters_.counter(slot);
    if (c.row != kNoRow) return of_row(c.row);
    if (!t_.share.take() && !t_.make_room(id_.primary)) {
        ++t_.counters.refused;
        return {nullptr, nullptr};
    }
    const Row row = t_.table.insert_apart(c.shown);
    if (row == kNoRow) {
        t_.share.give_back();
        ++t_.counters.refused;
        return {nullptr, nullptr};
    }
    ++t_.counters.created;
    if (t_.stamper.wanted()) t_.stamper.forget(row);
    c.row = row;
    const RowRef made = of_row(row);
    begin_row(made, c.first, time);
    made.state->flags |= kOpen;
    made.rest->identity = t_.table.rest(id_.primary).identity;
    made.rest->slot = slot;
    made.rest->ordinal = id_.ordinals++;
    made.rest->port = t_.table.rest(id_.primary).port;
    made.rest->vlan = t_.table.rest(id_.primary).vlan;
    return made;
}

void LiveRows::closes(Slot old, Slot into) {
    Counter& c = counters_.counter(into);
    c.row = counters_.counter(old).row;
    t_.table.rest(c.row).slot = into;
}

void LiveRows::absorbed(Slot old, Slot into) {
    const Row row = counters_.counter(old).row;
    const RowRef to = of_row(counters_.counter(into).row);
    record_for(t_.pool, to, t_.judging, t_.counters.short_memory);
    absorb(t_.pool, to, of_row(row));
    t_.drop_row(row);
}

void LiveRows::before(Slot slot, TimeNs time, bool new_period) {
    const Row row = counters_.counter(slot).row;
    if (t_.was_quiet(t_.table.at(row), time)) t_.comes_back(row, time);
    if (!new_period) return;
    if (t_.share.alive() != nullptr) t_.share.alive()->sends(peers_of(t_.source_of(row)), time);
    if (t_.config.sample_periods != 0) t_.sample(row, time);
}

void LiveRows::shown(Slot slot, const Entry& e, const Shown& shown) {
    const Row row = counters_.counter(slot).row;
    t_.tell(row, e.time, shown.blind, shown.change);
    if (shown.verdict == seq::Verdict::duplicate) t_.saw_twice(row, e.port);
    if (t_.wants_late()) t_.tell_late(row, e.time, shown);
}

void LiveRows::after(Slot slot, Seq64 highest_before, TimeNs time) {
    const Row row = counters_.counter(slot).row;
    t_.set_wake(row);
    if (highest_before < seq::kExhaustionWarning
        && t_.table.at(row).highest >= seq::kExhaustionWarning)
        t_.warn_exhaustion(row, time);
}

void LiveRows::taken_back(const Entry& e) {
    if (t_.wants_late()) t_.untell_late(e.shortest, e);
}

void LiveRows::told(const News& news) {
    const Row row = counters_.counter(news.slot).row;
    const seq::Record* r = t_.record_of(t_.table.rest(row));
    Event e{t_.shown_identity(row),
            t_.table.rest(row).first_time,
            news.time,
            news.before,
            news.first,
            r != nullptr ? r->restarts : 0,
            news.kind == News::Kind::jump      ? EventKind::jump
            : news.kind == News::Kind::counter ? EventKind::counter
                                               : EventKind::moved,
            0,
            0,
            0};
    if (news.kind == News::Kind::moved) {
        const bool destination = !(wire::identity_of(news.from) == wire::identity_of(news.to));
        const auto octets = [&](const wire::SaIdentity& id) {
            return destination ? id.key.addr : wire::source_octets(id);
        };
        e.aux = destination ? 1 : 0;
        std::memcpy(e.from, octets(news.from), wire::address_size(news.from.key));
        std::memcpy(e.to, octets(news.to), wire::address_size(news.to.key));
    }
    t_.note(e);
}

void LiveRows::begun(Slot slot, const Closed& closed, Seq64 high, TimeNs time) {
    const Row row = counters_.counter(slot).row;
    const SaRest& rest = t_.table.rest(row);
    const seq::Record* r = t_.record_of(rest);
    t_.note({t_.shown_identity(row), rest.first_time, time, high, rest.first,
             r != nullptr ? r->restarts : 0, EventKind::restart, 0,
             static_cast<std::uint8_t>(closed.reused_an ? 1 : 0), 0});
    if (id_.macsec) t_.restarted_an(id_.primary, time, high, rest.first);
}

} // namespace lacuna::flow
