// What a store answers to `lacuna query`: the run, the time and the SAs that were asked for.
#pragma once

#include "flow/fields/field.hpp"
#include "flow/select/filter.hpp"
#include "query/lists.hpp"
#include "query/span.hpp"
#include "query/views.hpp"
#include "report/tunnels.hpp"
#include "store/store.hpp"

#include <functional>
#include <memory>

namespace lacuna::app {

/// SAs `top` shows unless told otherwise.
inline constexpr std::size_t kTop = 10;

/// What is asked, as text where its meaning depends on the store.
struct Question {
    std::string db;
    std::optional<std::string> id; ///< of an SA: as resolve_sa() takes it
    std::string tunnel_id;
    std::optional<long long> run; ///< the latest unless given
    std::string since;
    std::string until;
    std::size_t limit = 0; ///< entries at most; 0: all
    const flow::Filter* selected = nullptr;
    const flow::Field* by = nullptr; ///< the SAs with most of it first; null: the worst
};

/// A store that was opened for one question, which outlives it. Errors carry the exit status. One
/// thread.
class Stored {
public:
    /// Errors: no store, no such run, an id or a time that is none.
    static Result<Stored> open(const Question& question);

    const store::StoreReader& reader() const { return *store_; }
    const std::vector<store::RunRecord>& runs() const { return runs_; }
    /// The run asked for.
    const store::RunRecord& run() const { return chosen_; }
    const TimeSpan& span() const { return span_; }
    /// The counters the id stands for, or those that narrow() left; null: everything was asked for.
    const std::vector<wire::SaIdentity>* only() const { return only_ ? &*only_ : nullptr; }
    /// From now on only() has SAs of the run that the filter matches, if there is one.
    Status narrow();

    /// SAs in order; `top`: the first ten of them, unless told otherwise. `spanned`: what they
    /// cover.
    Result<RowList> rows(Spanned& spanned, bool top) const;
    Result<GapList> gaps() const;
    Result<report::Tunnels> tunnels(Spanned& spanned) const;
    /// What rows of the run tell of moves, by row.
    Result<std::vector<flow::Event>> moves() const;
    /// Prints what MKA said in the run, the events of the span.
    Status mka(Format format, bool& shown) const;
    /// Prints the totals of the run, or of the span.
    Status summary(Format format, bool& shown) const;
    /// Prints late ones.
    Status late(Format format, bool& shown) const;
    /// Errors: the run holds no such SA.
    Status know_sa() const;

private:
    explicit Stored(const Question& question) : asked_(question) {}

    Status choose_run();
    Status find_names(const std::string& id);
    Result<Spanned> each_sa(const std::function<void(const flow::SaSummary&)>& fn) const;
    Error no_such_sa() const;
    template <typename Each>
    Status each_of(Each each) const;

    Question asked_;
    std::unique_ptr<store::StoreReader> store_;
    std::vector<store::RunRecord> runs_;
    store::RunRecord chosen_;
    std::optional<std::vector<wire::SaIdentity>> only_; ///< nothing: everything
    TimeSpan span_;
};

/// Errors: it is no id.
Result<wire::SaIdentity> parse_id(const std::string& id);

} // namespace lacuna::app
