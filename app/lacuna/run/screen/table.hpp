// The SAs or tunnels of a live run on the screen: how each fares, and how its last minute was.
#pragma once

#include "flow/select/filter.hpp"
#include "flow/totals.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace lacuna::app {

/// Sorted, narrowed and stopped by keys. One owner; memory by the rows it is given.
class WatchTable {
public:
    using Clock = std::chrono::steady_clock;

    /// How the SAs stand now. Nothing while paused.
    void take(std::span<const flow::SaSummary> rows, std::uint64_t held, Clock::time_point now);
    /// `room` lines of at most `columns` columns: heading, rows, and what the keys do.
    std::vector<std::string> lines(std::size_t columns, std::size_t room) const;
    /// A key was pressed; false: it asks for the end.
    bool press(char key);
    bool paused() const { return paused_; }

private:
    /// Packets in each twelfth of the last minute, the latest last.
    static constexpr std::size_t kCells = 12;
    static constexpr std::chrono::seconds kCell{5};
    enum class Sort : std::uint8_t { loss, lost, rate, name, count };

    struct Line {
        std::string name;
        const char* state = "";
        std::uint64_t lost = 0; ///< on the way
        double ratio = 0;
        double rate = 0; ///< packets a second since the look before
        std::array<std::uint64_t, kCells> cells{};
    };
    struct Past {
        std::uint64_t received = 0;
        std::uint64_t lost = 0;
        Clock::time_point at;
        Clock::time_point lost_at; ///< it lost something then; zero: never
        std::array<std::uint64_t, kCells> cells{};
        double rate = 0;
        std::int64_t cell = 0;
        std::uint64_t seen = 0; ///< the look it was last in
    };

    void build();
    void remember(const std::string& id, const flow::Counts& c);
    void show(const std::string& id, std::string name, const flow::Counts& c, bool silent);
    void set_filter();
    std::string row(const Line& line, std::size_t width, bool minute) const;
    std::string foot() const;

    std::vector<flow::SaSummary> rows_;
    std::uint64_t held_ = 0;
    struct TunnelSum {
        std::string name;
        flow::Counts counts;
    };
    std::map<std::string, TunnelSum> sums_; ///< of rows_, by id
    std::map<std::string, Past> past_;      ///< of SAs and tunnels
    std::vector<Line> list_;
    Clock::time_point now_;
    std::uint64_t look_ = 0;
    Sort sort_ = Sort::loss;
    bool tunnels_ = false;
    bool paused_ = false;
    bool help_ = false;
    bool typing_ = false;
    std::string typed_;
    std::string error_;
    flow::Filter filter_;
};

/// `text` cut to so many columns of UTF-8.
std::string cut_to(const std::string& text, std::size_t columns);

} // namespace lacuna::app
