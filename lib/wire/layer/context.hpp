// What the layers of one frame share: where observations go, how the frame is counted, and what an
// outer header told about the inner ones.
#pragma once

#include "wire/frame_counts.hpp"
#include "wire/layer/cursor.hpp"
#include "wire/layer/emit.hpp"

namespace lacuna::wire {

/// What a layer says comes next at the cursor.
struct Step {
    enum class Kind : std::uint8_t { done, ethertype, ip_protocol };
    Kind kind = Kind::done;
    std::uint16_t type = 0; ///< an EtherType (or an 802.3 length), or an IP protocol

    static constexpr Step ethertype(std::uint16_t t) { return {Kind::ethertype, t}; }
    static constexpr Step ip_protocol(std::uint8_t p) { return {Kind::ip_protocol, p}; }
    static constexpr Step done() { return {}; }
};

/// The innermost IP header so far. The addresses point into the frame.
struct IpHeader {
    const std::uint8_t* src = nullptr; ///< 4 or 16 octets
    const std::uint8_t* dst = nullptr;
    Family family = Family::none;
};

/// State of one frame while its layers are walked. Lives on the stack of decode_frame().
class Context {
public:
    Context(const Frame& frame, const HashKey& key, Observation* out, FrameCounts& counts)
        : frame_(frame), key_(key), out_(out), counts_(counts) {}

    IpHeader ip;                      ///< set by the IP layers
    unsigned ip_headers = 0;          ///< IP headers walked so far
    std::uint8_t last_extension = 0;  ///< last IPv6 extension header walked
    const std::uint8_t* mac = kNoMac; ///< source MAC address, 6 octets

    /// The TCP or UDP ports of a packet: 4 octets in the frame, behind the header `ip` tells of.
    void transport(Protocol protocol, const std::uint8_t* ports) {
        transport_ = protocol;
        ports_ = ports;
    }

    std::uint16_t port() const { return frame_.source; }
    std::size_t observations() const { return n_; }

    /// At the end of a frame without a secured layer: observes its 5-tuple, if it has one.
    void observe_transport() {
        if (ports_ == nullptr || !is_other_) return;
        emit(out_[n_++], frame_, transport_identity(), 0, 0, key_);
    }

    /// A secured layer whose identity and number were read. Returns false if the frame carries
    /// more of them than are followed.
    bool observe(Protocol protocol, const IdentityWords& id, std::uint64_t seq,
                 std::uint8_t flags = 0) {
        classify(static_cast<FrameClass>(protocol));
        if (n_ == kMaxSasPerFrame) [[unlikely]] {
            ++counts_.nesting_cut;
            return false;
        }
        emit(out_[n_++], frame_, id, seq, flags, key_);
        return true;
    }

    /// A secured layer whose identity or number cannot be read.
    Step malformed() {
        classify(FrameClass::malformed);
        return Step::done();
    }

    /// The ways to end a frame that is no secured one. Behind a secured layer they count nothing:
    /// the class is that of the outermost.
    Step other(Role role) { return other(counts_.role[static_cast<std::size_t>(role)]); }
    Step other_ethertype(std::uint16_t type) { return other(counts_.ethertype[type]); }
    Step other_protocol(std::uint8_t protocol) {
        return other(ip.family == Family::ipv6 ? counts_.ipv6[protocol] : counts_.ipv4[protocol]);
    }

private:
    static constexpr std::uint8_t kNoMac[6] = {};

    void classify(FrameClass c) {
        if (classified_) return;
        classified_ = true;
        ++counts_.cls[static_cast<std::size_t>(c)];
    }
    Step other(std::uint64_t& counter) {
        if (!classified_) {
            ++counter;
            is_other_ = true;
        }
        classify(FrameClass::other);
        return Step::done();
    }

    /// SaKey: the ports in `spi` (source above destination), the addresses as to a multicast
    /// destination, because both ends belong to the identity.
    IdentityWords transport_identity() const {
        IdentityWords id;
        id.head = key_head(load_be32(ports_), transport_, 0, ip.family, true);
        if (ip.family == Family::ipv6) {
            std::memcpy(id.addr, ip.dst, 16);
            std::memcpy(id.src, ip.src, 16);
        } else {
            id.addr[0] = four_octets(ip.dst, load_raw<std::uint32_t>(ip.src));
        }
        return id;
    }

    const Frame& frame_;
    const HashKey& key_;
    Observation* out_;
    FrameCounts& counts_;
    std::size_t n_ = 0;
    bool classified_ = false;
    bool is_other_ = false;
    Protocol transport_{};
    const std::uint8_t* ports_ = nullptr;
};

static_assert(static_cast<int>(Protocol::macsec) == static_cast<int>(FrameClass::macsec)
                  && static_cast<int>(Protocol::esp) == static_cast<int>(FrameClass::esp)
                  && static_cast<int>(Protocol::ah) == static_cast<int>(FrameClass::ah),
              "a secured layer's protocol is its frame class");

} // namespace lacuna::wire
