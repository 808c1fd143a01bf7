#include "fleet/read/reader.hpp"

#include "wire/text/sa_text.hpp"

#include <charconv>
#include <fmt/format.h>

namespace lacuna::fleet {
namespace {

std::string of_run(const FleetRun& run) {
    return fmt::format("probe = {} AND store = {} AND run = {}", literal(run.probe),
                       literal(run.store), run.run.id);
}

/// `column` names an SA. The plain id stands for all counters of an identity, and these have their
/// sources behind it.
std::string of_sa(const char* column, const std::string& sa) {
    if (sa.empty()) return "";
    const std::string further = sa + '-';
    return fmt::format(" AND ({0} = {1} OR substring({0}, 1, {2}) = {3})", column, literal(sa),
                       further.size(), literal(further));
}

std::int64_t number(const std::string& text) {
    std::int64_t n = 0;
    std::from_chars(text.data(), text.data() + text.size(), n);
    return n;
}

/// A record as it was shipped, behind its key.
template <typename Decode>
auto record_of(const std::string& octets, std::size_t key, Decode decode) {
    const std::string_view all = octets;
    return all.size() < key ? decode({}, {}) : decode(all.substr(0, key), all.substr(key));
}

} // namespace

Status FleetReader::each(const std::string& sql,
                         const std::function<bool(std::vector<std::string>&)>& fn) const {
    const auto done = engine_.each(sql, fn);
    return done ? Status() : Status(done.error().error(engine_.target()));
}

Error FleetReader::damaged() const {
    return {"a record is damaged or of a newer format", engine_.target().text(), "", 2};
}

Result<std::vector<FleetRun>> FleetReader::runs(const std::string& probe,
                                                std::optional<store::RunId> number) const {
    const std::string of_probe = probe.empty() ? "" : " AND probe = " + literal(probe);
    // Of runs that began at the same time none is the latest; a store gives them numbers.
    const std::string chosen =
        number ? fmt::format("run = {}", *number)
               : "(probe, concat(store, toString(run))) IN (SELECT probe, "
                 "argMax(concat(store, toString(run)), started_ns) FROM {db}.raw_runs GROUP BY "
                 "probe)";
    std::vector<FleetRun> list;
    bool whole = true;
    const Status s = each("SELECT probe, store, record FROM {db}.raw_runs FINAL WHERE " + chosen
                              + of_probe + " ORDER BY probe, store, run",
                          [&](std::vector<std::string>& row) {
                              auto run = record_of(row[2], sizeof(store::RunId), store::decode_run);
                              whole = run.has_value();
                              if (whole) list.push_back({row[0], row[1], std::move(*run)});
                              return whole;
                          });
    if (!s) return s.error();
    if (!whole) return damaged();
    return list;
}

Status FleetReader::each_summary(const FleetRun& run, const std::string& sa,
                                 const std::function<bool(const flow::SaSummary&)>& fn) const {
    bool whole = true;
    const Status s = each(fmt::format("SELECT record FROM {{db}}.raw_flows FINAL WHERE {}{} ORDER "
                                      "BY substring(record, 1, {})",
                                      of_run(run), of_sa("sa", sa), store::kRowKeyOctets),
                          [&](std::vector<std::string>& row) {
                              const auto flow =
                                  record_of(row[0], store::kRowKeyOctets, store::decode_summary);
                              whole = flow.has_value();
                              return whole && fn(*flow);
                          });
    if (!s) return s;
    return whole ? Status() : Status(damaged());
}

Status FleetReader::each_gap(const FleetRun& run, const std::string& sa,
                             const std::function<bool(const flow::Gap&)>& fn) const {
    bool whole = true;
    const Status s = each(
        fmt::format("SELECT id, first, count, time_ns, blind FROM {{db}}.missing WHERE {}{} "
                    "ORDER BY id, row, instance, first",
                    of_run(run), of_sa("id", sa)),
        [&](std::vector<std::string>& row) {
            const auto id = wire::sa_parse(row[0]);
            whole = id.has_value();
            const Seq64 first = number(row[1]);
            return whole && fn({*id, first, first + number(row[2]), number(row[3]), row[4] == "1"});
        });
    if (!s) return s;
    return whole ? Status() : Status(damaged());
}

Result<std::vector<flow::Event>> FleetReader::moves(const FleetRun& run) const {
    std::vector<flow::Event> list;
    bool whole = true;
    const Status s = each("SELECT record FROM {db}.raw_events FINAL WHERE kind = 'moved' AND "
                              + of_run(run) + " ORDER BY time_ns, serial",
                          [&](std::vector<std::string>& row) {
                              const auto event =
                                  record_of(row[0], store::kEventKeyOctets, store::decode_event);
                              whole = event.has_value();
                              if (whole) list.push_back(*event);
                              return whole;
                          });
    if (!s) return s.error();
    if (!whole) return damaged();
    return list;
}

} // namespace lacuna::fleet
