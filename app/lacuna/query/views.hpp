// What `lacuna query` prints.
#pragma once

#include "query/lists.hpp"
#include "report/key_exchange.hpp"
#include "report/report.hpp"
#include "report/tunnels.hpp"
#include "store/read/span.hpp"
#include "store/records/records.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lacuna::app {

enum class Format { table, json, csv };

/// What an answer covers, where a span of time was asked for.
using Spanned = std::optional<store::SpanAnswer>;

/// The same JSON for eyes: a member or an entry a line, fractions without the zeros at their end.
std::string indented(std::string_view json);

/// Each prints to standard output. False: it could not be written, errno says why.
bool show_runs(const std::vector<store::RunRecord>& runs, Format format);
bool show_summary(const store::RunRecord& run, Format format);
bool show_span_summary(const store::SpanAnswer& span, Format format);
bool show_flows(const RowList& rows, Format format, const report::ViewOptions& view,
                const Spanned& spanned);
/// All rows of one SA; more than one where it came back after ageing.
bool show_flow(const RowList& rows, Format format, const report::ViewOptions& view,
               const Spanned& spanned);
struct TunnelQuestion {
    std::string id;                  ///< as Tunnels::find() takes it; empty: all
    std::size_t limit = 0;           ///< 0: all
    const flow::Field* by = nullptr; ///< most of it first; null: the worst first
};
bool show_tunnels(const report::Tunnels& tunnels, const TunnelQuestion& question,
                  const Spanned& spanned, Format format);
bool show_gaps(const GapList& gaps, Format format);
bool show_mka(const report::MkaView& mka, const store::RunRecord& run, Format format);

/// Said of a list of gaps where GapList::complete is false and the form has no place for it.
extern const char* const kIncompleteGaps;

} // namespace lacuna::app
