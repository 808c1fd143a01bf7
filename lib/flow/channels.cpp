#include "flow/channels.hpp"

#include "seq/constants.hpp"

namespace lacuna::flow {

bool Channels::reserve(std::uint64_t rows) {
    memory_ = Reserved(rows * sizeof(Channel));
    channels_ = static_cast<Channel*>(memory_.get());
    return channels_ != nullptr;
}

void Channels::join(SaTable& table, Row row, const wire::Observation& o) {
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

    if (channel == kNoRow) {
        channel = free_;
        if (channel != kNoRow)
            free_ = channels_[channel].row[0];
        else
            channel = fresh_++;
        Channel& c = channels_[channel];
        c = {};
        for (Row& r : c.row)
            r = kNoRow;
        const std::uint8_t first = table.at(other).key.an;
        c.row[first] = other;
        c.last = first;
        c.seen = static_cast<std::uint8_t>(1u << first);
        c.used = 1;
        table.rest(other).channel = channel;
    }
    channels_[channel].row[an] = row;
    table.rest(row).channel = channel;
    table.at(row).flags |= kStandby;
}

std::uint64_t Channels::packets_of_others(const SaTable& table, const Channel& c,
                                          std::uint8_t an) const {
    std::uint64_t sum = 0;
    for (std::uint8_t a = 0; a < kAns; ++a)
        if (a != an) sum += c.gone[a] + (c.row[a] != kNoRow ? table.received(c.row[a]) : 0);
    return sum;
}

Switch Channels::turn_to(SaTable& table, Row row) {
    SaState& s = table.at(row);
    const std::uint8_t an = s.key.an;
    Channel& c = channels_[table.rest(row).channel];
    Switch result{};
    result.from_an = c.last;
    result.from = c.row[c.last];

    const auto bit = static_cast<std::uint8_t>(1u << an);
    const std::uint64_t others = packets_of_others(table, c, an);
    if ((c.seen & bit) == 0) {
        result.rekey = true;
    } else if (c.last != an && others - c.others[an] >= seq::kRekeyPackets) {
        result.rekey = true;
        result.reactivated = table.received(row) != 0; // a row that came back begins anew anyway
    }
    if (result.rekey) {
        ++c.rekeys;
        ++rekeys_;
    }
    c.seen |= bit;
    c.others[c.last] = packets_of_others(table, c, c.last);
    if (result.from != kNoRow) table.at(result.from).flags |= kStandby;
    c.last = an;
    s.flags = static_cast<std::uint16_t>(s.flags & ~kStandby);
    return result;
}

void Channels::part(SaTable& table, Row row) {
    const std::uint8_t an = table.at(row).key.an;
    const Row channel = table.rest(row).channel;
    if (channel == kNoRow) return;
    Channel& c = channels_[channel];
    c.gone[an] += table.received(row);
    c.row[an] = kNoRow;
    for (const Row r : c.row)
        if (r != kNoRow) return;
    c.used = 0;
    c.row[0] = free_;
    free_ = channel;
}

} // namespace lacuna::flow
