// Fields to bytes and back: big-endian, bounds-checked, so that records compare and travel
// anywhere.
#pragma once

#include "base/endian.hpp"

#include <string>
#include <string_view>

namespace lacuna::store {

/// Flipped so that negative values sort before positive ones.
inline constexpr std::uint64_t kSign = std::uint64_t{1} << 63;

/// Appends fields to a string.
class ByteWriter {
public:
    explicit ByteWriter(std::string& out) : out_(out) {}

    void u8(std::uint8_t v) { out_.push_back(static_cast<char>(v)); }
    void u32(std::uint32_t v) { put(v); }
    void u64(std::uint64_t v) { put(v); }
    void i64(std::int64_t v) { put(static_cast<std::uint64_t>(v)); }
    /// Signed values in an order that bytes sort by.
    void ordered(std::int64_t v) { put(static_cast<std::uint64_t>(v) ^ kSign); }
    /// Seven bits an octet, the low ones first, the top bit set in all but the last (LEB128):
    /// counters are mostly small.
    void var(std::uint64_t v) {
        for (; v >= 0x80; v >>= 7)
            u8(static_cast<std::uint8_t>(v | 0x80));
        u8(static_cast<std::uint8_t>(v));
    }
    void raw(const void* p, std::size_t n) { out_.append(static_cast<const char*>(p), n); }
    void text(std::string_view s) {
        u32(static_cast<std::uint32_t>(s.size()));
        out_.append(s);
    }

private:
    template <typename T>
    void put(T v) {
        std::uint8_t octets[sizeof v];
        store_be(octets, v);
        raw(octets, sizeof octets);
    }
    std::string& out_;
};

/// Takes fields from the front of a string. Past the end every field is 0 and ok() is false.
class ByteReader {
public:
    explicit ByteReader(std::string_view in) : in_(in) {}

    std::uint8_t u8() {
        if (!has(1)) return 0;
        const auto v = static_cast<std::uint8_t>(in_.front());
        in_.remove_prefix(1);
        return v;
    }
    std::uint32_t u32() { return take<std::uint32_t>(); }
    std::uint64_t u64() { return take<std::uint64_t>(); }
    std::int64_t i64() { return static_cast<std::int64_t>(u64()); }
    std::int64_t ordered() { return static_cast<std::int64_t>(u64() ^ kSign); }
    std::uint64_t var() {
        std::uint64_t v = 0;
        for (unsigned shift = 0; shift < 64; shift += 7) {
            const std::uint8_t octet = u8();
            if (shift == 63 && octet > 1) break;
            v |= std::uint64_t{octet & 0x7Fu} << shift;
            if (octet < 0x80) return v;
        }
        ok_ = false; // more than 64 bits
        return 0;
    }
    bool raw(void* p, std::size_t n) {
        if (!has(n)) return false;
        std::memcpy(p, in_.data(), n);
        in_.remove_prefix(n);
        return true;
    }
    std::string text() { return std::string(octets(u32())); }
    /// The next `n`, which live as long as what is read from.
    std::string_view octets(std::uint64_t n) {
        if (!has(n)) return {};
        const std::string_view taken = in_.substr(0, n);
        in_.remove_prefix(n);
        return taken;
    }
    /// A field is not what it should be.
    void fail() { ok_ = false; }
    bool ok() const { return ok_; }
    std::size_t left() const { return in_.size(); }

private:
    bool has(std::size_t n) {
        ok_ = ok_ && in_.size() >= n;
        return ok_;
    }
    template <typename T>
    T take() {
        if (!has(sizeof(T))) return 0;
        const T v = load_be<T>(reinterpret_cast<const std::uint8_t*>(in_.data()));
        in_.remove_prefix(sizeof(T));
        return v;
    }
    std::string_view in_;
    bool ok_ = true;
};

} // namespace lacuna::store
