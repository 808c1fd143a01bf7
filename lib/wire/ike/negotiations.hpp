// What IKE shows in clear (RFC 7296 3.1, RFC 2408 3.1): which exchanges took place between whom,
// and which had to be sent again.
#pragma once

#include "wire/observation.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

namespace lacuna::wire {

/// The fixed header, 28 octets.
struct IkeHeader {
    std::uint64_t initiator = 0; ///< SPI of who began the IKE SA
    std::uint64_t responder = 0; ///< 0 in the first message
    std::uint8_t version = 0;    ///< major in the upper four bits
    std::uint8_t exchange = 0;   ///< exchange type
    std::uint8_t flags = 0;      ///< of version 2: 0x20 response, 0x08 from who began the IKE SA
    std::uint32_t message = 0;   ///< message id

    bool response() const { return version >> 4 == 2 && (flags & 0x20) != 0; }
};

/// Reads the header; false: `size` octets hold none of version 1 or 2.
bool read_ike(const std::uint8_t* data, std::size_t size, IkeHeader& out);

/// "IKE_SA_INIT", "CREATE_CHILD_SA", "quick-mode", ...; null: no type of the standards.
const char* ike_exchange_name(std::uint8_t version, std::uint8_t exchange);

/// One message of an exchange, each way for itself.
struct IkeMessage {
    IkeHeader header;
    Family family = Family::none;
    std::uint8_t src[16] = {}; ///< 4 or 16 octets
    std::uint8_t dst[16] = {};
    TimeNs first_time = 0;
    TimeNs last_time = 0;
    std::uint32_t copies = 0; ///< times it was sent; more than one: retransmitted
};

/// The latest messages, bounded and copied as octets: a part of FrameCounts. One writer.
class Negotiations {
public:
    static constexpr std::size_t kMost = 512;

    /// The octets of an IKE message between these addresses. Allocates nothing.
    void take(const std::uint8_t* data, std::size_t size, Family family, const std::uint8_t* src,
              const std::uint8_t* dst, TimeNs time);

    /// In no order: the oldest are written over once there are kMost.
    std::span<const IkeMessage> messages() const { return {message_, kept_}; }
    std::uint64_t total() const { return total_; } ///< messages ever, retransmissions left out
    std::uint64_t retransmitted() const { return retransmitted_; }

    /// Adds what another decoder of the same stream of frames saw.
    Negotiations& operator+=(const Negotiations& o);

private:
    void add(const IkeMessage& m);

    IkeMessage message_[kMost] = {};
    std::uint32_t kept_ = 0;
    std::uint64_t total_ = 0;
    std::uint64_t retransmitted_ = 0;
};

} // namespace lacuna::wire
