// A pipeline at work and all that watches it; `replay` and `run` differ in what feeds it.
#pragma once

#include "pipeline/pipeline.hpp"
#include "record/recorder.hpp"
#include "session/live_server.hpp"
#include "telemetry/live_view.hpp"
#include "telemetry/socket.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace lacuna::app {

/// Owns the pipeline, the recorder of what it finds and the views others have of it: while it runs,
/// and until it is reported. Ends what it owns in the right order. What feeds the pipeline outlives
/// the session, and EAL both. One owner.
class Session {
public:
    struct Views {
        const HttpOptions& http;
        std::size_t flows; ///< secure associations metrics show one by one
        std::function<telemetry::PortsFigures()> ports = {}; ///< of a live run; any thread
    };

    /// `options` outlives the session. The recorder need not be open yet.
    Session(const CommonOptions& options, std::unique_ptr<Recorder> recorder);

    Recorder& recorder() { return *recorder_; }

    /// Makes a pipeline of `config` (the session adds trackers and mailboxes), and opens all views
    /// of it; Pipeline::launch() is the caller's. Once, after Recorder::opened(). `stop` outlives
    /// the session. Errors as of what it makes.
    Status open(pipeline::PipelineConfig config, pipeline::Input input,
                const std::atomic<bool>& stop, const Views& views);

    /// After open().
    pipeline::Pipeline& pipe() { return *pipe_; }
    const telemetry::LiveView& live() const { return *live_; }

    /// The SAs an earlier run left, sorted: the pipeline takes them up. After open(), before
    /// launch().
    void take_up(std::vector<flow::LeftBehind> left);
    /// After the loops have ended and Pipeline::finish(): the figures and rows of the run.
    Result<report::Report> report() const;

private:
    // Each uses those above it and goes before them.
    const CommonOptions& options_;
    const std::unique_ptr<Recorder> recorder_; ///< holds the mailboxes of the workers
    std::optional<flow::FlowBudget> budget_;
    std::vector<flow::LeftBehind> left_behind_;
    std::unique_ptr<pipeline::Pipeline> pipe_;
    std::unique_ptr<telemetry::LiveView> live_;
    Following following_; ///< the recorder asks `live_`
    std::unique_ptr<telemetry::Socket> socket_;
    std::unique_ptr<LiveServer> server_;
};

} // namespace lacuna::app
