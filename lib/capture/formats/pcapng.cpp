// pcapng captures (draft-ietf-opsawg-pcapng): sections of blocks, each section in the byte order of
// the machine that wrote it.
#include "capture/formats/link.hpp"
#include "capture/formats/pcapng_block.hpp"
#include "capture/formats/window_reader.hpp"

#include <algorithm>
#include <vector>

namespace lacuna::capture {

namespace {

constexpr std::uint32_t kByteOrder = 0x1A2B3C4D;
constexpr std::uint32_t kSectionBody = 28; ///< shortest section header block
constexpr std::size_t kMaxInterfaces = 65536;

bool is_packet(std::uint32_t type) {
    return type == static_cast<std::uint32_t>(BlockType::packet)
           || type == static_cast<std::uint32_t>(BlockType::simple_packet)
           || type == static_cast<std::uint32_t>(BlockType::enhanced_packet);
}

class PcapngReader final : public WindowReader {
public:
    PcapngReader(std::unique_ptr<Window> window, const std::string& path)
        : WindowReader(std::move(window), path) {
        info_.format = Format::pcapng;
    }

    /// Reads up to the first packet (of a pipe: up to the first interface), so that info() tells
    /// what is to come.
    Status begin(const std::string& path) {
        while (!(peek_packet() || (window_->size() == 0 && described_)))
            if (!step(false)) break;
        position_ = window_->offset();
        if (!order_known_) return Error{"not a capture: " + end_.reason, path, ""};
        if (described_ && info_.link == wire::LinkType::unsupported)
            return unsupported_link(first_number_, path);
        return {};
    }

    std::size_t next(wire::Frame* out, std::size_t max) override {
        std::size_t n = 0;
        while (n < max && !ended_) {
            n += swapped_ ? take<true>(out + n, max - n) : take<false>(out + n, max - n);
            if (n == max || !step(n != 0)) break;
        }
        position_ = window_->offset();
        return n;
    }

private:
    std::uint32_t load32(const std::uint8_t* p) const {
        return swapped_ ? load_as<true, std::uint32_t>(p) : load_as<false, std::uint32_t>(p);
    }

    bool peek_packet() {
        return window_->at_hand() >= kBlockFrame && order_known_ && is_packet(load32(window_->cur));
    }

    /// Packet blocks that are at hand whole become frames; stops at any other block, which step()
    /// then handles.
    template <bool Swapped>
    std::size_t take(wire::Frame* out, std::size_t max) {
        const std::uint8_t* p = window_->cur;
        const std::uint8_t* const end = window_->end;
        ReadAhead ahead = ahead_;
        std::size_t n = 0;
        while (n < max && static_cast<std::size_t>(end - p) >= kBlockFrame) {
            const auto length = load_as<Swapped, std::uint32_t>(p + 4);
            if (length > static_cast<std::size_t>(end - p)) break;
            ahead.pass(p, length);
            if (frame_of<Swapped>(p, length, out[n]) != nullptr) break;
            ++n;
            p += length;
        }
        window_->cur = p;
        ahead_ = ahead;
        return n;
    }

    /// The frame in the block at `p`, or what is wrong with it; "" if it is no packet block.
    template <bool Swapped>
    const char* frame_of(const std::uint8_t* p, std::uint32_t length, wire::Frame& out) {
        const auto type = load_as<Swapped, std::uint32_t>(p);
        if (!is_packet(type)) return "";
        if (const char* fault = block_length_fault(length)) return fault;
        if (length > kMaxBlock) return "block of impossible length";
        if (load_as<Swapped, std::uint32_t>(p + length - 4) != length)
            return "block whose two lengths differ";
        Packet packet;
        const std::uint32_t snaplen = interfaces_.empty() ? 0 : interfaces_.front().snaplen;
        if (const char* fault =
                parse_packet<Swapped>(static_cast<BlockType>(type), p, length, snaplen, packet))
            return fault;
        if (packet.interface >= interfaces_.size()) return "packet of an undescribed interface";
        const Interface& from = interfaces_[packet.interface];
        if (packet.timed) last_time_ = from.clock.to_ns(packet.ticks);
        const std::uint32_t fcs = packet.fcs != 0 ? packet.fcs : from.fcs;
        const std::uint32_t wirelen = packet.wirelen - std::min(packet.wirelen, fcs);
        out = {packet.data,
               std::min(packet.caplen, wirelen),
               wirelen,
               last_time_,
               from.link,
               source_,
               0};
        return nullptr;
    }

    /// Cold: one block that is no packet, or the refill of the window, or the end. `hold`: frames
    /// handed out before must stay valid. False: nothing more can be done now.
    bool step(bool hold) {
        const std::uint64_t at = window_->offset();
        if (!bring(kBlockFrame, hold, at, "block header cut")) return false;
        if (load_raw<std::uint32_t>(window_->cur) == kSectionHeader) return section(hold, at);
        const std::uint32_t type = load32(window_->cur);
        const std::uint32_t length = load32(window_->cur + 4);
        if (const char* fault = block_length_fault(length)) return refuse(at, fault);
        const bool packet = is_packet(type);
        if (!packet && type != static_cast<std::uint32_t>(BlockType::interface))
            return skip_block(length, hold, at);
        if (length > kMaxBlock) return refuse(at, "block of impossible length");
        const bool at_hand = length <= window_->at_hand();
        if (!bring(length, hold, at, "block cut")) return false;
        if (load32(window_->cur + length - 4) != length)
            return refuse(at, "block whose two lengths differ");
        if (!packet) return describe(length, at);
        if (!at_hand) return true;
        wire::Frame unused;
        const char* fault = swapped_ ? frame_of<true>(window_->cur, length, unused)
                                     : frame_of<false>(window_->cur, length, unused);
        return fault == nullptr || refuse(at, fault);
    }

    /// Makes `n` octets readable at the window's position.
    bool bring(std::size_t n, bool hold, std::uint64_t at, const char* reason) {
        if (n <= window_->at_hand()) return true;
        if (hold) return false;
        if (window_->need(n)) return true;
        ran_out(at, reason);
        return false;
    }
    bool refuse(std::uint64_t at, const char* fault) {
        cut(at, fault);
        return false;
    }

    /// A section header: byte order and interfaces begin anew.
    bool section(bool hold, std::uint64_t at) {
        if (!bring(kSectionBody, hold, at, "section header cut")) return false;
        const auto order = load_raw<std::uint32_t>(window_->cur + 8);
        if (order != kByteOrder && bswap(order) != kByteOrder)
            return refuse(at, "section of unknown byte order");
        const bool before = swapped_;
        swapped_ = order != kByteOrder;
        const std::uint32_t length = load32(window_->cur + 4);
        const char* fault = block_length_fault(length);
        if (fault == nullptr && (length < kSectionBody || length > kMaxBlock))
            fault = "section header of impossible length";
        if (fault != nullptr) return refuse(at, fault);
        if (hold && length > window_->at_hand()) {
            swapped_ = before;
            return false;
        }
        if (!bring(length, false, at, "section header cut")) return false;
        if (load32(window_->cur + length - 4) != length)
            return refuse(at, "block whose two lengths differ");
        order_known_ = true;
        interfaces_.clear();
        window_->cur += length;
        return true;
    }

    bool describe(std::uint32_t length, std::uint64_t at) {
        Interface seen;
        const char* fault = swapped_ ? parse_interface<true>(window_->cur, length, seen)
                                     : parse_interface<false>(window_->cur, length, seen);
        if (fault == nullptr && interfaces_.size() == kMaxInterfaces) fault = "too many interfaces";
        if (fault != nullptr) return refuse(at, fault);
        if (!described_) {
            described_ = true;
            first_number_ = seen.number;
            first_snaplen_ = seen.snaplen;
            info_.link = seen.link;
            info_.fcs_octets = seen.fcs;
        }
        if (seen.link != info_.link) info_.mixed_links = true;
        if (seen.snaplen != first_snaplen_) info_.mixed_snaps = true;
        if (seen.clock.fine()) info_.nanoseconds = true;
        interfaces_.push_back(seen);
        window_->cur += length;
        return true;
    }

    /// A block lacuna has no use for, of any length.
    bool skip_block(std::uint32_t length, bool hold, std::uint64_t at) {
        if (length <= kMaxBlock) {
            if (!bring(length, hold, at, "block cut")) return false;
            window_->cur += length - 4;
        } else {
            if (hold && !window_->mapped()) return false;
            if (!window_->skip(length - 4) || !window_->need(4)) {
                ran_out(at, "block cut");
                return false;
            }
        }
        if (load32(window_->cur) != length) return refuse(at, "block whose two lengths differ");
        window_->cur += 4;
        return true;
    }

    bool swapped_ = false;
    bool order_known_ = false; ///< a section header was read
    bool described_ = false;   ///< an interface was ever described
    std::uint32_t first_number_ = 0;
    std::uint32_t first_snaplen_ = 0; ///< of the first interface
    TimeNs last_time_ = 0;            ///< stands in for packets without a time
    std::vector<Interface> interfaces_;
    ReadAhead ahead_;
};

} // namespace

Result<std::unique_ptr<Reader>> open_pcapng(std::unique_ptr<Window> window,
                                            const std::string& path) {
    auto reader = std::make_unique<PcapngReader>(std::move(window), path);
    if (Status status = reader->begin(path); !status) return status.error();
    return std::unique_ptr<Reader>(std::move(reader));
}

} // namespace lacuna::capture
