// The engine of a fleet, spoken to over HTTP or HTTPS.
#pragma once

#include "fleet/engine/target.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace lacuna::fleet {

/// Why a request failed, and what may be done about it.
struct Failure {
    enum class Kind {
        away,    ///< not reached, or it has no room or time now: try again later
        rows,    ///< some row of an insert is none it takes
        schema,  ///< database, table or column is not there
        refused, ///< nothing that trying again would mend: rights, settings, a query it cannot read
    };
    Kind kind = Kind::refused;
    int code = 0; ///< the engine's own; 0: it has not answered
    std::string text;

    /// For people; exit 1 where it is away, else 2.
    Error error(const Target& target) const;
};

/// What an answer consists of: rows of fields.
using Answer = std::vector<std::vector<std::string>>;

/// One connection, kept between requests. Not thread-safe.
class Engine {
public:
    explicit Engine(Target target);
    Engine(Engine&&) noexcept;
    ~Engine();
    const Target& target() const { return target_; }

    /// Asks; `{db}` in `sql` stands for the database. Values go in by literal() only.
    Result<Answer, Failure> ask(std::string_view sql);
    /// The same, a row at a time: memory is that of the longest one. `fn` false: enough.
    Result<bool, Failure> each(std::string_view sql,
                               const std::function<bool(std::vector<std::string>&)>& fn);
    /// Adds rows (TabSeparated) to a table of the database: all of them or none (of one partition
    /// and block). True: the engine has them. Compresses what travels.
    Result<bool, Failure> insert(std::string_view table, std::string_view columns,
                                 std::string_view rows);

private:
    struct Handle;
    Target target_;
    std::unique_ptr<Handle> handle_;
};

/// `text` as a literal of SQL.
std::string literal(std::string_view text);

/// Which kind a code of the engine is of.
Failure::Kind kind_of(int code);
/// What the engine says in the body of an error: its code and one line of text.
Failure read_failure(long http_status, std::string_view body);

} // namespace lacuna::fleet
