// Sources, and where the SAs of a source and SPI lie, should its destination move.
#pragma once

#include "base/reserved.hpp"
#include "flow/counters/identity.hpp"
#include "wire/identity_hash.hpp"

#include <bit>

namespace lacuna::flow {

/// Hashes of sources under a key of the process.
class Sources {
public:
    explicit Sources(const wire::HashKey& key) : key_(key) {}

    /// The source in `id`, with the destination. The same for all packets of an SCI on the wire.
    Source of(const wire::SaIdentity& id) const {
        return hash(wire::key_word(id.key, 1), wire::key_word(id.key, 2), id.src);
    }
    /// Protocol, SPI and source address of ESP and AH, whatever the destination.
    std::uint32_t spi_and_source(const wire::SaIdentity& id) const {
        std::uint64_t source = 0;
        if (id.key.family == wire::Family::ipv4) std::memcpy(&source, id.key.addr + 4, 4);
        const std::uint64_t head =
            std::uint64_t{id.key.spi} << 8 | static_cast<std::uint64_t>(id.key.protocol);
        return hash(head, source, id.src);
    }

private:
    std::uint32_t hash(std::uint64_t a, std::uint64_t b, const std::uint8_t* src) const {
        std::uint64_t s[2];
        std::memcpy(s, src, sizeof s);
        std::uint64_t h = wire::fold_multiply(a ^ key_.k[0], b ^ key_.k[1]);
        h = wire::fold_multiply(h ^ s[0] ^ key_.k[2], s[1] ^ key_.k[3]);
        return static_cast<std::uint32_t>(h ^ h >> 32);
    }

    wire::HashKey key_;
};

/// Where an SPI of a source was seen last. One entry a place, the latest wins: what is not found
/// is another identity. Bounded; one owner.
class LastSeen {
public:
    bool reserve(std::uint64_t rows) {
        mask_ = std::bit_ceil(2 * rows) - 1;
        memory_ = Reserved((mask_ + 1) * sizeof(Row));
        rows_ = static_cast<Row*>(memory_.get());
        return rows_ != nullptr;
    }
    /// A row to be checked, or kNoRow.
    Row find(std::uint32_t hash) const { return rows_[hash & mask_] - 1; }
    void put(std::uint32_t hash, Row row) { rows_[hash & mask_] = row + 1; }

private:
    Row* rows_ = nullptr; ///< row + 1
    std::uint64_t mask_ = 0;
    Reserved memory_;
};

} // namespace lacuna::flow
