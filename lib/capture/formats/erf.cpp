// Extensible Record Format of Endace DAG cards (ERF Types Reference Guide): no file header, a
// record after the other.
#include "capture/formats/window_reader.hpp"

#include "base/endian.hpp"

#include <algorithm>

namespace lacuna::capture {

namespace {

/// Time (8, little endian), type, flags, record length, loss counter or colour, wire length.
constexpr std::size_t kRecord = 16;
constexpr std::size_t kExtension = 8;
/// What an Ethernet record has before the frame, and what its wire length counts behind it.
constexpr std::size_t kEthernetPad = 2;
constexpr std::uint32_t kFcs = 4;

constexpr std::uint8_t kMeta = 27;
constexpr std::uint8_t kPad = 48;

/// What a type of record carries.
struct Type {
    std::uint8_t number;
    wire::LinkType link;
    bool counts_losses; ///< the field behind the length is not a colour
};
constexpr Type kTypes[] = {
    {2, wire::LinkType::ethernet, true},   {11, wire::LinkType::ethernet, false},
    {16, wire::LinkType::ethernet, false}, {20, wire::LinkType::ethernet, false},
    {1, wire::LinkType::ppp, true},        {10, wire::LinkType::ppp, false},
    {15, wire::LinkType::ppp, false},      {19, wire::LinkType::ppp, false},
    {22, wire::LinkType::raw_ip, true},    {23, wire::LinkType::raw_ip, true},
};

Type type_of(const std::uint8_t* record) {
    const std::uint8_t number = record[8] & 0x7F;
    for (const Type& t : kTypes)
        if (t.number == number) return t;
    return {number, wire::LinkType::unsupported, false};
}

bool carries_frame(const std::uint8_t* record) {
    const std::uint8_t number = record[8] & 0x7F;
    return number != kMeta && number != kPad;
}

std::size_t length_of(const std::uint8_t* record) {
    return load_be16(record + 10);
}

/// Seconds, and parts of them in units of 2^-32.
std::uint64_t raw_time(const std::uint8_t* record) {
    return bswap(load_be64(record));
}
TimeNs time_of(const std::uint8_t* record) {
    const std::uint64_t raw = raw_time(record);
    const std::uint64_t fraction = ((raw & 0xFFFFFFFF) * 1'000'000'000 + (1u << 31)) >> 32;
    return static_cast<TimeNs>((raw >> 32) * 1'000'000'000 + fraction);
}

/// The frame of a whole record; link, lengths and data.
wire::Frame frame_of(const std::uint8_t* record) {
    const std::size_t length = length_of(record);
    const Type type = type_of(record);
    std::size_t header = kRecord;
    bool more = (record[8] & 0x80) != 0;
    while (more && header + kExtension <= length) {
        more = (record[header] & 0x80) != 0;
        header += kExtension;
    }
    std::uint32_t wirelen = load_be16(record + 14);
    if (type.link == wire::LinkType::ethernet) {
        header = std::min(header + kEthernetPad, length);
        wirelen -= std::min(wirelen, kFcs);
    }
    wire::Frame frame{};
    frame.data = record + header;
    frame.caplen = std::min(static_cast<std::uint32_t>(length - header), wirelen);
    frame.wirelen = wirelen;
    frame.time = time_of(record);
    frame.link = type.link;
    return frame;
}

class ErfReader final : public WindowReader {
public:
    ErfReader(std::unique_ptr<Window> window, const std::string& path)
        : WindowReader(std::move(window), path) {
        info_.format = Format::erf;
        info_.nanoseconds = true;
        info_.link = type_of(window_->cur).link;
        info_.mixed_links = true; // every record says its own
    }

    std::optional<TimeNs> first_time() override {
        if (!window_->of_file() || !bring_record()) return std::nullopt;
        return time_of(window_->cur);
    }

protected:
    std::size_t take(wire::Frame* out, std::size_t max) override {
        std::size_t n = 0;
        while (n < max && !ended_) {
            if (!whole()) {
                if (n != 0 || !bring_record()) break;
                continue;
            }
            const std::uint8_t* record = window_->cur;
            if (!tell_losses(record, n)) break;
            window_->cur += length_of(record);
            if (!carries_frame(record)) continue;
            out[n] = frame_of(record);
            out[n++].source = source_;
            last_ = out[n - 1].time;
            any_ = true;
        }
        position_ = window_->offset();
        return n;
    }

private:
    bool whole() const {
        return window_->at_hand() >= kRecord && length_of(window_->cur) >= kRecord
               && window_->at_hand() >= length_of(window_->cur);
    }

    /// Of frames lost between the record before and this one. False: the burst ends here first.
    bool tell_losses(const std::uint8_t* record, std::size_t n) {
        if (!type_of(record).counts_losses || load_be16(record + 12) == 0) return true;
        const std::uint64_t at = window_->offset() + 1;
        if (told_ == at) return true;
        if (n != 0) return false;
        told_ = at;
        const TimeNs time = time_of(record);
        tell({any_ ? std::min(last_, time) : time, time, load_be16(record + 12),
              DropOrigin::capture});
        return true;
    }

    /// Cold: the record at the window's position is not at hand whole. Fetches it, or says how the
    /// capture ends.
    bool bring_record() {
        const std::uint64_t at = window_->offset();
        if (!window_->need(kRecord)) {
            ran_out(at, "record header cut");
            return false;
        }
        const std::size_t length = length_of(window_->cur);
        if (length < kRecord) {
            cut(at, "record of " + std::to_string(length) + " octets");
            return false;
        }
        if (!window_->need(length)) {
            ran_out(at, "record cut");
            return false;
        }
        return true;
    }

    TimeNs last_ = 0; ///< of the record before
    bool any_ = false;
    std::uint64_t told_ = 0; ///< one more than the offset of the record whose losses were told
};

/// Whether a record header can be one: a type there is, a time since 1985, a possible length.
bool plausible(const std::uint8_t* record) {
    const std::uint8_t number = record[8] & 0x7F;
    const bool known = (number >= 1 && number <= 25) || !carries_frame(record);
    const bool empty = load_be16(record + 14) == 0 && carries_frame(record);
    return known && !empty && length_of(record) >= kRecord && raw_time(record) >> 32 >= 473'385'600;
}

} // namespace

bool is_erf(Window& window) {
    if (!window.need(kRecord) || !plausible(window.cur)) return false;
    const std::size_t first = length_of(window.cur);
    if (!window.need(first)) return false;
    if (!window.need(first + kRecord)) return window.at_hand() == first;
    // What follows is a record of about that time.
    constexpr std::uint64_t kDay = 86'400;
    const std::uint8_t* next = window.cur + first;
    const std::uint64_t apart = (raw_time(next) >> 32) - (raw_time(window.cur) >> 32) + kDay;
    return plausible(next) && apart <= 30 * kDay;
}

Result<std::unique_ptr<Reader>> open_erf(std::unique_ptr<Window> window, const std::string& path) {
    return std::unique_ptr<Reader>(std::make_unique<ErfReader>(std::move(window), path));
}

} // namespace lacuna::capture
