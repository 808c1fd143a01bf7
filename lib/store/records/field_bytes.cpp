#include "store/records/field_bytes.hpp"

#include "store/records/identity.hpp"

#include <algorithm>

namespace lacuna::store {
namespace {

using flow::kFieldCount;
using flow::kFields;

/// The rows of the table by their tags.
constexpr std::array<std::size_t, kFieldCount> kByTag = [] {
    std::array<std::size_t, kFieldCount> order{};
    for (std::size_t i = 0; i < kFieldCount; ++i)
        order[i] = i;
    std::sort(order.begin(), order.end(),
              [](std::size_t a, std::size_t b) { return kFields[a].tag < kFields[b].tag; });
    return order;
}();

template <typename T>
constexpr const flow::Value<T>& value_of(const flow::Field& f) {
    if constexpr (std::same_as<T, flow::Totals>)
        return f.total;
    else
        return f.sa;
}

template <std::size_t I, typename T, typename Fn>
void visit(T& of, Fn& fn) {
    using Plain = std::remove_const_t<T>;
    constexpr std::uint8_t tag = kFields[I].tag;
    constexpr const flow::Value<Plain>& where = value_of<Plain>(kFields[I]);
    if constexpr (tag == 0)
        return; // not stored, or apart
    else if constexpr (std::holds_alternative<flow::CountAt<Plain>>(where))
        fn(tag, of.*std::get<flow::CountAt<Plain>>(where));
    else if constexpr (std::holds_alternative<flow::FlagAt<Plain>>(where))
        fn(tag, of.*std::get<flow::FlagAt<Plain>>(where));
    else if constexpr (std::holds_alternative<flow::HistogramAt<Plain>>(where))
        fn(tag, of.*std::get<flow::HistogramAt<Plain>>(where));
}

/// Calls `fn(tag, member)` for all members that are stored, by their tags.
template <typename T, typename Fn>
void each_member(T& of, Fn fn) {
    [&]<std::size_t... I>(std::index_sequence<I...>) {
        (visit<kByTag[I]>(of, fn), ...);
    }
    (std::make_index_sequence<kFieldCount>());
}

/// Histograms are mostly empty: the number of buckets that are not, then each with its count.
void put_value(ByteWriter& w, const Log2Histogram& h) {
    w.u8(static_cast<std::uint8_t>(kLog2Buckets - std::count(std::begin(h), std::end(h), 0)));
    for (std::size_t k = 0; k < kLog2Buckets; ++k) {
        if (h[k] == 0) continue;
        w.u8(static_cast<std::uint8_t>(k));
        w.var(h[k]);
    }
}
void put_value(ByteWriter& w, std::uint64_t v) {
    w.var(v);
}

void get_value(ByteReader& r, Log2Histogram& h) {
    const std::uint8_t buckets = r.u8();
    for (std::uint8_t i = 0; i < buckets && r.ok(); ++i) {
        const std::uint8_t k = r.u8();
        if (k >= kLog2Buckets) r.fail();
        h[k < kLog2Buckets ? k : 0] = r.var();
    }
}
template <std::unsigned_integral T>
void get_value(ByteReader& r, T& v) {
    v = static_cast<T>(r.var());
}

/// A member behind the plain ones.
struct FurtherWriter {
    TaggedWriter to;

    void operator()(std::uint8_t tag, std::uint64_t v) {
        if (tag > flow::kLastPlain && v != 0) to.number(tag, v);
    }
    void operator()(std::uint8_t tag, const Log2Histogram& h) {
        if (tag <= flow::kLastPlain || std::count(std::begin(h), std::end(h), 0) == kLog2Buckets)
            return;
        std::string octets;
        ByteWriter w(octets);
        put_value(w, h);
        to.octets(tag, octets);
    }
};

struct FurtherReader {
    const Tagged& from;
    ByteReader& record;

    template <std::unsigned_integral T>
    void operator()(std::uint8_t tag, T& v) {
        if (tag == from.tag) v = static_cast<T>(from.number);
    }
    void operator()(std::uint8_t tag, Log2Histogram& h) {
        if (tag != from.tag) return;
        ByteReader r(from.octets);
        get_value(r, h);
        if (!r.ok()) record.fail();
    }
};

template <typename T>
void put_plain_of(ByteWriter& w, const T& of) {
    each_member(of, [&w](std::uint8_t tag, const auto& member) {
        if (tag <= flow::kLastPlain) put_value(w, member);
    });
}

template <typename T>
void get_plain_of(ByteReader& r, T& of) {
    each_member(of, [&r](std::uint8_t tag, auto& member) {
        if (tag <= flow::kLastPlain) get_value(r, member);
    });
}

template <typename T>
void get_further_of(const Tagged& field, ByteReader& r, T& of) {
    each_member(of, FurtherReader{field, r});
}

} // namespace

void put_plain(ByteWriter& w, const flow::SaSummary& s) {
    put_plain_of(w, s);
}
void put_plain(ByteWriter& w, const flow::Totals& t) {
    put_plain_of(w, t);
}
void get_plain(ByteReader& r, flow::SaSummary& s) {
    get_plain_of(r, s);
}
void get_plain(ByteReader& r, flow::Totals& t) {
    get_plain_of(r, t);
}
void put_further(ByteWriter& w, const flow::SaSummary& s) {
    each_member(s, FurtherWriter{TaggedWriter(w)});
    if (s.inside != 0) TaggedWriter(w).number(flow::kInsideTag, s.inside);
    if (s.vlan != 0) TaggedWriter(w).number(flow::kVlanTag, s.vlan);
    if (s.port != 0) TaggedWriter(w).number(flow::kPortTag, s.port);
    if (s.source == s.id) return;
    std::string octets;
    ByteWriter source(octets);
    put_identity(source, s.source);
    TaggedWriter(w).octets(flow::kSourceTag, octets);
}
void put_further(ByteWriter& w, const flow::Totals& t) {
    each_member(t, FurtherWriter{TaggedWriter(w)});
}
void get_further(ByteReader& r, flow::SaSummary& s) {
    s.source = s.id;
    each_tagged(r, [&](const Tagged& field) {
        get_further_of(field, r, s);
        if (field.tag == flow::kInsideTag && field.number < wire::kEncapsulations)
            s.inside = field.number;
        if (field.tag == flow::kVlanTag && field.number <= (wire::kTagged | wire::kVlanMask))
            s.vlan = static_cast<std::uint16_t>(field.number);
        if (field.tag == flow::kPortTag && field.number <= UINT16_MAX)
            s.port = static_cast<std::uint16_t>(field.number);
        if (field.tag != flow::kSourceTag) return;
        ByteReader source(field.octets);
        if (!get_identity(source, s.source)) r.fail();
    });
}
void get_further(ByteReader& r, flow::Totals& t) {
    each_tagged(r, [&](const Tagged& field) { get_further_of(field, r, t); });
}

} // namespace lacuna::store
