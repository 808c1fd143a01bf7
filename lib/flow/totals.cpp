#include "flow/totals.hpp"

#include "flow/fields/table.hpp"

#include <algorithm>

namespace lacuna::flow {
namespace {

template <Sum How>
void put(std::uint64_t& sum, std::uint64_t v) {
    static_assert(How == Sum::add || How == Sum::max);
    sum = How == Sum::max ? std::max(sum, v) : sum + v;
}

void put(Log2Histogram& sum, const Log2Histogram& h) {
    for (std::size_t i = 0; i < kLog2Buckets; ++i)
        sum[i] += h[i];
}

template <std::size_t I>
std::uint64_t count_of(const SaSummary& s) {
    constexpr const auto& sa = kFields[I].sa;
    if constexpr (std::holds_alternative<CountAt<SaSummary>>(sa))
        return s.*std::get<CountAt<SaSummary>>(sa);
    else if constexpr (std::holds_alternative<DerivedCount<SaSummary>>(sa))
        return std::get<DerivedCount<SaSummary>>(sa)(s);
    else
        return 0; // counted in the totals alone
}

} // namespace

void Totals::add(const SaSummary& s) {
    const bool histograms = (s.lost | s.late | s.too_old) != 0; // else they are empty: most rows
    each_field([&]<std::size_t I>() {
        constexpr const Field& f = kFields[I];
        if constexpr (std::holds_alternative<CountAt<Totals>>(f.total))
            put<f.sum>(this->*std::get<CountAt<Totals>>(f.total), count_of<I>(s));
        else if constexpr (std::holds_alternative<HistogramAt<Totals>>(f.total))
            if (histograms)
                put(this->*std::get<HistogramAt<Totals>>(f.total),
                    s.*std::get<HistogramAt<SaSummary>>(f.sa));
    });
}

Totals& Totals::operator+=(const Totals& o) {
    each_field([&]<std::size_t I>() {
        constexpr const Field& f = kFields[I];
        if constexpr (std::holds_alternative<CountAt<Totals>>(f.total)) {
            constexpr CountAt<Totals> member = std::get<CountAt<Totals>>(f.total);
            put<f.sum>(this->*member, o.*member);
        } else if constexpr (std::holds_alternative<HistogramAt<Totals>>(f.total)) {
            constexpr HistogramAt<Totals> member = std::get<HistogramAt<Totals>>(f.total);
            put(this->*member, o.*member);
        }
    });
    return *this;
}

} // namespace lacuna::flow
