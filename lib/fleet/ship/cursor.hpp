// How far a store has come into an engine, kept across kills and power failures.
#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace lacuna::fleet {

struct Cursor {
    std::string engine;        ///< Target::text() it holds for
    std::string store;         ///< identity of the store
    std::uint64_t place = 0;   ///< in the store's log: what lies before has been acknowledged
    std::uint64_t shipped = 0; ///< rows acknowledged, since the first
    std::uint64_t refused = 0; ///< rows not taken, since the first
};

/// Nothing where there is none for that engine and store, or it cannot be read: then everything is
/// shipped again, which does no harm.
std::optional<Cursor> read_cursor(const std::string& folder, const std::string& engine,
                                  const std::string& store);
/// On the disk when it returns, whole or not at all. Exit 1.
Status write_cursor(const std::string& folder, const Cursor& cursor);

} // namespace lacuna::fleet
