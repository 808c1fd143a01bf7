// The directory a store lies in, looked at before RocksDB is let loose on it; inside lib/store
// only.
#pragma once

#include "base/result.hpp"

#include <string>
#include <vector>

namespace lacuna::store {

/// Whether `dir` may be opened. For writing it is made if missing (its parent is not), and refused
/// if it holds anything but a store, or the beginning of one. Exit 2, or 1 on a full disk.
Status check_place(const std::string& dir, bool write);

/// How RocksDB's files lie in a directory at a moment.
struct Layout {
    std::string mark;              ///< changes with the manifest, that is with the set of tables
    std::vector<std::string> logs; ///< names, sorted

    static Layout of(const std::string& dir);
    bool has_logs_of(const Layout& earlier) const;
};

} // namespace lacuna::store
