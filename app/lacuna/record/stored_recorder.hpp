// What becomes of a run that is stored (--db).
#pragma once

#include "record/pending_store.hpp"
#include "record/recorder.hpp"

namespace lacuna::app {

/// What to do when the store cannot be written.
enum class OnFailure {
    end,   ///< the run fails at its end
    go_on, ///< what is lost is counted, and the store written again once that is possible
};

/// A recorder that puts what the workers find into a store besides.
class StoredRecorder final : public Recorder {
public:
    /// Begins to open the store; opened() says whether it could be, with the errors of
    /// StoreWriter::open().
    StoredRecorder(const CommonOptions& options, const std::string& command,
                   const std::vector<std::string>& inputs, OnFailure on_failure, Config config);
    ~StoredRecorder() override;

    Status opened() override;
    bool failed() const override { return store_.failed(); }
    std::optional<store::StoreFigures> figures() const override;
    void note(const flow::Event& event) override { (void)store_.put_events({&event, 1}); }
    Status finish(report::Report& report) override;

private:
    void begin_following(store::RunWatch watch) override;
    void end_following() override {
        if (live_) live_->stop();
    }
    store::Sink* sink() override { return &store_; }
    void say_crashed();
    Status finish_store(const report::Report& report);

    const OnFailure on_failure_;
    const CommonOptions::Store options_;
    PendingStore store_;
    std::unique_ptr<store::LiveSpill> live_; ///< last: its threads use what is above
};

/// The recorder that `options` ask for.
std::unique_ptr<Recorder> open_recorder(const CommonOptions& options, const std::string& command,
                                        const std::vector<std::string>& inputs,
                                        OnFailure on_failure = OnFailure::end,
                                        Recorder::Config config = {});

} // namespace lacuna::app
