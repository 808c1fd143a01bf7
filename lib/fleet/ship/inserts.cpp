#include "fleet/ship/inserts.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <thread>

namespace lacuna::fleet {
namespace {

/// Rows and octets of a piece. Fewer cost the engine a part each, more a stop of ours.
constexpr std::size_t kMostRows = 50'000;
constexpr std::size_t kMostOctets = 16u << 20;
/// Of a hundred the engine takes by default.
constexpr std::size_t kMostDays = 50;

constexpr std::chrono::milliseconds kFirstPause{100};
constexpr std::chrono::milliseconds kLastPause{10'000};

} // namespace

Inserts::Piece& Inserts::piece_of(TableId id, TimeNs time) {
    Piece& piece = pieces_[static_cast<std::size_t>(id)];
    piece.days.insert(day_of(time));
    ++piece.count;
    return piece;
}

Status Inserts::added(TableId id, const Piece& piece) {
    const bool full = piece.count >= kMostRows || piece.rows.size() >= kMostOctets
                      || piece.days.size() >= kMostDays;
    return full ? send(id) : Status();
}

Status Inserts::flush() {
    for (const TableId id : kTables)
        if (Status s = send(id); !s) return s;
    return {};
}

Status Inserts::send(TableId id) {
    Piece& piece = pieces_[static_cast<std::size_t>(id)];
    if (piece.count == 0) return {};
    const Status s = send_rows(table(id), piece.rows, piece.count);
    piece.rows.clear();
    piece.days.clear();
    piece.count = 0;
    return s;
}

/// Where the engine refuses a row it does not say which: halves are tried until it is alone.
Status Inserts::send_rows(const Table& table, std::string_view rows, std::size_t count) {
    const auto done = insert_patiently(table, rows);
    if (done) {
        rows_ += count;
        return {};
    }
    if (done.error().kind != Failure::Kind::rows) return done.error().error(engine_.target());
    if (count == 1) return keep_refused(table, rows, done.error());
    std::size_t at = 0;
    for (std::size_t i = 0; i < count / 2; ++i)
        at = rows.find('\n', at) + 1;
    if (Status s = send_rows(table, rows.substr(0, at), count / 2); !s) return s;
    return send_rows(table, rows.substr(at), count - count / 2);
}

Result<bool, Failure> Inserts::insert_patiently(const Table& table, std::string_view rows) {
    const auto begin = std::chrono::steady_clock::now();
    const std::string columns = table.column_list();
    bool waiting = false;
    for (auto pause = kFirstPause;; pause = std::min(2 * pause, kLastPause)) {
        auto done = engine_.insert(table.name, columns, rows);
        if (done || done.error().kind != Failure::Kind::away) {
            if (waiting && done && patience_.say) patience_.say("the engine takes rows again");
            return done;
        }
        if (!waiting && patience_.say)
            patience_.say("the engine takes no rows, trying again: " + done.error().text);
        waiting = true;
        const bool enough = patience_.longest.count() != 0
                            && std::chrono::steady_clock::now() - begin > patience_.longest;
        if (enough || !wait(pause)) return done;
    }
}

/// False: to stop.
bool Inserts::wait(std::chrono::milliseconds pause) const {
    constexpr std::chrono::milliseconds kStep{50};
    for (; pause.count() > 0; pause -= kStep) {
        if (patience_.stop != nullptr && *patience_.stop) return false;
        std::this_thread::sleep_for(std::min(pause, kStep));
    }
    return true;
}

Status Inserts::keep_refused(const Table& table, std::string_view row, const Failure& why) {
    std::ofstream file(refused_file_, std::ios::app);
    file << table.name << '\t' << why.code << '\t' << row << std::flush;
    if (!file)
        return Error{"a row the engine refused cannot be kept: "
                         + std::string(std::strerror(errno)),
                     refused_file_, "", 1};
    if (++refused_ == 1 && patience_.say)
        patience_.say("the engine refuses a row, kept in " + refused_file_ + ": " + why.text);
    return {};
}

} // namespace lacuna::fleet
