#include "flow/fields/order.hpp"

#include "flow/fields/table.hpp"

#include <bit>

namespace lacuna::flow {
namespace {

constexpr std::uint64_t kSign = std::uint64_t{1} << 63;

/// Negative values before positive ones.
std::uint64_t ordered(std::int64_t v) {
    return static_cast<std::uint64_t>(v) ^ kSign;
}

/// IEEE 754: without their sign, values are in the order of their bits.
std::uint64_t ordered(double v) {
    const auto bits = std::bit_cast<std::uint64_t>(v);
    return (bits & kSign) != 0 ? ~bits : bits | kSign;
}

} // namespace

bool sortable(const Field& f) {
    return (f.in & (kReport | kCsv | kRest)) != 0
           && (f.kind == Kind::integer || f.kind == Kind::time || f.kind == Kind::flag
               || f.kind == Kind::ratio)
           && !std::holds_alternative<std::monostate>(f.sa);
}

std::string sortable_names() {
    std::string names;
    for (const Field& f : kFields)
        if (sortable(f)) names += (names.empty() ? "" : ", ") + std::string(f.name);
    return names;
}

std::uint64_t sort_key(const Field& f, const SaSummary& s) {
    return std::visit(
        [&s](const auto where) -> std::uint64_t {
            using Where = std::remove_const_t<decltype(where)>;
            if constexpr (std::same_as<Where, CountAt<SaSummary>>)
                return s.*where;
            else if constexpr (std::same_as<Where, FlagAt<SaSummary>>)
                return s.*where;
            else if constexpr (std::same_as<Where, NumberAt<SaSummary>>)
                return ordered(s.*where);
            else if constexpr (std::same_as<Where, DerivedCount<SaSummary>>)
                return where(s);
            else if constexpr (std::same_as<Where, DerivedRatio<SaSummary>>)
                return ordered(where(s));
            else
                return 0;
        },
        f.sa);
}

} // namespace lacuna::flow
