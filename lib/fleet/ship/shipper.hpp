// A store's way into the engine.
#pragma once

#include "fleet/ship/cursor.hpp"
#include "fleet/ship/inserts.hpp"
#include "fleet/ship/place.hpp"

#include <memory>

namespace lacuna::fleet {

struct ShipOptions {
    std::string db;          ///< directory of the store
    std::string probe;       ///< its name in the fleet
    std::string path;        ///< a path it taps; empty: none
    unsigned hop = 0;        ///< its place along the path
    std::string version;     ///< of lacuna
    std::uint64_t spool = 0; ///< octets of its log a writer shall keep, from its next start on
    std::chrono::milliseconds every{10'000}; ///< between two rounds of follow()
    Patience patience;
};

struct Shipped {
    std::uint64_t runs = 0;    ///< walked through
    std::uint64_t rows = 0;    ///< acknowledged by the engine
    std::uint64_t refused = 0; ///< not taken by it, and kept
    std::int64_t clock_ms = 0; ///< how far our clock is ahead of the engine's
};

/// Holds the store's place in the fleet as long as it lives. Errors of all: of the store; no schema
/// or another one; the engine refuses, or is away for longer than patience lasts.
class Shipper {
public:
    /// Errors (exit 2) besides: the store is being shipped already.
    static Result<std::unique_ptr<Shipper>> open(Engine& engine, ShipOptions options);

    /// Sends all there is. Goes on where an earlier one ended, if the store's log reaches back so
    /// far; else it walks through the whole store.
    Status ship();
    /// ship(), again and again, until `stop`. What a run's writer stores is there a round later;
    /// summaries, which supersede each other, once a minute.
    Status follow(const std::atomic<bool>& stop);

    const Shipped& shipped() const { return shipped_; }
    std::string refused_file() const { return place_.refused(); }

private:
    Shipper(Engine& engine, ShipOptions options, Place place);
    Status open_store();
    Status walk();
    Status confirm();
    Status report(std::uint64_t place);
    Status follow_reader(const std::atomic<bool>& stop, bool& again);
    Status acknowledge(std::uint64_t place);

    Engine& engine_;
    ShipOptions options_;
    Place place_;
    Inserts inserts_;
    Origin origin_;
    std::unique_ptr<store::StoreReader> reader_;
    Cursor cursor_;
    bool known_ = false; ///< cursor_ says something
    TimeNs through_ = 0;
    Shipped shipped_;
};

} // namespace lacuna::fleet
