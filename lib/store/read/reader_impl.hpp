// Inside of StoreReader; included by the files of lib/store that implement it only.
#pragma once

#include "store/read/reader.hpp"
#include "store/rocks/rocks.hpp"

namespace lacuna::store {

/// What a listing walks: the keys of a family that begin with `prefix`.
struct Scan {
    Family family;
    const char* what; ///< a record of it
    std::string prefix;
    std::string from = {}; ///< the first key; empty: all
    std::string to = {};   ///< the key after the last; empty: all
};

struct ReaderImpl {
    Rocks rocks;
    std::string dir;

    /// `cached`: what is read is likely to be read again soon.
    std::unique_ptr<rocksdb::Iterator> iterate(Family family, bool cached = true) const {
        rocksdb::ReadOptions options;
        options.fill_cache = cached;
        return std::unique_ptr<rocksdb::Iterator>(
            rocks.db->NewIterator(options, rocks.family(family)));
    }
    Error damaged(const char* what) const {
        return {std::string("a record of ") + what + " is damaged or of a newer format", dir, "",
                2};
    }

    /// Points and events of the run from before this time have been removed; the lowest time: none.
    Result<TimeNs> trimmed(RunId run, Level level) const;
    /// Whether the store holds all events of the run.
    Result<bool> has_all_events(RunId run) const;

    /// Hands the records of a scan to `fn` until it returns false.
    template <typename Record, typename Decode, typename Fn>
    Status each(const Scan& scan, Decode decode, Fn&& fn, std::string* cursor) const {
        // A walk through a run would push everything else out of the cache, block by block, and
        // each thread's heap would keep the room its blocks took.
        const auto it = iterate(scan.family, scan.prefix.size() > sizeof(RunId));
        if (cursor == nullptr || cursor->empty()) {
            it->Seek(std::max(scan.prefix, scan.from));
        } else {
            if (!cursor->starts_with(scan.prefix) || *cursor < scan.from)
                return Error{"the cursor belongs to another listing", dir, "", 2};
            it->Seek(*cursor);
            if (it->Valid() && it->key() == *cursor) it->Next();
        }
        const auto more = [&] {
            return it->Valid() && it->key().starts_with(scan.prefix)
                   && (scan.to.empty() || it->key().compare(scan.to) < 0);
        };
        std::string last;
        for (bool go_on = true; go_on && more(); it->Next()) {
            const auto record = decode(it->key().ToStringView(), it->value().ToStringView());
            if (!record) return damaged(scan.what);
            if (cursor != nullptr) last = it->key().ToString();
            go_on = fn(*record);
        }
        if (!it->status().ok()) return rocks_error(it->status(), dir);
        if (cursor != nullptr) *cursor = more() ? last : std::string();
        return {};
    }
};

} // namespace lacuna::store
