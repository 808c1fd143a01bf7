// What a row of the table of fields says.
#pragma once

#include "flow/totals.hpp"

#include <string>
#include <variant>

namespace lacuna::flow {

/// What a field is, and so how views write it.
enum class Kind : std::uint8_t {
    text,
    integer,   ///< a count or a number, of 64 bits
    time,      ///< a TimeNs; RFC 3339 in all views
    flag,      ///< 1: true; reports name it only where it is true
    ratio,     ///< a real number, with Field::digits behind the point
    histogram, ///< by powers of two
    object,    ///< more than one value; the report writes it (report/json/flow_json.cpp)
};

/// How the values of several SAs become one.
enum class Sum : std::uint8_t {
    none,  ///< not at all, or it is derived from sums
    add,   ///< their sum
    max,   ///< the largest
    first, ///< that of the row that began first
    last,  ///< that of the row that was seen last
};

template <typename T>
using CountAt = std::uint64_t T::*;
template <typename T>
using NumberAt = std::int64_t T::*; ///< an extended number, or a time
template <typename T>
using FlagAt = std::uint32_t T::*;
template <typename T>
using HistogramAt = Log2Histogram T::*;
template <typename T>
using DerivedCount = std::uint64_t (*)(const T&);
template <typename T>
using DerivedRatio = double (*)(const T&);
template <typename T>
using AppendText = void (*)(std::string& out, const T&);

/// Where the value of a field lies in a T, or what derives it from one; empty: a T has none.
template <typename T>
using Value = std::variant<std::monostate, CountAt<T>, NumberAt<T>, FlagAt<T>, HistogramAt<T>,
                           DerivedCount<T>, DerivedRatio<T>, AppendText<T>>;

/// Views that show a field.
enum View : std::uint8_t {
    kReport = 1u << 0, ///< `flows` of the JSON report, `query flow`
    kCsv = 1u << 1,
    kRest = 1u << 2,   ///< an SA in the REST interface
    kSocket = 1u << 3, ///< a line of /lacuna/flows of the telemetry socket
    kTotals = 1u << 4, ///< `totals`: report, `query summary`, REST, metrics
};

struct Field {
    const char* name; ///< in every view but where a list of older names says otherwise (lib/api)
    Kind kind = Kind::integer;
    Value<SaSummary> sa = {};
    Value<Totals> total = {};
    Sum sum = Sum::none;
    /// Number in stored records, for ever: never changed, never used again. 0: not stored, or in
    /// the fixed part of a record. See kLastPlain.
    std::uint8_t tag = 0;
    const char* unit = ""; ///< a base unit
    std::uint8_t digits = 0;
    /// Version 0.N brought it. Columns are known by their place: a later one stands behind them
    /// all.
    std::uint8_t since = 1;
    /// Of its total, for Prometheus; one that never falls ends in _total. Null: none.
    const char* metric = nullptr;
    std::uint8_t in = 0;
    const char* help;
};

/// Fields up to this tag stand in every record, in the order of their tags; those above follow at
/// its end with their tags, where they are not zero. The next free tag is the highest plus 1.
inline constexpr std::uint8_t kLastPlain = 31;
/// Tag of SaSummary::source, which is no row: the rows `id` and `src` are made from it.
inline constexpr std::uint8_t kSourceTag = 37;
/// Tag of SaSummary::inside, which the row `inside` is made from.
inline constexpr std::uint8_t kInsideTag = 38;
/// Tags of SaSummary::vlan and ::port, which the rows `vlan` and `port` are derived from.
inline constexpr std::uint8_t kVlanTag = 43;
inline constexpr std::uint8_t kPortTag = 44;

} // namespace lacuna::flow
