#include "api/event_stream.hpp"

#include "api/objects/objects.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <deque>
#include <thread>
#include <unordered_set>

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
struct Tail {
    Backend& backend;
    Backend::Run run; ///< as asked for
    EventQuery query;
    TimeNs latest = INT64_MIN; ///< time of the latest event seen
    Sent sent;

    bool look(const Send* send);
    void begin_now(std::uint64_t count);
    bool tell(const flow::Event& e, const Send& send) const;
};

bool Tail::tell(const flow::Event& e, const Send& send) const {
    std::string data;
    append_event(data, e);
    return send(fmt::format("id: {}\nevent: {}\ndata: {}\n\n", e.time, event_kind(e), data));
}

/// Where the next page begins. Those of one SA are not in the order of their times.
void go_on_behind(const std::vector<flow::Event>& page, EventQuery& query, Range& range) {
    range.offset += page.size();
    const TimeNs last = page.back().time;
    if (query.id || last == query.since) return;
    query.since = last;
    range.offset = static_cast<std::uint64_t>(std::count_if(
        page.begin(), page.end(), [last](const flow::Event& e) { return e.time == last; }));
}

/// Takes in what is new; sends it, unless nobody wants it yet. False: the client has gone.
bool Tail::look(const Send* send) {
    EventQuery ahead = query;
    Range range{0, kMaxEventPage, "", false};
    for (;;) {
        const auto page = backend.events(run, ahead, range);
        if (!page) return true; // a moment's trouble: the next look may fare better
        for (const flow::Event& e : page->entries) {
            latest = std::max(latest, e.time);
            if (sent.add(e) && send != nullptr && !tell(e, *send)) return false;
        }
        if (page->entries.size() < range.limit) break;
        go_on_behind(page->entries, ahead, range);
    }
    if (latest > INT64_MIN + kOverlap) query.since = std::max(query.since, latest - kOverlap);
    if (sent.forgotten() != INT64_MIN) query.since = std::max(query.since, sent.forgotten() + 1);
    return true;
}

/// Passes over what there is, without looking at more than the end of it.
void Tail::begin_now(std::uint64_t count) {
    if (count != 0 && !query.id)
        if (const auto last = backend.events(run, query, {count - 1, 1, ""});
            last && !last->entries.empty())
            query.since = std::max(query.since, last->entries.back().time - kOverlap);
    look(nullptr);
}

/// A step at least. False: the client has gone.
bool rest_until(steady_clock::time_point until, const Send& send) {
    for (;;) {
        std::this_thread::sleep_for(kStep);
        if (steady_clock::now() >= until) return true;
        if (!send("")) return false;
    }
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
    reply.stream = [&backend = call.backend, run = call.run(), query, only_new,
                    count = first->count](const Send& send) {
        Tail tail{backend, run, query, INT64_MIN, {}};
        if (only_new) tail.begin_now(count);
        if (!send(": events follow\n\n")) return;
        auto spoken = steady_clock::now();
        for (;;) {
            const auto begun = steady_clock::now();
            if (!tail.look(&send) || !send("")) return;
            if (!rest_until(begun + kRest * (steady_clock::now() - begun), send)) return;
            if (steady_clock::now() - spoken < kSilence) continue;
            if (!send(":\n\n")) return;
            spoken = steady_clock::now();
        }
    };
    return reply;
}

} // namespace lacuna::api
