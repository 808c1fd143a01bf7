// Fields that know their number: the end of a record, where later programs add what earlier ones
// skip. Inside lib/store only.
#pragma once

#include "store/records/bytes.hpp"

namespace lacuna::store {

/// Appends fields to a record: tag and form as one `var` (tag * 2, + 1 where octets follow), then a
/// `var`, or a `var` length and so many octets.
class TaggedWriter {
public:
    explicit TaggedWriter(ByteWriter& w) : w_(w) {}

    void number(std::uint64_t tag, std::uint64_t v) {
        w_.var(tag * 2);
        w_.var(v);
    }
    void octets(std::uint64_t tag, std::string_view v) {
        w_.var(tag * 2 + 1);
        w_.var(v.size());
        w_.raw(v.data(), v.size());
    }

private:
    ByteWriter& w_;
};

/// A field as it was read; either `number` or `octets` means something.
struct Tagged {
    std::uint64_t tag = 0;
    std::uint64_t number = 0;
    std::string_view octets;
};

/// Hands each field up to the end of the record to `fn`; damaged ones make the reader fail.
template <typename Fn>
void each_tagged(ByteReader& r, Fn fn) {
    while (r.ok() && r.left() != 0) {
        Tagged field;
        const std::uint64_t key = r.var();
        field.tag = key / 2;
        const std::uint64_t v = r.var();
        if (key % 2 == 0)
            field.number = v;
        else
            field.octets = r.octets(v);
        if (r.ok()) fn(field);
    }
}

} // namespace lacuna::store
