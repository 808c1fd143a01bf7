#include "base/time_text.hpp"
#include "report/figures.hpp"
#include "report/rows.hpp"
#include "report/views.hpp"
#include "wire/sa_text.hpp"

#include <fmt/format.h>

namespace lacuna::report {

std::string csv_header() {
    return "id,protocol,received,bytes,first,highest,first_ext,highest_ext,lost,lost_blind,gaps,"
           "max_gap,duplicates,late,max_late_extent,too_old,before_first,outliers,restarts,"
           "first_time,last_time,min_interarrival_ns,mean_interarrival_ns,max_interarrival_ns\r\n";
}

std::string csv_lines(std::span<const flow::SaSummary> rows) {
    // No field can hold a comma or a quote: ids, times and numbers only.
    std::string text;
    for (const flow::SaSummary& s : rows)
        fmt::format_to(
            std::back_inserter(text),
            "{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}\r\n",
            wire::sa_text(s.id), protocol_name(s.id.key.protocol), s.received, s.bytes, s.first(),
            s.highest(), s.first_ext, s.highest_ext, s.lost, s.lost_blind, s.gaps, s.max_gap,
            s.duplicates, s.late, s.max_late_extent, s.too_old, s.before_first, s.outliers,
            s.restarts, rfc3339(s.first_time), rfc3339(s.last_time), s.min_interarrival_ns,
            mean_interarrival(s), s.max_interarrival_ns);
    return text;
}

bool write_csv(std::FILE* out, const Report& report, const ViewOptions& options) {
    std::string text = csv_header();
    flow::SaSummary s;
    for (const flow::RowRef ref : ordered_rows(report.rows, options.top)) {
        report.rows.read(ref, s);
        text += csv_lines({&s, 1});
        if (text.size() < 65536) continue;
        if (std::fwrite(text.data(), 1, text.size(), out) != text.size()) return false;
        text.clear();
    }
    return std::fwrite(text.data(), 1, text.size(), out) == text.size() && std::fflush(out) == 0;
}

} // namespace lacuna::report
