#include "api/event_stream.hpp"

#include "api/objects/objects.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <deque>
#include <fmt/format.h>
#include <iterator>
#include <memory>
#include <unordered_set>
#include <utility>

namespace lacuna::api {
namespace {

using namespace std::chrono;

constexpr milliseconds kStep{250};
/// From one look to the next passes so many times as long as it takes.
constexpr int kRest = 5;
/// A line that says nothing tells the client, and what lies between, that the server lives.
constexpr seconds kSilence{10};
/// Workers tell of events a little out of the order of their times.
constexpr TimeNs kOverlap = 30'000'000'000;
constexpr std::size_t kRemembered = 50'000;
/// Events looked at for one piece: a megabyte or two of text.
constexpr std::uint64_t kPiece = 5'000;

/// What has been sent lately, so that looking again does not send it twice. Bounded: what happened
/// up to forgotten() may have been, and is not to be looked at again.
class Sent {
public:
    bool add(const flow::Event& e) {
        const std::size_t hash =
            std::hash<std::string_view>()({reinterpret_cast<const char*>(&e), sizeof e});
        if (!known_.insert(hash).second) return false;
        order_.emplace_back(hash, e.time);
        if (order_.size() > kRemembered) {
            known_.erase(order_.front().first);
            forgotten_ = std::max(forgotten_, order_.front().second);
            order_.pop_front();
        }
        return true;
    }
    TimeNs forgotten() const { return forgotten_; }

private:
    std::unordered_set<std::size_t> known_;
    std::deque<std::pair<std::size_t, TimeNs>> order_;
    TimeNs forgotten_ = INT64_MIN;
};

/// The state of one stream.
class Tail {
public:
    Tail(Backend& backend, Backend::Run run, EventQuery query)
        : backend_(backend), run_(run), query_(query) {}

    /// Tells only what comes from now on, although there were `count` events.
    void begin_now(std::uint64_t count);
    /// As NextPiece.
    milliseconds next(std::string& out);

private:
    bool look(std::string& out);

    Backend& backend_;
    Backend::Run run_; ///< as asked for
    EventQuery query_; ///< of the next look
    Sent sent_;
    TimeNs latest_ = INT64_MIN; ///< time of the latest event seen
    bool greeted_ = false;
    bool silent_ = false; ///< the look under way only learns what there is
    steady_clock::time_point spoken_;

    // A look takes a page after another.
    bool looking_ = false;
    EventQuery ahead_;
    Range range_;
    steady_clock::duration took_{};
};

/// Where the next page begins. Those of one SA are not in the order of their times.
void go_on_behind(const std::vector<flow::Event>& page, EventQuery& query, Range& range) {
    range.offset += page.size();
    const TimeNs last = page.back().time;
    if (query.id || last == query.since) return;
    query.since = last;
    range.offset = static_cast<std::uint64_t>(std::count_if(
        page.begin(), page.end(), [last](const flow::Event& e) { return e.time == last; }));
}

/// A page of what is new. False: there is more of it.
bool Tail::look(std::string& out) {
    if (!std::exchange(looking_, true)) {
        ahead_ = query_;
        range_ = {0, kPiece, "", false};
        took_ = {};
    }
    const auto page = backend_.events(run_, ahead_, range_);
    if (!page) { // a moment's trouble: the next look may fare better
        looking_ = false;
        return true;
    }
    for (const flow::Event& e : page->entries) {
        latest_ = std::max(latest_, e.time);
        if (!sent_.add(e) || silent_) continue;
        fmt::format_to(std::back_inserter(out), "id: {}\nevent: {}\ndata: ", e.time, event_kind(e));
        JsonWriter json(out);
        write_event(json, e);
        out += "\n\n";
    }
    if (page->entries.size() >= range_.limit) {
        go_on_behind(page->entries, ahead_, range_);
        return false;
    }
    if (latest_ > INT64_MIN + kOverlap) query_.since = std::max(query_.since, latest_ - kOverlap);
    if (sent_.forgotten() != INT64_MIN)
        query_.since = std::max(query_.since, sent_.forgotten() + 1);
    looking_ = silent_ = false;
    return true;
}

/// Passes over what there is, without looking at more than the end of it.
void Tail::begin_now(std::uint64_t count) {
    silent_ = true;
    if (count == 0 || query_.id) return;
    const auto last = backend_.events(run_, query_, {count - 1, 1, ""});
    if (last && !last->entries.empty())
        query_.since = std::max(query_.since, last->entries.back().time - kOverlap);
}

milliseconds Tail::next(std::string& out) {
    if (!std::exchange(greeted_, true)) out = ": events follow\n\n";
    const auto begun = steady_clock::now();
    const bool all = look(out);
    const auto now = steady_clock::now();
    took_ += now - begun;
    if (!all) return milliseconds(0);
    if (out.empty() && now - spoken_ >= kSilence) out = ":\n\n";
    if (!out.empty()) spoken_ = now;
    return std::max(kStep, duration_cast<milliseconds>(kRest * took_));
}

} // namespace

bool wants_stream(std::string_view accept) {
    return accept.find("text/event-stream") != std::string_view::npos;
}

Outcome<Reply> event_stream(const Call& call, EventQuery query) {
    const auto first = call.backend.events(call.run(), query, {0, 1, ""});
    if (!first) return first.error();
    const std::string& last = call.request.last_event_id;
    TimeNs resume = 0;
    const auto [end, error] = std::from_chars(last.data(), last.data() + last.size(), resume);
    const bool resumes = !last.empty() && error == std::errc() && end == last.data() + last.size();
    if (!last.empty() && !resumes) return Problem{400, "not the id of an event", "Last-Event-ID"};
    if (resumes) query.since = std::max(query.since, resume);
    const bool only_new = !resumes && call.parameters.text("since") == nullptr;

    Reply reply;
    reply.type = "text/event-stream";
    reply.fields.emplace_back("Cache-Control", "no-store");
    const auto tail = std::make_shared<Tail>(call.backend, call.run(), query);
    if (only_new) tail->begin_now(first->count);
    reply.stream = [tail](std::string& out) { return tail->next(out); };
    return reply;
}

} // namespace lacuna::api
