// What `lacuna query` prints of time series and notable events: as they are read.
#pragma once

#include "base/json_writer.hpp"
#include "query/span.hpp"
#include "query/views.hpp"
#include "store/read/reader.hpp"

namespace lacuna::app {

/// Which points are asked for.
struct SeriesQuestion {
    store::RunId run = 0;
    wire::SaIdentity id = {};
    store::Level level = store::Level::fine;
    TimeSpan span;
    std::size_t limit = 0; ///< the latest so many; 0: all
};

/// "10s", "1m" or "1h"; also fine, minute and hour.
std::optional<store::Level> level_from(const std::string& text);

/// Each prints to standard output; `shown` becomes false if that could not be written.
Status show_timeline(const store::StoreReader& store, const SeriesQuestion& question, Format format,
                     bool& shown);
Status show_events(const store::StoreReader& store, store::RunId run,
                   const std::vector<wire::SaIdentity>* only, TimeSpan span, std::size_t limit,
                   Format format, bool& shown);

/// `only` null: of all SAs. `all`: how many there were, listed or not; empty: not known.
Status show_late(const store::StoreReader& store, store::RunId run,
                 const std::vector<wire::SaIdentity>* only, TimeSpan span, std::size_t limit,
                 std::optional<std::uint64_t> all, Format format, bool& shown);

/// A point as a JSON object, and as a line of CSV behind `id`.
void write_point(JsonWriter& json, const store::Point& p);
void append_point_csv(std::string& out, const wire::SaIdentity& id, const store::Point& p);
extern const char* const kPointColumns;

void append_notable_csv(std::string& out, const flow::Event& e);
extern const char* const kNotableColumns;

} // namespace lacuna::app
