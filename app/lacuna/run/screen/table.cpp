#include "run/screen/table.hpp"

#include "flow/fields/derived.hpp"
#include "names/given.hpp"
#include "report/text/identity.hpp"
#include "report/text/number_text.hpp"
#include "report/text/percent.hpp"
#include "report/text/screen.hpp"
#include "report/tunnels.hpp"
#include "wire/text/sa_text.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace lacuna::app {
namespace {

using report::padded;

constexpr std::chrono::seconds kRecentLoss{10};
constexpr std::size_t kFigures = 35; ///< columns of all but the name and the last minute
constexpr std::size_t kMinute = 13;
constexpr std::size_t kNarrow = 76; ///< with fewer columns names are worth more than that
constexpr const char* kSorts[] = {"loss %", "lost", "packets/s", "name"};
constexpr const char* kHelp[] = {
    "s  sort by loss %, lost, packets/s, name",
    "/  filter, as --filter takes it: lost > 0 and host 10.0.0.0/8; Enter alone: all",
    "t  tunnels, or SAs",
    "p  pause, and go on: the run does not stop",
    "q  quit: the run ends and prints its report",
    "losing: numbers went missing in the last 10 s; silent: it sends nothing any more",
    "last minute: packets of each 5 s, the fullest as high as there is",
};

/// Eight heights, the highest for the most.
std::string spark(std::span<const std::uint64_t> cells) {
    constexpr const char* kHeights[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    const std::uint64_t most = *std::max_element(cells.begin(), cells.end());
    std::string out;
    for (const std::uint64_t n : cells)
        out += n == 0 ? " " : kHeights[(std::min(n, most) * 8 - 1) / most];
    return out;
}

std::string id_of(const flow::SaSummary& s) {
    return wire::sa_text(s.counters > 1 ? s.source : s.id);
}

} // namespace

std::string cut_to(const std::string& text, std::size_t columns) {
    std::size_t used = 0;
    for (std::size_t i = 0; i < text.size(); ++i)
        if ((static_cast<unsigned char>(text[i]) & 0xC0) != 0x80 && used++ == columns)
            return text.substr(0, i);
    return text;
}

void WatchTable::take(std::span<const flow::SaSummary> rows, std::uint64_t held,
                      Clock::time_point now) {
    if (paused_) return;
    rows_.assign(rows.begin(), rows.end());
    held_ = held;
    now_ = now;
    ++look_;
    report::Tunnels tunnels;
    for (const flow::SaSummary& s : rows_) {
        remember(id_of(s), s);
        tunnels.add(s);
    }
    sums_.clear();
    for (const report::Tunnel* t : tunnels.sorted()) {
        const std::string name = report::name_of(*t);
        const flow::Totals sum = t->sum();
        remember(t->id, sum);
        sums_[t->id] = {name.empty() ? t->id : name + "  " + t->id, sum};
    }
    build();
    std::erase_if(past_, [this](const auto& p) { return p.second.seen != look_; });
}

/// What is remembered of one of them; of SAs and tunnels alike, whichever are shown.
void WatchTable::remember(const std::string& id, const flow::Counts& c) {
    const std::int64_t cell = now_.time_since_epoch() / kCell;
    const std::uint64_t lost = flow::lost_on_the_way(c);
    const auto [at, fresh] = past_.try_emplace(id);
    Past& p = at->second;
    if (fresh) {
        p.cell = cell;
        if (look_ > 1) // it began since
            p.cells.back() = c.received;
        else
            p.lost = lost;
    } else {
        const double s = std::chrono::duration<double>(now_ - p.at).count();
        const std::uint64_t more = c.received - std::min(c.received, p.received);
        p.rate = s > 0 ? static_cast<double>(more) / s : 0;
        const auto gone = static_cast<std::size_t>(
            std::clamp<std::int64_t>(cell - p.cell, 0, static_cast<std::int64_t>(kCells)));
        std::shift_left(p.cells.begin(), p.cells.end(), static_cast<std::ptrdiff_t>(gone));
        std::fill(p.cells.end() - static_cast<std::ptrdiff_t>(gone), p.cells.end(), 0);
        p.cells.back() += more;
        p.cell = cell;
    }
    if (lost > p.lost) p.lost_at = now_;
    p.received = c.received;
    p.lost = lost;
    p.at = now_;
    p.seen = look_;
}

/// The list anew, of what was taken last. A tunnel is shown if the filter matches one of its SAs.
void WatchTable::build() {
    list_.clear();
    if (!tunnels_) {
        for (const flow::SaSummary& s : rows_)
            if (filter_.matches(s)) show(id_of(s), report::identity_text(s), s, s.silent != 0);
    } else {
        std::map<std::string, bool> speaks; // of those that are shown
        for (const flow::SaSummary& s : rows_)
            if (filter_.matches(s)) speaks[report::tunnel_id(s)] = false;
        for (const flow::SaSummary& s : rows_)
            if (const auto at = speaks.find(report::tunnel_id(s)); at != speaks.end())
                at->second |= s.silent == 0;
        for (const auto& [id, sum] : sums_)
            if (const auto at = speaks.find(id); at != speaks.end())
                show(id, sum.name, sum.counts, !at->second);
    }
    std::stable_sort(list_.begin(), list_.end(), [this](const Line& a, const Line& b) {
        return sort_ == Sort::loss   ? a.ratio > b.ratio
               : sort_ == Sort::lost ? a.lost > b.lost
               : sort_ == Sort::rate ? a.rate > b.rate
                                     : a.name < b.name;
    });
}

void WatchTable::show(const std::string& id, std::string name, const flow::Counts& c, bool silent) {
    const Past& p = past_[id];
    Line line;
    line.name = std::move(name);
    line.lost = flow::lost_on_the_way(c);
    line.ratio = flow::loss_ratio(c);
    line.rate = p.rate;
    line.cells = p.cells;
    const bool losing = p.lost_at != Clock::time_point{} && now_ - p.lost_at < kRecentLoss;
    line.state = silent ? "silent" : losing ? "losing" : "ok";
    list_.push_back(std::move(line));
}

std::string WatchTable::row(const Line& line, std::size_t width, bool minute) const {
    return fmt::format("{} {:>9} {:>7} {:>8}  {:<6} {}", padded(cut_to(line.name, width), width),
                       report::short_number(line.rate), report::percent_number(line.ratio),
                       report::short_number(static_cast<double>(line.lost)), line.state,
                       minute ? spark(line.cells) : std::string());
}

std::string WatchTable::foot() const {
    if (typing_) return "filter: " + typed_ + "_";
    if (!error_.empty()) return error_;
    // A narrow terminal cuts what is typed, no key.
    std::string out = fmt::format("q quit  h help  p {}  t {}  s sort ({})  / filter{}",
                                  paused_ ? "go on" : "pause", tunnels_ ? "SAs" : "tunnels",
                                  kSorts[static_cast<std::size_t>(sort_)],
                                  typed_.empty() ? "" : " (" + typed_ + ")");
    return paused_ ? "PAUSED  " + out : out;
}

std::vector<std::string> WatchTable::lines(std::size_t columns, std::size_t room) const {
    std::vector<std::string> out;
    if (room < 2) return out;
    if (help_) {
        out.assign(std::begin(kHelp), std::end(kHelp));
        if (out.size() > room - 1) out.resize(room - 1);
    } else {
        const bool minute = columns >= kNarrow;
        const std::size_t taken = kFigures + (minute ? kMinute : 0);
        const std::size_t width = std::max<std::size_t>(columns, taken + 10) - taken;
        const std::size_t most = room - 2;
        std::string title = fmt::format("{} {}", list_.size(), tunnels_ ? "tunnels" : "SAs");
        if (rows_.size() < held_) title += fmt::format(" (of {} of {} SAs)", rows_.size(), held_);
        out.push_back(fmt::format("{} {:>9} {:>7} {:>8}  {:<6} {}",
                                  padded(cut_to(title, width), width), "packets/s", "loss %",
                                  "lost", "state", minute ? "last minute" : ""));
        for (std::size_t i = 0; i < std::min(most, list_.size()); ++i)
            out.push_back(row(list_[i], width, minute));
    }
    out.resize(room - 1);
    out.push_back(foot());
    return out;
}

void WatchTable::set_filter() {
    typing_ = false;
    auto parsed = names::parse_filter(typed_);
    if (!parsed) {
        error_ = parsed.error().text();
        return;
    }
    filter_ = std::move(*parsed);
    build();
}

bool WatchTable::press(char key) {
    if (typing_) {
        if (key == '\r' || key == '\n')
            set_filter();
        else if (key == 0x7F || key == '\b')
            typed_.resize(typed_.size() - (typed_.empty() ? 0 : 1));
        else if (static_cast<unsigned char>(key) >= ' ')
            typed_ += key;
        return true;
    }
    error_.clear();
    switch (key) {
    case 'q':
    case 'Q':
        return false;
    case 's':
        sort_ = static_cast<Sort>((static_cast<std::size_t>(sort_) + 1)
                                  % static_cast<std::size_t>(Sort::count));
        build();
        break;
    case '/':
        typing_ = true;
        typed_.clear();
        break;
    case 't':
    case '\t':
        tunnels_ = !tunnels_;
        build();
        break;
    case 'p':
    case ' ':
        paused_ = !paused_;
        break;
    case 'h':
    case '?':
        help_ = !help_;
        break;
    default:
        break;
    }
    return true;
}

} // namespace lacuna::app
