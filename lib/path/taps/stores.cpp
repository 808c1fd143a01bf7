#include "path/taps/stores.hpp"

#include "flow/gap_fold.hpp"
#include "flow/stamps/stamp_hash.hpp"
#include "path/taps/counter.hpp"
#include "store/read/reader.hpp"
#include "wire/text/sa_text.hpp"

#include <algorithm>
#include <cstring>
#include <set>

namespace lacuna::path {
namespace {

/// What is needed of a row of the run.
struct Row {
    wire::SaIdentity id, source;
    TimeNs first_time, last_time;
    Seq64 first, highest;
    std::uint64_t lost, late, duplicates;
    bool doubtful; ///< of what is missing nobody knows whether it was lost
    std::vector<Instance> instances;
    std::vector<std::uint32_t> begins; ///< numbers of the restarts that began the further ones
};

bool before(const Row& a, const wire::SaIdentity& id, TimeNs first_time) {
    const int order = std::memcmp(&a.id, &id, sizeof id);
    return order != 0 ? order < 0 : a.first_time < first_time;
}

std::uint64_t missing(const Instance& i) {
    std::uint64_t sum = 0;
    for (const auto& [first, tail] : i.missing.runs())
        sum += static_cast<std::uint64_t>(tail.next - first);
    return sum;
}

/// The restarts that were not undone, by the instance they began.
std::vector<const flow::Event*> restarts(std::span<const flow::Event> events) {
    std::vector<const flow::Event*> list;
    std::set<std::uint32_t> undone;
    for (auto e = events.rbegin(); e != events.rend(); ++e) {
        if (e->kind == flow::EventKind::restart_undone) undone.insert(e->instance);
        if (e->kind == flow::EventKind::restart && undone.erase(e->instance) == 0)
            list.push_back(&*e);
    }
    std::reverse(list.begin(), list.end());
    return list;
}

class StoredRun {
public:
    StoredRun(const store::StoreReader& store, const store::RunRecord& run)
        : store_(store), run_(run) {}

    Status read() {
        const Status summaries =
            store_.each_summary(run_.id, nullptr, [&](const flow::SaSummary& s) {
                rows_.push_back({s.id,
                                 s.source,
                                 s.first_time,
                                 s.last_time,
                                 s.first_ext,
                                 s.highest_ext,
                                 s.lost,
                                 s.late,
                                 s.duplicates,
                                 s.lost_doubtful != 0 || s.too_old != 0 || s.interleaved != 0,
                                 {},
                                 {}});
                return true;
            });
        if (!summaries) return summaries;
        std::sort(rows_.begin(), rows_.end(),
                  [](const Row& a, const Row& b) { return before(a, b.id, b.first_time); });
        std::vector<flow::Event> events;
        const auto end_row = [&] {
            if (events.empty()) return;
            if (Row* const row = row_of(events.front())) tell(*row, events);
            events.clear();
        };
        const Status all = store_.each_event(run_.id, nullptr, [&](const flow::Event& e) {
            if (!events.empty() && !(events.front().row == e.row && events.front().id == e.id))
                end_row();
            events.push_back(e);
            return true;
        });
        if (!all) return all;
        end_row();
        for (Row& row : rows_)
            if (row.instances.empty()) tell(row, {});
        return read_stamps();
    }

    std::vector<Row>& rows() { return rows_; }
    std::size_t incomplete() const { return incomplete_; }

private:
    Row* row_of(const flow::Event& e) {
        const auto row =
            std::lower_bound(rows_.begin(), rows_.end(), e, [](const Row& a, const flow::Event& b) {
                return before(a, b.id, b.row);
            });
        return row != rows_.end() && row->id == e.id && row->first_time == e.row ? &*row : nullptr;
    }

    /// Memory is bounded: from some number of stamps on fewer are kept of all SAs, selected as a
    /// probe with a lower rate selects them.
    Status read_stamps() {
        std::uint64_t kept = 0;
        unsigned level = 0;
        Row* row = nullptr;
        flow::StampHash hash;
        return store_.each_stamp(run_.id, [&](const flow::Event& e) {
            if (row == nullptr || !(row->id == e.id) || row->first_time != e.row) {
                row = row_of(e);
                hash = flow::StampHash(wire::id_text(e.id).view());
            }
            if (row == nullptr || !hash.selects(e.a, level)) return true;
            Instance& in = row->instances[index_of(row->begins, e.instance)];
            if (!in.times.empty() && e.a <= in.times.back().number) return true;
            in.times.push_back({e.a, within_reach(e.time)});
            if (++kept < kMostStamps) return true;
            kept = thin_out(++level);
            return true;
        });
    }

    /// Keeps the stamps of that level; returns how many there are.
    std::uint64_t thin_out(unsigned level) {
        std::uint64_t kept = 0;
        for (Row& row : rows_) {
            const flow::StampHash hash(wire::id_text(row.id).view());
            for (Instance& in : row.instances) {
                std::erase_if(in.times,
                              [&](const Stamp& s) { return !hash.selects(s.number, level); });
                kept += in.times.size();
            }
        }
        return kept;
    }

    void tell(Row& row, std::span<const flow::Event> events) {
        const std::vector<const flow::Event*> begins = restarts(events);
        for (const flow::Event* e : begins)
            row.begins.push_back(e->instance);
        Instance first;
        first.first = row.first;
        first.first_time = within_reach(row.first_time);
        row.instances.push_back(std::move(first));
        for (const flow::Event* e : begins) {
            row.instances.back().highest = e->a;
            row.instances.back().last_time = within_reach(e->time);
            Instance& next = row.instances.emplace_back();
            next.first = e->b;
            next.first_time = within_reach(e->time);
        }
        row.instances.back().highest = row.highest;
        row.instances.back().last_time = within_reach(row.last_time);
        // The number that a gap ended with was seen, and when: often at several taps.
        std::vector<std::vector<Stamp>> stamps(row.instances.size());
        for (std::size_t i = 0; i < stamps.size(); ++i)
            stamps[i].push_back({row.instances[i].first, row.instances[i].first_time});
        const bool ended = run_.state == store::RunState::ended;
        std::uint64_t lost = 0;
        for (const flow::GapRun& g : flow::fold_gaps(events)) {
            const std::size_t i = index_of(row.begins, g.instance);
            Instance& in = row.instances[i];
            if (g.first_missing < in.first || g.next > in.highest) continue;
            const bool open = !ended && g.next > in.highest - kShortJump;
            in.missing.append(g.first_missing, g.next,
                              g.blind || row.doubtful || open ? Missing::unknown : Missing::lost);
            stamps[i].push_back({g.next, within_reach(g.time)});
        }
        for (std::size_t i = 0; i < stamps.size(); ++i) {
            Instance& in = row.instances[i];
            lost += missing(in);
            std::sort(stamps[i].begin(), stamps[i].end(),
                      [](const Stamp& a, const Stamp& b) { return a.number < b.number; });
            for (const Stamp& s : stamps[i])
                if (in.missing.at(s.number) == Missing::no
                    && in.stamps.selects(static_cast<std::uint32_t>(s.number)))
                    in.stamps.add(s.number, s.time);
        }
        if (lost == row.lost) return;
        ++incomplete_;
        for (Instance& in : row.instances)
            in.missing.set(in.first, in.highest + 1, Missing::unknown);
    }

    /// Instances are numbered by restarts, some of which were undone.
    static std::size_t index_of(const std::vector<std::uint32_t>& begins, std::uint32_t instance) {
        std::size_t i = 0;
        while (i < begins.size() && begins[i] <= instance)
            ++i;
        return i;
    }

    static constexpr std::uint64_t kMostStamps = 8u << 20; ///< 128 MiB

    const store::StoreReader& store_;
    const store::RunRecord& run_;
    std::vector<Row> rows_;      ///< by identity and time
    std::size_t incomplete_ = 0; ///< rows whose gaps are not all known
};

} // namespace

Status read_store(Tap& tap, const std::string& dir) {
    auto store = store::StoreReader::open(dir);
    if (!store) return store.error();
    auto run = (*store)->latest_run();
    if (!run) return run.error();
    if (!*run) return Error{"the store holds no run", dir, "", 2};
    StoredRun stored(**store, **run);
    if (Status s = stored.read(); !s) return s;
    bool any = false;
    for (Row& row : stored.rows()) {
        // One of several counters of an identity goes by the name that says which.
        const bool plain =
            row.id.key.spare != wire::kOneOfSeveral && row.source.key.spare == wire::kOneOfSeveral;
        const std::uint32_t sa = tap.sas.add(plain ? row.source : row.id, row.source);
        if (sa == SaIndex::kNone) continue;
        if (sa == tap.tracks.size()) tap.tracks.emplace_back().by_number = false;
        Track& track = tap.tracks[sa];
        track.late += row.late;
        track.duplicates += row.duplicates;
        std::move(row.instances.begin(), row.instances.end(), std::back_inserter(track.instances));
        tap.stamped = tap.stamped
                      || std::any_of(track.instances.begin(), track.instances.end(),
                                     [](const Instance& in) { return !in.times.empty(); });
        const TimeNs first = within_reach(row.first_time), last = within_reach(row.last_time);
        tap.earliest = any ? std::min(tap.earliest, first) : first;
        tap.latest = any ? std::max(tap.latest, last) : last;
        any = true;
    }
    if ((*run)->state != store::RunState::ended)
        tap.remarks.push_back("the run has not ended: what is missing last is unknown");
    if (stored.incomplete() != 0)
        tap.remarks.push_back("of " + std::to_string(stored.incomplete())
                              + (stored.incomplete() == 1 ? " SA" : " SAs")
                              + " the store does not know every gap: what they missed is unknown");
    if (tap.sas.refused() != 0)
        tap.remarks.push_back(std::to_string(tap.sas.refused())
                              + " rows belong to SAs that found no room (--max-flows)");
    return {};
}

} // namespace lacuna::path
