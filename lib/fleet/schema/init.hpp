// Making the schema, and whether it is the one this program knows.
#pragma once

#include "base/types.hpp"
#include "fleet/engine/engine.hpp"

namespace lacuna::fleet {

/// Makes database, tables and views, or brings older ones up to date: columns are added, views made
/// anew. Can be run again at any time, beside shippers as well. Errors: as Failure says; exit 2
/// where the schema is newer than this program.
Status init(Engine& engine);

/// What the engine says of itself.
struct Greeting {
    TimeNs now = 0; ///< its clock, to a second
};
/// Errors (exit 2): no schema, or another version of it. Exit 1: not reached.
Result<Greeting> greet(Engine& engine);

} // namespace lacuna::fleet
