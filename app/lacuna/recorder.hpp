// What becomes of the events of a run: into the store, into memory for a listing, or nowhere.
#pragma once

#include "common_options.hpp"
#include "pending_store.hpp"
#include "store/spiller.hpp"

#include <memory>
#include <vector>

namespace lacuna::app {

/// Mailboxes for the workers of a run and the thread that empties them. Made only where somebody
/// wants the events (--db, --gaps). One owner; workers use the mailboxes alone.
class Recorder {
public:
    /// Begins to open the store, if one is asked for; opened() says whether it could be.
    /// `config` is stored with the run; empty: the options that matter.
    static std::unique_ptr<Recorder>
    open(const CommonOptions& options, const std::string& command,
         const std::vector<std::string>& inputs,
         std::vector<std::pair<std::string, std::string>> config = {});

    /// Waits until the store is open. Errors as StoreWriter::open().
    Status opened();
    /// Whether the run is in vain, as far as is known: the store could not be opened. Never waits.
    bool failed() const { return store_ && store_->failed(); }
    /// The run as it began, after opened(); its number is 1 where nothing is stored.
    const store::RunRecord& run() const { return record_; }

    /// Starts the thread. `workers` mailboxes; none if nobody wants events.
    std::vector<flow::Mailbox*> start(std::size_t workers);

    /// Ends the run: drains the mailboxes, stores the summaries of the rows still held and the
    /// run's totals, and moves gathered events into the report. The workers have stopped.
    Status finish(report::Report& report);

private:
    Recorder() = default;

    store::RunRecord record_;
    std::unique_ptr<PendingStore> store_;
    std::unique_ptr<store::MemorySink> memory_;
    std::vector<std::unique_ptr<flow::Mailbox>> boxes_;
    std::unique_ptr<store::Spiller> spiller_;
};

} // namespace lacuna::app
