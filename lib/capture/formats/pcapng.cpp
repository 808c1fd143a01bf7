// pcapng captures (draft-ietf-opsawg-pcapng): sections of blocks, each section in the byte order of
// the machine that wrote it.
#include "capture/formats/link.hpp"
#include "capture/formats/pcapng_block.hpp"
#include "capture/formats/window_reader.hpp"
#include "wire/frame_source.hpp"

#include <algorithm>
#include <vector>

namespace lacuna::capture {

namespace {

constexpr std::uint32_t kByteOrder = 0x1A2B3C4D;
constexpr std::uint32_t kSectionBody = 28; ///< shortest section header block
constexpr std::size_t kMaxInterfaces = 65536;
constexpr std::uint64_t kNoFrame = UINT64_MAX;

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

    std::optional<TimeNs> first_time() override {
        if (!window_->of_file() || !peek_packet()) return std::nullopt;
        const std::uint32_t length = load32(window_->cur + 4);
        Found found;
        if (length > kMaxBlock || !window_->need(length) || fault_at(length, found) != nullptr)
            return std::nullopt;
        return found.time;
    }

    DropPlan survey_drops() override {
        wire::Frame frames[wire::kBurst];
        while (next(frames, wire::kBurst) != 0) {
        }
        std::stable_sort(
            plan_.begin(), plan_.end(),
            [](const PlacedDrops& a, const PlacedDrops& b) { return a.frame < b.frame; });
        return std::move(plan_);
    }

    void expect(std::shared_ptr<const DropPlan> plan) override {
        expected_ = std::move(plan);
        next_expected();
    }

protected:
    std::size_t take(wire::Frame* out, std::size_t max) override {
        std::size_t n = 0;
        at_loss_ = false;
        while (n < max && !ended_) {
            n += swapped_ ? take_packets<true>(out + n, max - n, n != 0)
                          : take_packets<false>(out + n, max - n, n != 0);
            if (n == max || at_loss_ || !step(n != 0)) break;
        }
        position_ = window_->offset();
        // What was lost behind the last frame no number reveals.
        for (; ended_ && expected_frame_ != kNoFrame; next_expected())
            dropped_ += (*expected_)[expected_at_ - 1].drops.frames;
        return n;
    }

private:
    /// A packet block, and what there is to know of it before it is taken.
    struct Found {
        Packet packet;
        const Interface* from = nullptr;
        TimeNs time = 0;
    };

    std::uint32_t load32(const std::uint8_t* p) const {
        return swapped_ ? load_as<true, std::uint32_t>(p) : load_as<false, std::uint32_t>(p);
    }

    bool peek_packet() {
        return window_->at_hand() >= kBlockFrame && order_known_ && is_packet(load32(window_->cur));
    }

    /// Packet blocks that are at hand whole become frames; stops at any other block, which step()
    /// then handles, and before a loss, which is told before its first frame only. `hold`: there
    /// are frames before.
    template <bool Swapped>
    std::size_t take_packets(wire::Frame* out, std::size_t max, bool hold) {
        const std::uint8_t* p = window_->cur;
        const std::uint8_t* const end = window_->end;
        ReadAhead ahead = ahead_;
        std::size_t n = 0;
        while (n < max && static_cast<std::size_t>(end - p) >= kBlockFrame) {
            const auto length = load_as<Swapped, std::uint32_t>(p + 4);
            if (length > static_cast<std::size_t>(end - p)) break;
            ahead.pass(p, length);
            Found found;
            if (parse_frame<Swapped>(p, length, found) != nullptr) break;
            if (found.packet.options.drops != 0 || frames_ == expected_frame_) [[unlikely]] {
                at_loss_ = hold || n != 0;
                if (at_loss_) break;
                tell_losses(found);
            }
            interfaces_[found.packet.interface].losses.packet(found.time, frames_);
            out[n] = frame_of(found);
            last_time_ = found.time;
            ++frames_;
            ++n;
            p += length;
        }
        window_->cur = p;
        ahead_ = ahead;
        return n;
    }

    /// Finds the packet in the block at `p`; nullptr, or what is wrong with it; "" if it is no
    /// packet block.
    template <bool Swapped>
    const char* parse_frame(const std::uint8_t* p, std::uint32_t length, Found& out) const {
        const auto type = load_as<Swapped, std::uint32_t>(p);
        if (!is_packet(type)) return "";
        if (const char* fault = block_length_fault(length)) return fault;
        if (length > kMaxBlock) return "block of impossible length";
        if (load_as<Swapped, std::uint32_t>(p + length - 4) != length)
            return "block whose two lengths differ";
        const std::uint32_t snaplen = interfaces_.empty() ? 0 : interfaces_.front().snaplen;
        if (const char* fault =
                parse_packet<Swapped>(static_cast<BlockType>(type), p, length, snaplen, out.packet))
            return fault;
        if (out.packet.interface >= interfaces_.size()) return "packet of an undescribed interface";
        out.from = &interfaces_[out.packet.interface];
        out.time = out.packet.timed ? out.from->clock.to_ns(out.packet.ticks) : last_time_;
        return nullptr;
    }
    const char* fault_at(std::uint32_t length, Found& out) const {
        return swapped_ ? parse_frame<true>(window_->cur, length, out)
                        : parse_frame<false>(window_->cur, length, out);
    }
    wire::Frame frame_of(const Found& f) const {
        const std::uint32_t fcs = f.packet.options.fcs != 0 ? f.packet.options.fcs : f.from->fcs;
        const std::uint32_t wirelen = f.packet.wirelen - std::min(f.packet.wirelen, fcs);
        return {f.packet.data,
                std::min(f.packet.caplen, wirelen),
                wirelen,
                f.time,
                f.from->link,
                wire::frame_source(source_, f.packet.interface),
                0};
    }

    /// Cold: what was lost before the packet about to be taken.
    void tell_losses(const Found& f) {
        for (; frames_ == expected_frame_; next_expected())
            tell((*expected_)[expected_at_ - 1].drops);
        if (f.packet.options.drops != 0)
            tell(interfaces_[f.packet.interface].losses.before_packet(f.time,
                                                                      f.packet.options.drops));
    }
    void next_expected() {
        const bool more = expected_ && expected_at_ < expected_->size();
        expected_frame_ = more ? (*expected_)[expected_at_++].frame : kNoFrame;
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
        const bool statistics =
            type == static_cast<std::uint32_t>(BlockType::statistics) && length <= kMaxBlock;
        if (!packet && !statistics && type != static_cast<std::uint32_t>(BlockType::interface))
            return skip_block(length, hold, at);
        if (length > kMaxBlock) return refuse(at, "block of impossible length");
        const bool at_hand = length <= window_->at_hand();
        if (!bring(length, hold, at, "block cut")) return false;
        if (load32(window_->cur + length - 4) != length)
            return refuse(at, "block whose two lengths differ");
        if (statistics) return count_losses(length);
        if (!packet) return describe(length, at);
        if (!at_hand) return true;
        Found unused;
        const char* fault = fault_at(length, unused);
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

    /// Statistics of an interface. What they tell of a file was told before the frames it concerns,
    /// if somebody surveyed it.
    bool count_losses(std::uint32_t length) {
        Statistics seen;
        const bool whole = swapped_ ? parse_statistics<true>(window_->cur, length, seen)
                                    : parse_statistics<false>(window_->cur, length, seen);
        window_->cur += length;
        // Damaged ones are not worth losing the packets that follow.
        if (!whole || !seen.drops || seen.interface >= interfaces_.size()) return true;
        Interface& of = interfaces_[seen.interface];
        const auto rest = of.losses.statistics(of.clock.to_ns(seen.ticks), frames_, *seen.drops);
        if (!rest) return true;
        if (window_->size() == 0) {
            dropped_ += rest->drops.frames;
            dropped_unplaced_ += rest->drops.frames;
        } else if (expected_ == nullptr) {
            plan_.push_back({rest->frame, rest->drops});
        }
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
    std::uint64_t frames_ = 0;        ///< taken so far
    std::shared_ptr<const DropPlan> expected_;
    std::size_t expected_at_ = 0;             ///< in `expected_`, behind what expected_frame_ is of
    std::uint64_t expected_frame_ = kNoFrame; ///< before it a loss of `expected_` is to be told
    bool at_loss_ = false;                    ///< the burst ends before a loss
    DropPlan plan_;                           ///< of a file, as far as it was read without a plan
    TimeNs last_time_ = 0;                    ///< stands in for packets without a time
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
