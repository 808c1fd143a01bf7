// What section "Verdicts" of doc/semantics.md says, written with sets: everything is remembered,
// nothing is fast, and no line is shared with lib/seq or lib/flow.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <vector>

namespace naive {

struct Packet {
    std::uint32_t wire;
    std::int64_t time;
    bool at_once = false; ///< its AN became active again
};

struct Run {
    std::int64_t first;
    std::int64_t next;
    std::int64_t time; ///< of the packet that revealed it
    friend bool operator==(const Run&, const Run&) = default;
};

/// Figures of one instance, or sums over several.
struct Figures {
    std::uint64_t lost = 0, gaps = 0, max_gap = 0, duplicates = 0, late = 0, too_old = 0,
                  before_first = 0, outliers = 0, max_late_extent = 0;
    std::map<int, std::uint64_t> late_extents, too_old_extents, loss_periods, loss_distances;
    std::vector<Run> runs;
};

/// One unbroken numbering.
class Numbering {
public:
    enum Verdict { in_order, jump, before_first, too_old, duplicate, late, held };

    Numbering(std::int64_t first, std::int64_t time, std::int64_t window)
        : first_(first), highest_(first), window_(window) {
        seen_[first] = time;
    }

    std::int64_t first() const { return first_; }
    std::int64_t highest() const { return highest_; }
    std::int64_t above(std::uint32_t wire) const; ///< distance to the highest, signed
    bool known(std::uint32_t wire) const;         ///< already seen, or below the memory

    /// `wire` by the table of verdicts, held numbers left to the caller.
    Verdict judge(std::uint32_t wire, std::int64_t time);
    void go_up(std::int64_t to, std::int64_t time);
    void take_back(std::uint32_t wire);

    Figures figures() const;
    std::uint64_t outliers = 0;

private:
    std::int64_t first_, highest_, window_;
    std::map<std::int64_t, std::int64_t> seen_;     ///< number -> time
    std::map<std::int64_t, std::int64_t> revealed_; ///< number that jumped -> time
    std::uint64_t duplicates_ = 0, before_first_ = 0;
    std::vector<std::int64_t> late_, too_old_; ///< extents
};

/// An SA over all its instances.
class Sa {
public:
    explicit Sa(std::int64_t window) : window_(window) {}
    void feed(const Packet& p);

    Figures figures() const;
    std::uint64_t received() const { return received_; }
    std::uint64_t restarts() const { return instances_.empty() ? 0 : instances_.size() - 1; }
    std::int64_t first() const { return instances_.front().first(); }
    std::int64_t highest() const { return instances_.back().highest(); }
    std::int64_t highest_now() const { return instances_.back().highest(); }

private:
    struct Recent {
        std::uint32_t wire;
        std::int64_t time;
        bool known;
        bool below_first;
    };
    struct Held {
        std::uint32_t wire;
        std::int64_t number;
        std::int64_t time;
    };

    void feed_live(const Packet& p);
    void feed_shadow(const Packet& p);
    void restart(const std::vector<Recent>& beginning);
    void open_shadow();

    std::int64_t window_;
    std::uint64_t received_ = 0;
    std::vector<Numbering> instances_;
    std::optional<Held> held_;
    std::vector<Recent> recent_; ///< consecutive packets that may be a restart

    std::optional<Numbering> shadow_; ///< the old instance while a restart is provisional
    std::optional<Held> shadow_held_;
    int provisional_ = 0;
};

/// When an AN of a channel becomes active.
class Channel {
public:
    struct Activity {
        bool rekey;
        bool again;
    };
    Activity packet(int an);
    std::uint64_t rekeys = 0;

private:
    std::uint64_t count_ = 0;
    std::map<int, std::uint64_t> last_;
};

} // namespace naive
