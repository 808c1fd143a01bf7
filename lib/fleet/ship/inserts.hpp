// Rows on their way into the engine: gathered, sent in pieces, sent again until they are there.
#pragma once

#include "fleet/engine/engine.hpp"
#include "fleet/schema/cells.hpp"
#include "fleet/schema/tables.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <functional>
#include <set>

namespace lacuna::fleet {

/// What a shipper does where the engine cannot take rows now.
struct Patience {
    std::chrono::seconds longest{0};             ///< gives up after so long; 0: never
    const std::atomic<bool>* stop = nullptr;     ///< set: gives up at once
    std::function<void(const std::string&)> say; ///< told once when waiting begins and ends
};

/// Pieces of all tables. A piece goes as a whole, and again after whatever failed, so that the
/// engine may have rows twice: they are the same then. Not thread-safe.
class Inserts {
public:
    /// `refused` names a file to which rows are appended that the engine does not take.
    Inserts(Engine& engine, Patience patience, std::string refused)
        : engine_(engine), patience_(std::move(patience)), refused_file_(std::move(refused)) {}

    template <typename R>
    Status add(TableId id, std::span<const Cell<R>> cells, const R& row, TimeNs time) {
        Piece& piece = piece_of(id, time);
        append_row(piece.rows, cells, row);
        return added(id, piece);
    }
    Status add(const FlowRow& row) {
        Piece& piece = piece_of(TableId::flows, row.flow.first_time);
        append_row(piece.rows, row);
        return added(TableId::flows, piece);
    }
    /// Sends what is left. After it the engine has acknowledged all rows added, or refused them.
    Status flush();

    std::uint64_t rows() const { return rows_; }       ///< acknowledged
    std::uint64_t refused() const { return refused_; } ///< kept in the file

private:
    struct Piece {
        std::string rows;
        std::size_t count = 0;
        std::set<std::uint32_t>
            days; ///< each is a partition, of which an insert has a bounded number
    };
    Piece& piece_of(TableId id, TimeNs time);
    Status added(TableId id, const Piece& piece);
    Status send(TableId id);
    Status send_rows(const Table& table, std::string_view rows, std::size_t count);
    Result<bool, Failure> insert_patiently(const Table& table, std::string_view rows);
    bool wait(std::chrono::milliseconds pause) const;
    Status keep_refused(const Table& table, std::string_view row, const Failure& why);

    Engine& engine_;
    Patience patience_;
    std::string refused_file_;
    std::array<Piece, std::size(kTables)> pieces_;
    std::string columns_;
    std::uint64_t rows_ = 0;
    std::uint64_t refused_ = 0;
};

} // namespace lacuna::fleet
