#include "flow/table/channels.hpp"

#include <algorithm>

namespace lacuna::flow {
namespace {

const Identity* identity_of(const SaTable& table, Row row, const seq::Pool& pool) {
    const seq::Block block = table.rest(row).identity;
    return block == seq::kNoBlock ? nullptr : &pool.at<Identity>(block);
}

} // namespace

std::uint64_t rises_of(const SaTable& table, Row row, const seq::Pool& pool) {
    if (const Identity* id = identity_of(table, row, pool))
        return id->rises + table.received(row) - id->synced;
    const std::uint64_t received = table.received(row);
    const seq::Block block = table.rest(row).record;
    if (block == seq::kNoBlock) return received;
    const auto& r = pool.at<seq::Record>(block);
    return received - r.duplicates - r.late - r.too_old - r.before_first - r.outliers;
}

std::uint64_t others_of(const SaTable& table, Row row, const seq::Pool& pool) {
    if (const Identity* id = identity_of(table, row, pool))
        return id->others + table.received(row) - id->synced;
    const std::uint64_t received = table.received(row);
    const seq::Block block = table.rest(row).record;
    return block == seq::kNoBlock ? received : received - pool.at<seq::Record>(block).duplicates;
}

bool Channels::reserve(std::uint64_t rows) {
    memory_ = Reserved(rows * sizeof(Channel));
    channels_ = static_cast<Channel*>(memory_.get());
    return channels_ != nullptr;
}

/// A channel of one row so far.
Row Channels::open(SaTable& table, Row row, const seq::Pool& records) {
    Row channel = free_;
    if (channel != kNoRow)
        free_ = channels_[channel].row[0];
    else
        channel = fresh_++;
    Channel& c = channels_[channel];
    c = {};
    for (Row& r : c.row)
        r = kNoRow;
    const std::uint8_t an = table.at(row).key.an;
    c.row[an] = row;
    c.active = c.run_an = kNoAn;
    c.used = 1;
    table.rest(row).channel = channel;
    const std::uint64_t rises = rises_of(table, row, records);
    if (rises >= seq::kRun) {
        c.active = an;
        c.had = static_cast<std::uint8_t>(1u << an);
        c.active_had = others_of(table, row, records);
        c.risen = rises;
    } else {
        c.run_an = an;
        c.run = static_cast<std::uint8_t>(rises);
        c.run_time = table.rest(row).first_time;
        table.at(row).flags |= kStandby;
    }
    return channel;
}

void Channels::join(SaTable& table, Row row, const wire::Observation& o, const seq::Pool& records) {
    if (!table.may_have_siblings(o)) return;
    const std::uint8_t an = o.id.key.an;
    Row channel = kNoRow;
    Row other = kNoRow;
    for (std::uint8_t a = 0; a < kAns && channel == kNoRow; ++a) {
        if (a == an) continue;
        const Row sibling = table.sibling(o, a);
        if (sibling == kNoRow) continue;
        other = sibling;
        channel = table.rest(sibling).channel;
    }
    if (other == kNoRow) return; // the first of its channel, as far as the table knows

    if (channel == kNoRow) channel = open(table, other, records);
    Channel& c = channels_[channel];
    // An AN that comes back as a new row begins anew, unless it was the active one all the time.
    if (c.active != an) c.had = static_cast<std::uint8_t>(c.had & ~(1u << an));
    c.row[an] = row;
    table.rest(row).channel = channel;
    if (c.active != an) table.at(row).flags |= kStandby;
}

std::uint64_t Channels::rises_beside(const SaTable& table, const Channel& c, std::uint8_t an,
                                     const seq::Pool& records) const {
    std::uint64_t sum = 0;
    for (std::uint8_t other = 0; other < kAns; ++other) {
        if (other == an) continue;
        sum += c.rises[other];
        if (other == c.active && c.row[other] != kNoRow)
            sum += rises_of(table, c.row[other], records) - c.risen;
    }
    return sum;
}

/// Adds what the active AN came to.
void Channels::end_rises(const SaTable& table, Channel& c, const seq::Pool& records) {
    if (c.active == kNoAn || c.row[c.active] == kNoRow) return;
    c.rises[c.active] += rises_of(table, c.row[c.active], records) - c.risen;
}

Rekey Channels::activate(SaTable& table, Channel& c, std::uint8_t an, TimeNs time,
                         const seq::Pool& records) {
    Rekey result{c.active != kNoAn, kNoRow, c.active, time};
    if (result.happened) result.from = c.row[c.active];
    end_rises(table, c, records);
    if (result.from != kNoRow && c.active != an) table.at(result.from).flags |= kStandby;
    c.active = an;
    c.had = static_cast<std::uint8_t>(c.had | 1u << an);
    const Row row = c.row[an];
    c.risen = rises_of(table, row, records);
    c.active_had = others_of(table, row, records);
    table.at(row).flags = static_cast<std::uint16_t>(table.at(row).flags & ~kStandby);
    if (result.happened) {
        ++c.rekeys;
        ++rekeys_;
    }
    return result;
}

Rekey Channels::packet(SaTable& table, Row row, TimeNs time, Rise rise, const seq::Pool& records) {
    Channel& c = channels_[table.rest(row).channel];
    const std::uint8_t an = table.at(row).key.an;
    if (an != c.active && c.active != kNoAn && c.row[c.active] != kNoRow) {
        const std::uint64_t had = others_of(table, c.row[c.active], records);
        if (had != c.active_had) c.run = 0;
        c.active_had = had;
    }
    if (rise == Rise::duplicate) return {};
    c.run = rise == Rise::above ? (c.run_an == an ? c.run + 1 : 1) : 0;
    c.run = std::min<std::uint8_t>(c.run, seq::kRun);
    if (c.run == 1) c.run_time = time;
    c.run_an = an;
    if (c.run < seq::kRun || (c.had >> an & 1) != 0) return {};
    return activate(table, c, an, c.run_time, records);
}

Rekey Channels::restarted(SaTable& table, Row row, TimeNs time, const seq::Pool& records) {
    if (table.rest(row).channel == kNoRow) open(table, row, records);
    Channel& c = channels_[table.rest(row).channel];
    const std::uint8_t an = table.at(row).key.an;
    const bool first = c.active == kNoAn;
    Rekey result = activate(table, c, an, time, records);
    if (first) { // a restart is a rekey, whatever was before
        ++c.rekeys;
        ++rekeys_;
        result = {true, kNoRow, an, time};
    }
    return result;
}

void Channels::part(SaTable& table, Row row, const seq::Pool& records) {
    const Row channel = table.rest(row).channel;
    if (channel == kNoRow) return;
    const std::uint8_t an = table.at(row).key.an;
    Channel& c = channels_[channel];
    if (c.active == an) {
        end_rises(table, c, records);
        c.risen = 0;
    }
    c.row[an] = kNoRow;
    for (const Row r : c.row)
        if (r != kNoRow) return;
    c.used = 0;
    c.row[0] = free_;
    free_ = channel;
}

} // namespace lacuna::flow
