// Text ids of secure associations, as people and URLs see them.
#pragma once

#include "base/fixed_text.hpp"
#include "wire/observation.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace lacuna::wire {

/// `macsec-<sci 16 hex>-<an>`, `esp-<spi 8 hex>-<dst>`, `ah-<spi 8 hex>-<dst>`, to a multicast
/// destination with `-<src>` appended; of other protocols as IdForm says. Lower case, IPv6 in RFC
/// 5952 form. One of several counters of an identity (kOneOfSeveral) has `-<src>` as well, and
/// `#2`,
/// `#3` … where it shares that with others. At most 110 characters.
std::string sa_text(const SaIdentity& id);

/// The same without an allocation.
using IdText = FixedText<128>;
IdText id_text(const SaIdentity& id);

/// The reverse of sa_text(); nothing if `text` is not such an id. Accepts upper-case hex.
std::optional<SaIdentity> sa_parse(std::string_view text);

/// The 5-tuple of a TCP or UDP observation: `tcp-<src>-<port>-<dst>-<port>`.
std::string transport_text(const SaIdentity& id);

/// Where the packet came from, `id` being that of an Observation: an address, a MAC address as
/// `02:00:00:00:00:01`, or nothing where a MACsec SCI was on the wire.
std::string source_text(const SaIdentity& id);

/// Where it went to: an address; MACsec: MAC address and port of the SCI as `02:00:00:00:00:01/1`.
std::string destination_text(const SaIdentity& id);

/// An address of the family of `key`: of IPv4, of IPv6, or a MAC address.
std::string address_text(const SaKey& key, const std::uint8_t* octets);

/// The SCI of a MACsec identity as 16 hex digits.
std::string sci_text(const SaKey& key);

} // namespace lacuna::wire
