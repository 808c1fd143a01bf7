// What the layers of one frame share: where observations go, how the frame is counted, and what an
// outer header told about the inner ones.
#pragma once

#include "wire/decoding.hpp"
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

/// Of what both ends identify: the addresses as to a multicast destination, `number` beside them.
inline IdentityWords ends_identity(const IpHeader& ip, Protocol protocol, std::uint32_t number) {
    IdentityWords id;
    id.head = key_head(number, protocol, 0, ip.family, true);
    if (ip.family == Family::ipv6) {
        std::memcpy(id.addr, ip.dst, 16);
        std::memcpy(id.src, ip.src, 16);
    } else {
        id.addr[0] = four_octets(ip.dst, load_raw<std::uint32_t>(ip.src));
    }
    return id;
}

/// State of one frame while its layers are walked; finish() counts it. Lives on the stack of
/// decode_frame().
class Context {
public:
    Context(const Frame& frame, const HashKey& key, Observation* out, FrameCounts& counts,
            const Decoding& how)
        : frame_(frame), key_(key), out_(out), counts_(counts), how_(how) {}

    IpHeader ip;                         ///< set by the IP layers
    unsigned ip_headers = 0;             ///< IP headers walked since the last encapsulation
    std::uint8_t last_extension = 0;     ///< last IPv6 extension header walked
    const std::uint8_t* mac = kNoMac;    ///< source MAC address, 6 octets
    const std::uint8_t* to_mac = kNoMac; ///< destination MAC address, 6 octets
    std::uint16_t vlan = 0;              ///< of the innermost tag, with kTagged; 0: there is none

    /// The TCP or UDP ports of a packet: 4 octets in the frame, behind the header `ip` tells of.
    void transport(Protocol protocol, const std::uint8_t* ports) {
        transport_ = protocol;
        ports_ = ports;
    }

    std::uint16_t port() const { return frame_.source; }
    std::size_t observations() const { return n_; }

    /// The end of the frame: it is counted once, and its 5-tuple observed if that was asked for
    /// and it carries nothing else. Returns the observations made.
    std::size_t finish() {
        ++counts_.cls[static_cast<std::size_t>(class_)];
        if (class_ == FrameClass::other) {
            ++*other_;
            if (on_trial_ != nullptr) on_trial_->seq |= kCountedAsOther;
            if (how_.transport == Transport::observe && ports_ != nullptr && n_ < kMaxSasPerFrame)
                emit(out_[n_++], frame_, ends_identity(ip, transport_, load_be32(ports_)), 0, 0,
                     key_); // the ports, source above destination
        }
        return n_;
    }

    /// A numbered layer whose identity and number were read. Returns false if the frame carries
    /// more of them than are followed.
    bool observe(Protocol protocol, const IdentityWords& id, std::uint64_t seq,
                 std::uint8_t flags = 0) {
        if (is_link(protocol)) {
            if (!link_) class_ = class_of(protocol);
            link_ = classified_ = true;
        } else if (!classified_) {
            class_ = class_of(protocol);
            classified_ = true;
        }
        if (n_ == kMaxSasPerFrame) [[unlikely]] {
            ++counts_.nesting_cut;
            return false;
        }
        emit(out_[n_++], frame_, id, with_vlan(seq), static_cast<std::uint8_t>(flags | inside_),
             key_);
        return true;
    }

    /// The last layer of a frame, if it is what it looks like: the frame stays what it is without
    /// it, until whoever takes the observation believes the stream.
    void observe_on_trial(const IdentityWords& id, std::uint64_t seq) {
        if (n_ == kMaxSasPerFrame) return;
        on_trial_ = &out_[n_++];
        emit(*on_trial_, frame_, id, with_vlan(seq), static_cast<std::uint8_t>(kOnTrial | inside_),
             key_);
    }
    /// Whether such observations are wanted.
    bool trials() const { return how_.trials; }

    /// Whether a further counter was asked for.
    bool wants(Protocol counter) const { return (how_.counters & bit_of(counter)) != 0; }
    const UdpPorts& udp_ports() const { return *how_.ports; }
    const DeclaredCounters& declared() const { return *how_.declared; }

    /// Goes on inside an encapsulation; false: it is one more than are followed.
    bool enter(Encapsulation e) {
        inside_ = inside_flags(e);
        ports_ = nullptr;
        ip_headers = 0;
        return ++depth_ <= how_.depth;
    }
    Step too_deep() { return other(Role::deep); }

    /// Messages that say in clear what becomes of keys: read, and named.
    [[gnu::noinline]] Step mka(const Cursor& at) {
        counts_.mka.take(at.data(), at.size(), frame_.time);
        return other(Role::mka);
    }
    [[gnu::noinline]] Step ike(const Cursor& at) {
        counts_.ike.take(at.data(), at.size(), ip.family, ip.src, ip.dst, frame_.time);
        return other(Role::ike);
    }

    /// A secured layer whose identity or number cannot be read.
    Step malformed() {
        if (!classified_) class_ = FrameClass::malformed;
        classified_ = true;
        return Step::done();
    }

    /// The ways to end a frame that is no secured one. Behind a numbered layer they count nothing.
    Step other(Role role) { return other(counts_.role[static_cast<std::size_t>(role)]); }
    Step other_ethertype(std::uint16_t type) { return other(counts_.ethertype[type]); }
    Step other_protocol(std::uint8_t protocol) {
        return other(ip.family == Family::ipv6 ? counts_.ipv6[protocol] : counts_.ipv4[protocol]);
    }

private:
    static constexpr std::uint8_t kNoMac[6] = {};

    std::uint64_t with_vlan(std::uint64_t seq) const {
        return (seq & kSeqMask) | std::uint64_t{vlan} << kSeqBits;
    }

    Step other(std::uint64_t& counter) {
        other_ = &counter;
        return Step::done();
    }

    const Frame& frame_;
    const HashKey& key_;
    Observation* out_;
    FrameCounts& counts_;
    const Decoding& how_;
    std::size_t n_ = 0;
    FrameClass class_ = FrameClass::other;
    bool classified_ = false; ///< `class_` is that of a numbered or a malformed layer
    bool link_ = false;       ///< and that of an encrypted one
    std::uint8_t inside_ = 0;
    unsigned depth_ = 0;
    std::uint64_t* other_ = nullptr; ///< by what name an `other` frame is counted
    Protocol transport_{};
    const std::uint8_t* ports_ = nullptr;
    Observation* on_trial_ = nullptr;
};

} // namespace lacuna::wire
