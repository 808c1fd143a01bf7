// Answers from a store, also while another process writes it.
#pragma once

#include "api/backend.hpp"
#include "store/store.hpp"

#include <chrono>
#include <map>
#include <mutex>

namespace lacuna::api {

/// Reads never hold up the writer: they see the store as it was at most kFreshness before.
class StoreBackend final : public Backend {
public:
    static constexpr std::chrono::milliseconds kFreshness{1000};

    /// Errors as StoreReader::open().
    static Result<std::unique_ptr<StoreBackend>> open(const std::string& dir);

    const char* source() const override { return "store"; }
    Outcome<RunSummary> summary(Run run) override;
    Outcome<FlowPage> flows(Run run, const FlowQuery& query) override;
    Outcome<std::vector<FlowRow>> flow(Run run, const wire::SaIdentity& id) override;
    Outcome<GapPage> gaps(Run run, const wire::SaIdentity& id, Range range) override;
    Outcome<std::vector<store::RunRecord>> runs() override;

private:
    /// What only a walk over the rows of a run tells.
    struct Walked {
        std::uint64_t rows = 0;
        flow::Totals totals;
        TimeNs first_time = 0;
        TimeNs last_time = 0;
    };
    /// The store at one moment.
    struct View {
        std::unique_ptr<store::StoreReader> reader;
        std::vector<store::RunRecord> runs;
        std::chrono::steady_clock::time_point opened;
        std::mutex mutex; ///< guards what follows; held while it is worked out
        std::map<store::RunId, Walked> walked;
    };
    using Shared = std::shared_ptr<View>;

    explicit StoreBackend(std::string dir) : dir_(std::move(dir)) {}
    static Result<Shared> look(const std::string& dir);
    Outcome<Shared> view();
    static Outcome<const store::RunRecord*> choose(const View& view, Run run);
    static Outcome<Walked> walk(View& view, store::RunId run);
    static Outcome<FlowRow> with_min_gap(const View& view, store::RunId run,
                                         const flow::SaSummary& s);

    const std::string dir_;
    std::mutex mutex_; ///< guards view_; held while the store is looked at anew
    Shared view_;
};

} // namespace lacuna::api
