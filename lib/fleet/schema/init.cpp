#include "fleet/schema/init.hpp"

#include "base/types.hpp"
#include "fleet/schema/tables.hpp"

#include <charconv>
#include <fmt/format.h>
#include <set>
#include <utility>

namespace lacuna::fleet {
namespace {

/// ENGINE = Log has no key, no replica and no clock to go by: a version is a row more.
constexpr const char* kVersions = "CREATE TABLE IF NOT EXISTS {db}.raw_schema "
                                  "(version UInt32) ENGINE = ReplacingMergeTree ORDER BY version";

template <typename T>
T number(const std::string& text) {
    T n = 0;
    std::from_chars(text.data(), text.data() + text.size(), n);
    return n;
}

Error other_version(unsigned version, const Target& target) {
    return {
        fmt::format("the schema has version {}, this program knows {}", version, kSchemaVersion),
        target.text(),
        version > kSchemaVersion ? "use a newer lacuna"
                                 : "'lacuna fleet init --to URL' brings it up to date",
        2};
}

Result<unsigned> version_of(Engine& engine) {
    const auto answer = engine.ask("SELECT max(version) FROM {db}.raw_schema");
    if (!answer) return answer.error().error(engine.target());
    return answer->empty() ? 0 : number<unsigned>(answer->front().front());
}

Status add_missing_columns(Engine& engine) {
    const auto present = engine.ask("SELECT table, name FROM system.columns WHERE database = "
                                    + literal(engine.target().database));
    if (!present) return present.error().error(engine.target());
    std::set<std::pair<std::string, std::string>> there;
    for (const auto& row : *present)
        there.emplace(row[0], row[1]);
    for (const TableId id : kTables)
        for (const Column& column : table(id).columns)
            if (!there.contains({table(id).name, column.name}))
                if (const auto done =
                        engine.ask(fmt::format("ALTER TABLE {{db}}.{} ADD COLUMN {} {}",
                                               table(id).name, column.name, column.type));
                    !done)
                    return done.error().error(engine.target());
    return {};
}

} // namespace

Status init(Engine& engine) {
    const auto run = [&engine](const std::string& sql) {
        const auto done = engine.ask(sql);
        return done ? Status() : Status(done.error().error(engine.target()));
    };
    if (Status s = run("CREATE DATABASE IF NOT EXISTS {db}"); !s) return s;
    if (Status s = run(kVersions); !s) return s;
    const auto version = version_of(engine);
    if (!version) return version.error();
    if (*version > kSchemaVersion) return other_version(*version, engine.target());
    for (const TableId id : kTables)
        if (Status s = run(table(id).create()); !s) return s;
    if (Status s = add_missing_columns(engine); !s) return s;
    for (const View& view : views()) {
        if (Status s = run(fmt::format("DROP TABLE IF EXISTS {{db}}.{}", view.name)); !s) return s;
        if (Status s = run(fmt::format("CREATE VIEW {{db}}.{} AS ", view.name) + view.sql); !s)
            return s;
    }
    return run(fmt::format("INSERT INTO {{db}}.raw_schema VALUES ({})", kSchemaVersion));
}

Result<Greeting> greet(Engine& engine) {
    const auto version = version_of(engine);
    if (!version) return version.error();
    if (*version != kSchemaVersion) return other_version(*version, engine.target());
    const auto now = engine.ask("SELECT toUInt32(now())");
    if (!now) return now.error().error(engine.target());
    return Greeting{number<TimeNs>(now->front().front()) * 1'000'000'000};
}

} // namespace lacuna::fleet
