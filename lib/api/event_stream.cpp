#include "api/event_stream.hpp"

#include "api/objects.hpp"

#include <charconv>
#include <chrono>
#include <deque>
#include <set>
#include <thread>

namespace lacuna::api {
namespace {

using namespace std::chrono;

constexpr milliseconds kStep{250};
/// A line that says nothing tells the client, and what lies between, that the server lives.
constexpr seconds kSilence{10};
/// Workers tell of events a little out of the order of their times.
constexpr TimeNs kOverlap = 30'000'000'000;
constexpr std::size_t kRemembered = 10'000;

/// What has been sent lately, so that looking again does not send it twice.
class Sent {
public:
    bool add(const flow::Event& e) {
        std::string octets(reinterpret_cast<const char*>(&e), sizeof e);
        if (!known_.insert(octets).second) return false;
        order_.push_back(std::move(octets));
        if (order_.size() > kRemembered) {
            known_.erase(order_.front());
            order_.pop_front();
        }
        return true;
    }

private:
    std::set<std::string> known_;
    std::deque<std::string> order_;
};

/// The state of one stream.
struct Tail {
    Backend& backend;
    Backend::Run run; ///< as asked for
    EventQuery query;
    TimeNs latest = INT64_MIN; ///< time of the latest event seen
    Sent sent;

    bool look(const Send* send);
    bool tell(const flow::Event& e, const Send& send) const;
};

bool Tail::tell(const flow::Event& e, const Send& send) const {
    std::string data;
    append_event(data, e);
    return send(fmt::format("id: {}\nevent: {}\ndata: {}\n\n", e.time, event_kind(e), data));
}

/// Takes in what is new; sends it, unless nobody wants it yet. False: the client has gone.
bool Tail::look(const Send* send) {
    Range range{0, kMaxPage, ""};
    for (;;) {
        const auto page = backend.events(run, query, range);
        if (!page) return true; // a moment's trouble: the next look may fare better
        for (const flow::Event& e : page->entries) {
            latest = std::max(latest, e.time);
            if (sent.add(e) && send != nullptr && !tell(e, *send)) return false;
        }
        range.offset += page->entries.size();
        if (page->entries.empty() || range.offset >= page->count) break;
    }
    if (latest > INT64_MIN + kOverlap) query.since = std::max(query.since, latest - kOverlap);
    return true;
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
    reply.stream = [&backend = call.backend, run = call.run(), query, only_new](const Send& send) {
        Tail tail{backend, run, query, INT64_MIN, {}};
        if (only_new) tail.look(nullptr);
        if (!send(": events follow\n\n")) return;
        auto spoken = steady_clock::now();
        for (;;) {
            if (!tail.look(&send) || !send("")) return;
            std::this_thread::sleep_for(kStep);
            if (steady_clock::now() - spoken < kSilence) continue;
            if (!send(":\n\n")) return;
            spoken = steady_clock::now();
        }
    };
    return reply;
}

} // namespace lacuna::api
