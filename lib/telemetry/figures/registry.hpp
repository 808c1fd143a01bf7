// Every figure lacuna publishes: named, described and given a unit here, once. /metrics, the
// telemetry socket, REST statistics and doc/metrics.md all read this table.
#pragma once

#include "telemetry/snapshot.hpp"

#include <span>
#include <string>
#include <variant>
#include <vector>

namespace lacuna::telemetry {

enum class Kind : std::uint8_t {
    counter, ///< never falls while the process lives
    gauge,   ///< may rise and fall
    info,    ///< always 1; its labels say it
};

/// A whole number or a finite real one.
using Number = std::variant<std::uint64_t, double>;

/// One value of a figure.
struct Sample {
    std::vector<std::string> of; ///< values of Group::labels
    std::string part;            ///< value of Figure::label
    Number value;
};

/// Where figures put what they read.
class Samples {
public:
    void add(Number value) { all_.push_back({of_, {}, value}); }
    void add(std::string part, Number value) { all_.push_back({of_, std::move(part), value}); }
    /// What is added from now on belongs to this lcore, port, ...
    void of(std::vector<std::string> values) { of_ = std::move(values); }
    const std::vector<Sample>& all() const { return all_; }

private:
    std::vector<std::string> of_;
    std::vector<Sample> all_;
};

/// Figures of the same things.
struct Group {
    const char* key;   ///< where JSON views put them
    const char* title; ///< heading in doc/metrics.md
    /// Labels that name the thing; at most kMaxLabels, the rest null. None: there is one thing.
    static constexpr std::size_t kMaxLabels = 2;
    const char* labels[kMaxLabels];

    std::size_t label_count() const {
        std::size_t n = 0;
        while (n < kMaxLabels && labels[n] != nullptr)
            ++n;
        return n;
    }
};

struct Figure {
    const Group* group;
    const char* key;    ///< name in JSON views, the report's where it has one; unique in the group
    const char* metric; ///< name for Prometheus; null: follows from others, so it is not among them
    Kind kind;
    const char* unit;  ///< a base unit the metric's name carries, or empty
    const char* label; ///< the figure is broken down by this; null: it is not
    const char* help;
    /// Adds one sample for each thing and part; none where the snapshot does not know.
    void (*read)(const Snapshot& from, Samples& to);
};

/// All of them, those of a group together.
std::vector<Figure> figures();

/// The tables figures() consists of, each in a file of its own.
std::vector<Figure> traffic_figures();
std::span<const Figure> association_figures();
std::span<const Figure> data_path_figures();
std::span<const Figure> process_figures_table();

} // namespace lacuna::telemetry
