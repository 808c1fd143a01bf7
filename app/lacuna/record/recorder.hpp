// What becomes of what a run finds: into memory for a listing (--gaps), or nowhere. A run that is
// stored has a StoredRecorder.
#pragma once

#include "cli/common_options.hpp"
#include "store/write/live_spill.hpp"
#include "store/write/spiller.hpp"

#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

namespace lacuna::app {

class Recorder;

/// A recorder that asks a run how it stands: as long as this lives.
class Following {
public:
    Following() = default;
    explicit Following(Recorder& recorder) : recorder_(&recorder) {}
    Following(Following&& other) noexcept : recorder_(std::exchange(other.recorder_, nullptr)) {}
    Following& operator=(Following&& other) noexcept {
        std::swap(recorder_, other.recorder_);
        return *this;
    }
    ~Following();

private:
    Recorder* recorder_ = nullptr;
};

/// Mailboxes for the workers of a run and the thread that empties them. Made only where somebody
/// wants the events (--db, --gaps). One owner; workers use the mailboxes alone.
class Recorder {
public:
    using Config = std::vector<std::pair<std::string, std::string>>;

    /// `config` is stored with the run; empty: the options that matter.
    Recorder(const CommonOptions& options, const std::string& command,
             const std::vector<std::string>& inputs, Config config = {});
    virtual ~Recorder();
    Recorder(const Recorder&) = delete;
    Recorder& operator=(const Recorder&) = delete;

    /// Waits until the store is open, if there is one.
    virtual Status opened() { return {}; }
    /// Whether the run is in vain, as far as is known: the store could not be opened. Never waits.
    virtual bool failed() const { return false; }
    /// The run as it began, after opened(); its number is 1 where nothing is stored.
    const store::RunRecord& run() const { return record_; }

    /// Starts the thread. `workers` mailboxes; none if nobody wants events.
    std::vector<flow::Mailbox*> start(std::size_t workers);

    /// Stores what happened to the probe itself, after opened(). What fails shows at the end.
    virtual void note(const flow::Event&) {}

    /// Stores what `watch` tells of the run while it lives, until finish() or the end of what it
    /// returns. `watch.not_stored` is filled in here.
    [[nodiscard]] Following follow(store::RunWatch watch) {
        begin_following(std::move(watch));
        return Following(*this);
    }

    /// What a person should know by now, and has not been told. Any thread.
    std::vector<std::string> take_remarks();
    /// Nothing where the run stores nothing. Any thread, after follow().
    virtual std::optional<store::StoreFigures> figures() const { return std::nullopt; }

    /// Ends the run: drains the mailboxes, stores the summaries of the rows still held and the
    /// run's totals, and moves gathered events into the report. The workers have stopped.
    virtual Status finish(report::Report& report);

protected:
    void say(const std::string& line);
    std::uint64_t not_stored() const;
    /// Ends the thread that uses sink().
    void stop_spilling() { spiller_.reset(); }

    store::RunRecord record_;

private:
    friend class Following;
    virtual void begin_following(store::RunWatch) {}
    virtual void end_following() {}
    /// Where all goes besides; null: nowhere.
    virtual store::Sink* sink() { return nullptr; }

    std::unique_ptr<store::MemorySink> memory_;
    std::vector<std::unique_ptr<flow::Mailbox>> boxes_;
    std::unique_ptr<store::Spiller> spiller_;
    std::mutex mutex_; ///< guards remarks_
    std::vector<std::string> remarks_;
};

/// Prints what there is to say, unless --quiet.
void show_remarks(Recorder& recorder, const CommonOptions& options);

/// The end of `analyze`, `replay` and `run`: stores the run, says what there is to say and shows
/// the report, to which `look_again` may add once it is complete. Exit status.
int conclude(Recorder& recorder, report::Report& report, const CommonOptions& options,
             const std::function<Status(report::Report&)>& look_again = {});

} // namespace lacuna::app
