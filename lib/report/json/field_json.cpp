#include "report/json/field_json.hpp"

#include "base/time_text.hpp"

#include <algorithm>
#include <tuple>
#include <vector>

namespace lacuna::report {
namespace {

using flow::Field;
using flow::Kind;

template <typename T>
void append(std::string& out, const Field& f, const flow::Value<T>& value, const T& of) {
    std::visit(
        [&](const auto where) {
            using Where = std::remove_const_t<decltype(where)>;
            if constexpr (std::same_as<Where, flow::CountAt<T>>)
                append_decimal(out, of.*where);
            else if constexpr (std::same_as<Where, flow::NumberAt<T>>)
                f.kind == Kind::time ? append_rfc3339(out, of.*where)
                                     : append_decimal(out, of.*where);
            else if constexpr (std::same_as<Where, flow::FlagAt<T>>)
                out += of.*where != 0 ? "true" : "false";
            else if constexpr (std::same_as<Where, flow::DerivedCount<T>>)
                append_decimal(out, where(of));
            else if constexpr (std::same_as<Where, flow::DerivedRatio<T>>)
                append_fixed(out, where(of), f.digits);
            else if constexpr (std::same_as<Where, flow::AppendText<T>>)
                where(out, of);
        },
        value);
}

template <typename T>
void write(JsonWriter& json, const Field& f, const flow::Value<T>& value, const T& of) {
    if (f.kind == Kind::histogram) {
        write_histogram(json, of.*std::get<flow::HistogramAt<T>>(value));
    } else if (f.kind == Kind::text) {
        std::string text;
        append(text, f, value, of);
        json.value(text);
    } else {
        const char* const quote = f.kind == Kind::time ? "\"" : "";
        std::string& out = json.text();
        out += quote;
        append(out, f, value, of);
        out += quote;
    }
}

/// Where a field stands among the totals.
std::tuple<int, int, bool> place_in_totals(const Field& f) {
    const int form = f.kind == Kind::histogram ? 2 : f.kind == Kind::ratio ? 1 : 0;
    return {form, f.since, f.sum == flow::Sum::max};
}

/// The fields a view shows, by their place there.
template <typename Place>
std::vector<const Field*> ordered_fields(flow::View view, Place place) {
    std::vector<const Field*> all;
    for (const Field& f : flow::kFields)
        if ((f.in & view) != 0) all.push_back(&f);
    std::stable_sort(all.begin(), all.end(),
                     [&place](const Field* a, const Field* b) { return place(*a) < place(*b); });
    return all;
}

} // namespace

void append_plain(std::string& out, const Field& f, const flow::SaSummary& s) {
    append(out, f, f.sa, s);
}

void append_plain(std::string& out, const Field& f, const flow::Totals& t) {
    append(out, f, f.total, t);
}

void write_value(JsonWriter& json, const Field& f, const flow::SaSummary& s) {
    write(json, f, f.sa, s);
}

void write_value(JsonWriter& json, const Field& f, const flow::Totals& t) {
    write(json, f, f.total, t);
}

void write_histogram(JsonWriter& json, const Log2Histogram& h) {
    json.begin_object();
    for (std::size_t k = 0; k < kLog2Buckets; ++k)
        if (h[k] != 0) json.key(std::uint64_t{1} << k).value(h[k]);
    json.end_object();
}

std::span<const Field* const> total_fields() {
    static const auto list = ordered_fields(flow::kTotals, place_in_totals);
    return list;
}

std::span<const Field* const> csv_fields() {
    static const auto list =
        ordered_fields(flow::kCsv, [](const Field& f) { return int{f.since}; });
    return list;
}

void write_totals(JsonWriter& json, const flow::Totals& t) {
    for (const Field* f : total_fields()) {
        json.key(f->name);
        write_value(json, *f, t);
    }
}

void write_totals(JsonWriter& json, const flow::RunFigures& f) {
    write_totals(json, f.totals);
    if (f.tunnels) json.member("tunnels", *f.tunnels);
}

} // namespace lacuna::report
