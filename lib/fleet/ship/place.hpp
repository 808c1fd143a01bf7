// What a shipper keeps: a folder `ship` in the store.
#pragma once

#include "base/result.hpp"

#include <string>
#include <utility>

namespace lacuna::fleet {

/// Held by one process at a time, until it ends however it does.
class Place {
public:
    /// Errors (exit 2): another process ships this store, or nothing can be written there.
    static Result<Place> take(const std::string& store);
    Place(Place&& other) noexcept
        : folder_(std::move(other.folder_)), lock_(std::exchange(other.lock_, -1)) {}
    Place& operator=(Place&&) = delete;
    ~Place();

    /// Has writers keep so many octets of the store's log, from their next start on. Exit 1.
    Status keep_log(std::uint64_t octets) const;
    const std::string& folder() const { return folder_; }
    /// Rows the engine did not take: table, the engine's code, and the row.
    std::string refused() const { return folder_ + "/refused.tsv"; }

private:
    Place(std::string folder, int lock) : folder_(std::move(folder)), lock_(lock) {}
    std::string folder_;
    int lock_;
};

} // namespace lacuna::fleet
