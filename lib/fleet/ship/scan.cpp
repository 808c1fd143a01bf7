#include "fleet/ship/scan.hpp"

#include "store/read/notable.hpp"
#include "wire/text/sa_text.hpp"

#include <optional>

namespace lacuna::fleet {
namespace {

/// Text ids of rows that come by identity.
class Names {
public:
    const std::string& of(const wire::SaIdentity& id) {
        if (!last_ || !(*last_ == id)) {
            text_ = wire::sa_text(id);
            last_ = id;
        }
        return text_;
    }

private:
    std::optional<wire::SaIdentity> last_;
    std::string text_;
};

} // namespace

Status add_event(const Origin& origin, store::RunId run, const store::NumberedEvent& event,
                 Inserts& inserts) {
    const EventRow row{origin, run, event};
    const flow::EventKind kind = event.event.kind;
    if (kind == flow::EventKind::hole_opened || kind == flow::EventKind::hole_filled)
        return inserts.add(TableId::holes, hole_cells(), row, event.event.time);
    if (store::is_notable(event.event))
        return inserts.add(TableId::events, event_cells(), row, event.event.time);
    return {};
}

Status add_run(const store::StoreReader& reader, const Origin& origin, const store::RunRecord& run,
               Inserts& inserts) {
    const store::StoreRows rows(reader);
    Status added;
    Status read = rows.each_event(run.id, [&](const store::NumberedEvent& event) {
        added = add_event(origin, run.id, event, inserts);
        return static_cast<bool>(added);
    });
    Names names;
    for (const store::Level level : store::kLevels)
        if (read && added)
            read = rows.each_point(run.id, level, [&](const store::RowPoint& point) {
                const SeriesRow row{origin, run.id, level, names.of(point.id), point};
                added = inserts.add(TableId::series, series_cells(), row, point.point.start);
                return static_cast<bool>(added);
            });
    if (read && added)
        read = reader.each_summary(run.id, nullptr, [&](const flow::SaSummary& flow) {
            added = inserts.add(FlowRow{origin, run.id, flow});
            return static_cast<bool>(added);
        });
    if (!read) return read;
    if (!added) return added;
    return inserts.add(TableId::runs, run_cells(), RunRow{origin, run}, run.started);
}

} // namespace lacuna::fleet
