#include "report/faults.hpp"

#include "flow/fields/derived.hpp"
#include "report/figures.hpp"
#include "report/row_order.hpp"

namespace lacuna::report {

bool has_fault(const flow::SaSummary& s, const ViewOptions& options) {
    return s.lost != 0 || s.late != 0 || s.duplicates != 0 || s.too_old != 0 || s.outliers != 0
           || s.restarts != s.reused_ans || s.silent != 0 || exhaustion(s, options).warning;
}

Faults faults_of(const flow::HeldRows& rows, std::size_t limit, const ViewOptions& options) {
    Faults faults;
    std::vector<SortKey> keys;
    flow::SaSummary s;
    rows.each([&](flow::HeldRow ref) {
        rows.read(ref, s);
        const bool link = wire::is_link(s.id.key.protocol);
        faults.links += link;
        faults.lossy += link && flow::lost_on_the_way(s) != 0;
        if (has_fault(s, options)) {
            keys.push_back({flow::RowRank(s, nullptr), ref});
        } else {
            ++faults.clean;
            faults.clean_received += s.received;
        }
    });
    faults.faulty = keys.size();
    faults.worst = first_of(keys, limit, rows);
    return faults;
}

} // namespace lacuna::report
