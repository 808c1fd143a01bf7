// Classic capture files (draft-ietf-opsawg-pcap).
#include "capture/formats/link.hpp"
#include "capture/formats/window_reader.hpp"

#include "base/endian.hpp"
#include "wire/decoder.hpp"
#include "wire/frame_source.hpp"

#include <algorithm>
#include <span>

namespace lacuna::capture {

namespace {

constexpr std::uint32_t kMicroseconds = 0xA1B2C3D4;
constexpr std::uint32_t kNanoseconds = 0xA1B23C4D;
/// Alexey Kuznetsov's libpcap patch, still written by FRITZ!Box routers: each record header goes on
/// with interface (4), EtherType (2), packet type (1) and a pad.
constexpr std::uint32_t kModified = 0xA1B2CD34;
constexpr std::size_t kModifiedRecord = 24;

/// Which of a record's two lengths comes first.
enum class Lengths : std::uint8_t {
    captured_first, ///< from 2.4 on
    wire_first,     ///< before 2.3
    larger_is_wire, ///< 2.3 was written both ways
};

/// What does not change from record to record, beyond what the loop is compiled for.
struct Fixed {
    wire::Frame frame; ///< link and source; the rest is each record's
    std::uint32_t fcs;
    std::size_t record = kPcapRecord; ///< octets of a record header
    Lengths lengths = Lengths::captured_first;
};

template <bool Swapped>
std::uint32_t load32(const std::uint8_t* p) {
    const auto v = load_raw<std::uint32_t>(p);
    return Swapped ? bswap(v) : v;
}

/// Whole records between `cur` and `end` become frames, at most `max`, and go to `sink`; stops at
/// the first that is not whole or that cannot be, or that `sink` does not take. Returns how many it
/// took. The loop of the hot path: everything that varies by file is chosen outside.
template <bool Swapped, bool Nano, bool Fcs, typename Sink>
inline std::size_t each_record(const std::uint8_t*& cur, const std::uint8_t* end,
                               const Fixed& fixed, ReadAhead& read_ahead, std::size_t max,
                               Sink&& sink) {
    const std::uint8_t* p = cur;
    // With so much at hand at most, what fits is possible, and one comparison tells both.
    if (static_cast<std::size_t>(end - p) > kPcapRecord + kMaxCaptured)
        end = p + kPcapRecord + kMaxCaptured;
    if (static_cast<std::size_t>(end - p) < kPcapRecord) return 0;
    const std::uint8_t* const last = end - kPcapRecord;
    ReadAhead ahead = read_ahead;
    const wire::Frame fixed_frame = fixed.frame;
    std::size_t n = 0;
    do {
        std::uint32_t caplen = load32<Swapped>(p + 8);
        // On the way from record to record each cycle counts: not by way of a vector register,
        // where the maximum below would be cheaper.
        __asm__("" : "+r"(caplen));
        const std::uint8_t* const next = p + kPcapRecord + caplen;
        if (next > end) [[unlikely]]
            break;
        ahead.pass(p, caplen);
        std::uint32_t wirelen = load32<Swapped>(p + 12);
        if (wirelen < caplen) [[unlikely]]
            wirelen = caplen;
        if constexpr (Fcs) {
            wirelen -= std::min(wirelen, fixed.fcs);
            caplen = std::min(caplen, wirelen);
        }
        const TimeNs seconds = load32<Swapped>(p);
        const TimeNs fraction = load32<Swapped>(p + 4);
        if (!sink(wire::Frame{p + kPcapRecord, caplen, wirelen,
                              seconds * 1'000'000'000 + fraction * (Nano ? 1 : 1000),
                              fixed_frame.link, fixed_frame.source, 0})) [[unlikely]]
            break;
        p = next;
        ++n;
    } while (n != max && p <= last);
    cur = p;
    read_ahead = ahead;
    return n;
}

template <bool Swapped, bool Nano, bool Fcs>
std::size_t walk(const std::uint8_t*& cur, const std::uint8_t* end, const Fixed& fixed,
                 ReadAhead& read_ahead, wire::Frame* out, std::size_t max) {
    return each_record<Swapped, Nano, Fcs>(cur, end, fixed, read_ahead, max,
                                           [&out](const wire::Frame& f) {
                                               *out++ = f;
                                               return true;
                                           });
}

/// The records of a burst, decoded one by one as they are found; it ends before one that is not in
/// step.
template <bool Nano, bool Sharded>
Reader::Decoded walk_and_decode(const std::uint8_t*& cur, const std::uint8_t* end,
                                const Fixed& fixed, ReadAhead& read_ahead, StampWalk& stamps,
                                const wire::DecodeInto& into, wire::Observation* out) {
    wire::Decoder<Sharded> decoder(into, out);
    StampWalk in_registers = stamps;
    const std::size_t n = each_record<false, Nano, false>(
        cur, end, fixed, read_ahead, wire::kBurst, [&](const wire::Frame& f) {
            if (!in_registers.in_step(f.time)) [[unlikely]]
                return false;
            decoder.take(f);
            return true;
        });
    stamps = in_registers;
    return {n, decoder.finish(n)};
}

/// The two lengths of the record at `p`.
struct RecordLengths {
    std::uint32_t captured;
    std::uint32_t wire;
};
template <bool Swapped>
RecordLengths lengths_at(const std::uint8_t* p, Lengths order) {
    const std::uint32_t first = load32<Swapped>(p + 8);
    const std::uint32_t second = load32<Swapped>(p + 12);
    const bool wire_first =
        order == Lengths::wire_first || (order == Lengths::larger_is_wire && first > second);
    return wire_first ? RecordLengths{second, first} : RecordLengths{first, second};
}

/// The same for files of old or modified formats: slower, for any record.
template <bool Swapped>
std::size_t walk_odd(const std::uint8_t*& cur, const std::uint8_t* end, const Fixed& fixed,
                     ReadAhead&, wire::Frame* out, std::size_t max) {
    std::size_t n = 0;
    while (n < max && static_cast<std::size_t>(end - cur) >= fixed.record) {
        const RecordLengths l = lengths_at<Swapped>(cur, fixed.lengths);
        if (l.captured > kMaxCaptured
            || l.captured > static_cast<std::size_t>(end - cur) - fixed.record)
            break;
        const std::uint32_t wirelen = std::max(l.wire, l.captured);
        wire::Frame& to = out[n++] = fixed.frame;
        to.data = cur + fixed.record;
        to.wirelen = wirelen - std::min(wirelen, fixed.fcs);
        to.caplen = std::min(l.captured, to.wirelen);
        to.time =
            TimeNs{load32<Swapped>(cur)} * 1'000'000'000 + TimeNs{load32<Swapped>(cur + 4)} * 1000;
        cur += fixed.record + l.captured;
    }
    return n;
}

using Walk = std::size_t (*)(const std::uint8_t*&, const std::uint8_t*, const Fixed&, ReadAhead&,
                             wire::Frame*, std::size_t);

/// What the file header says of all records.
struct Header {
    bool swapped;
    bool nano;
    std::uint32_t fcs;
    wire::LinkType link;
    std::size_t record;
    Lengths lengths;
};

using WalkAndDecode = Reader::Decoded (*)(const std::uint8_t*&, const std::uint8_t*, const Fixed&,
                                          ReadAhead&, StampWalk&, const wire::DecodeInto&,
                                          wire::Observation*);
/// For the captures that are written today; nullptr for the rest.
WalkAndDecode choose_walk_and_decode(const Header& h, bool sharded) {
    if (h.swapped || h.fcs != 0 || h.record != kPcapRecord || h.lengths != Lengths::captured_first
        || h.link != wire::LinkType::ethernet)
        return nullptr;
    if (sharded) return h.nano ? walk_and_decode<true, true> : walk_and_decode<false, true>;
    return h.nano ? walk_and_decode<true, false> : walk_and_decode<false, false>;
}

template <bool Swapped>
Walk choose_walk(const Header& h) {
    if (h.record != kPcapRecord || h.lengths != Lengths::captured_first) return walk_odd<Swapped>;
    if (h.nano) return h.fcs != 0 ? walk<Swapped, true, true> : walk<Swapped, true, false>;
    return h.fcs != 0 ? walk<Swapped, false, true> : walk<Swapped, false, false>;
}

class PcapReader final : public WindowReader {
public:
    PcapReader(std::unique_ptr<Window> window, const std::string& path, const Header& header)
        : WindowReader(std::move(window), path), header_(header),
          walk_(header.swapped ? choose_walk<true>(header) : choose_walk<false>(header)) {
        info_.format = Format::pcap;
        info_.link = header.link;
        info_.nanoseconds = header.nano;
        info_.fcs_octets = header.fcs;
        position_ = window_->offset();
    }

    std::optional<TimeNs> first_time() override {
        wire::Frame first;
        ReadAhead ahead;
        const std::uint8_t* at = window_->cur;
        if (!window_->of_file() || !bring_record()
            || walk_(at = window_->cur, window_->end, fixed(), ahead, &first, 1) == 0)
            return std::nullopt;
        return first.time;
    }

protected:
    std::size_t take(wire::Frame* out, std::size_t max) override {
        if (ended_ || max == 0) return 0;
        const Fixed same = fixed();
        for (;;) {
            const std::size_t n = walk_(window_->cur, window_->end, same, ahead_, out, max);
            position_ = window_->offset();
            if (n != 0) {
                if (info_.link == wire::LinkType::linux_sll2) [[unlikely]]
                    tell_interfaces(out, n);
                return n;
            }
            if (!bring_record()) return 0;
        }
    }

    Decoded take_decoded(const wire::DecodeInto& into, wire::Observation* out) override {
        const WalkAndDecode walk =
            into.whole_frames() ? nullptr : choose_walk_and_decode(header_, into.shard.count != 1);
        if (walk == nullptr) return decode_next(into, out);
        if (ended_) return {};
        const Fixed same = fixed();
        for (;;) {
            StampWalk stamps = stamp_walk();
            const Decoded made = walk(window_->cur, window_->end, same, ahead_, stamps, into, out);
            position_ = window_->offset();
            if (made.frames != 0) {
                passed(stamps);
                return made;
            }
            if (stamps.stopped()) return decode_next(into, out);
            if (!bring_record()) return {};
        }
    }

private:
    Fixed fixed() const {
        return {{nullptr, 0, 0, 0, info_.link, source_, 0},
                header_.fcs,
                header_.record,
                header_.lengths};
    }
    /// Cooked v2 names the interface of each frame.
    void tell_interfaces(wire::Frame* frames, std::size_t n) const {
        constexpr std::size_t kInterface = 4;
        for (wire::Frame& f : std::span(frames, n))
            if (f.caplen >= kInterface + 4)
                f.source = wire::frame_source(source_, load_be<std::uint32_t>(f.data + kInterface));
    }
    /// Cold: the record at the window's position is not at hand whole. Fetches it, or says how the
    /// capture ends.
    bool bring_record() {
        const std::uint64_t at = window_->offset();
        if (!window_->need(header_.record)) {
            ran_out(at, "record header cut");
            return false;
        }
        const std::uint32_t caplen =
            (header_.swapped ? lengths_at<true>(window_->cur, header_.lengths)
                             : lengths_at<false>(window_->cur, header_.lengths))
                .captured;
        if (caplen > kMaxCaptured) {
            cut(at, "record of " + std::to_string(caplen) + " octets");
            return false;
        }
        if (!window_->need(header_.record + caplen)) {
            ran_out(at, "record cut");
            return false;
        }
        return true;
    }

    const Header header_;
    const Walk walk_;
    ReadAhead ahead_;
};

} // namespace

bool is_pcap_magic(std::uint32_t magic) {
    for (const std::uint32_t known : {kMicroseconds, kNanoseconds, kModified})
        if (magic == known || bswap(magic) == known) return true;
    return false;
}

Result<std::unique_ptr<Reader>> open_pcap(std::unique_ptr<Window> window, const std::string& path) {
    if (!window->need(kPcapHeader))
        return Error{"the file header is cut: " + std::to_string(window->at_hand()) + " of "
                         + std::to_string(kPcapHeader) + " octets",
                     path, "capture again"};
    const std::uint8_t* const header = window->cur;
    const auto magic = load_raw<std::uint32_t>(header);
    const bool swapped = magic != kMicroseconds && magic != kNanoseconds && magic != kModified;
    const auto load = [&](std::size_t at) {
        return swapped ? load32<true>(header + at) : load32<false>(header + at);
    };
    const auto raw_version = load_raw<std::uint16_t>(header + 4);
    const std::uint16_t major = swapped ? bswap(raw_version) : raw_version;
    const auto raw_minor = load_raw<std::uint16_t>(header + 6);
    const std::uint16_t minor = swapped ? bswap(raw_minor) : raw_minor;
    if (major != 2)
        return Error{"pcap version " + std::to_string(major) + "." + std::to_string(minor)
                         + " is not read",
                     path, "convert it to 2.4: editcap -F pcap"};
    const std::uint32_t network = load(20);
    // Bits 28-31 count the octets of the FCS in units of two; bit 26 says that they mean something.
    const std::uint32_t fcs = (network & 0x04000000U) != 0 ? (network >> 28) * 2 : 0;
    const std::uint32_t number = network & 0x03FFFFFFU;
    const wire::LinkType link = translate_link(number);
    if (link == wire::LinkType::unsupported) return unsupported_link(number, path);
    window->cur += kPcapHeader;
    const Header found{swapped,
                       load(0) == kNanoseconds,
                       fcs,
                       link,
                       load(0) == kModified ? kModifiedRecord : kPcapRecord,
                       minor < 3    ? Lengths::wire_first
                       : minor == 3 ? Lengths::larger_is_wire
                                    : Lengths::captured_first};
    return std::unique_ptr<Reader>(std::make_unique<PcapReader>(std::move(window), path, found));
}

} // namespace lacuna::capture
