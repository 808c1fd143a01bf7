// What becomes of what a run finds: into the store, into memory for a listing, or nowhere.
#pragma once

#include "common_options.hpp"
#include "pending_store.hpp"
#include "store/live_spill.hpp"
#include "store/spiller.hpp"

#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace lacuna::app {

/// Mailboxes for the workers of a run and the threads that store. Made only where somebody wants
/// the events (--db, --gaps). One owner; workers use the mailboxes alone.
class Recorder {
public:
    /// What to do when the store cannot be written.
    enum class OnFailure {
        end,   ///< the run fails at its end
        go_on, ///< what is lost is counted, and the store written again once that is possible
    };

    /// Begins to open the store, if one is asked for; opened() says whether it could be.
    /// `config` is stored with the run; empty: the options that matter.
    static std::unique_ptr<Recorder>
    open(const CommonOptions& options, const std::string& command,
         const std::vector<std::string>& inputs, OnFailure on_failure = OnFailure::end,
         std::vector<std::pair<std::string, std::string>> config = {});

    /// Waits until the store is open. Errors as StoreWriter::open().
    Status opened();
    /// Whether the run is in vain, as far as is known: the store could not be opened. Never waits.
    bool failed() const { return store_ && store_->failed(); }
    /// The run as it began, after opened(); its number is 1 where nothing is stored.
    const store::RunRecord& run() const { return record_; }

    /// Starts the thread. `workers` mailboxes; none if nobody wants events.
    std::vector<flow::Mailbox*> start(std::size_t workers);

    /// Stores what `source` tells of the run while it lives; `source` is valid until finish() or
    /// unfollow(). Its `not_stored` is filled in here.
    void follow(store::LiveSource source);

    /// Asks the source no more. finish() does it as well.
    void unfollow() {
        if (live_) live_->stop();
    }

    /// What a person should know by now, and has not been told. Any thread.
    std::vector<std::string> take_remarks();
    /// Nothing where the run stores nothing. Any thread, after follow().
    std::optional<store::SpillFigures> figures() const;

    /// Ends the run: drains the mailboxes, stores the summaries of the rows still held and the
    /// run's totals, and moves gathered events into the report. The workers have stopped.
    Status finish(report::Report& report);

private:
    Recorder() = default;
    void say(const std::string& line);
    void say_crashed();
    std::uint64_t not_stored() const;
    Status finish_store(const report::Report& report);

    OnFailure on_failure_ = OnFailure::end;
    CommonOptions::Store options_;
    store::RunRecord record_;
    std::unique_ptr<PendingStore> store_;
    std::unique_ptr<store::MemorySink> memory_;
    std::vector<std::unique_ptr<flow::Mailbox>> boxes_;
    std::unique_ptr<store::Spiller> spiller_;
    std::mutex mutex_; ///< guards remarks_
    std::vector<std::string> remarks_;
    std::unique_ptr<store::LiveSpill> live_; ///< last: its threads use what is above
};

/// Prints what there is to say, unless --quiet.
void show_remarks(Recorder& recorder, const CommonOptions& options);

} // namespace lacuna::app
