// Streams of events: each once, whatever their number, and none of what was before unless asked
// for.
#include "api/service.hpp"
#include "catch.hpp"
#include "support/fixed_backend.hpp"

#include <cstdlib>
#include <mutex>
#include <set>
#include <utility>

using namespace lacuna;
using namespace lacuna::api;
using namespace lacuna::test;

namespace {

constexpr std::size_t kLongestPiece = 2'000'000;
constexpr TimeNs kStart = 1'700'000'000'000'000'000;

/// Events in the order of their times, as a store lists notable ones, and how many were looked at.
class ManyEvents final : public FixedBackend {
public:
    void add(std::size_t n, TimeNs time, TimeNs step) {
        const std::lock_guard lock(mutex_);
        for (std::size_t i = 0; i < n; ++i) {
            flow::Event e = sample_event(sample_ids()[0], 5, static_cast<Seq64>(events_.size()));
            e.kind = flow::EventKind::restart;
            e.time = time + static_cast<TimeNs>(i) * step;
            const auto at = std::upper_bound(
                events_.begin(), events_.end(), e,
                [](const flow::Event& a, const flow::Event& b) { return a.time < b.time; });
            events_.insert(at, e);
        }
    }
    Outcome<Page<flow::Event>> events(Run, const EventQuery& query, const Range& range) override {
        const std::lock_guard lock(mutex_);
        Page<flow::Event> page;
        ++calls;
        for (const flow::Event& e : events_) {
            if (e.time < query.since || e.time >= query.until) continue;
            ++looked_at;
            if (page.count++ >= range.offset && page.entries.size() < range.limit)
                page.entries.push_back(e);
            if (!range.counted && page.entries.size() == range.limit) break;
        }
        return page;
    }
    std::size_t looked_at = 0;
    std::size_t calls = 0;

private:
    std::mutex mutex_;
    std::vector<flow::Event> events_;
};

/// Takes in the events of a piece, each of which has all its lines.
void take(std::string_view piece, std::vector<Seq64>& sent) {
    constexpr std::string_view kNumber = "\"old_highest\":";
    while (!piece.empty()) {
        const std::size_t end = piece.find("\n\n");
        REQUIRE(end != std::string_view::npos);
        const std::string_view event = piece.substr(0, end);
        piece.remove_prefix(end + 2);
        if (event.starts_with(':')) continue; // a comment
        if (!event.starts_with("id: ") || event.find("\nevent: restart\n") == std::string_view::npos
            || event.find("\ndata: ") == std::string_view::npos)
            FAIL_CHECK("not an event: " << event);
        const std::size_t number = event.find(kNumber);
        REQUIRE(number != std::string_view::npos);
        sent.push_back(std::strtoll(event.data() + number + kNumber.size(), nullptr, 10));
    }
}

/// Follows a stream until `wanted` events have come and it has looked a few times more; `turn` is
/// called in between.
std::vector<Seq64> follow(
    ManyEvents& backend, const std::string& target, std::size_t wanted,
    const std::function<void()>& turn = [] {}) {
    constexpr std::size_t kLooksMore = 2;
    constexpr std::size_t kTooMany = 40;
    Service service(backend, "");
    Request request;
    request.method = "GET";
    request.target = target;
    request.accept = "text/event-stream";
    const Reply reply = service.answer(request);
    REQUIRE(reply.status == 200);
    REQUIRE(reply.stream);
    std::vector<Seq64> sent;
    std::size_t looks = 0;
    std::size_t seen_at = 0;
    while (looks < seen_at + kLooksMore && looks < kTooMany) {
        std::string piece;
        const bool rests = reply.stream(piece) > std::chrono::milliseconds(0);
        CHECK(piece.size() < kLongestPiece);
        take(piece, sent);
        looks += rests;
        if (sent.size() < wanted) seen_at = looks;
        if (rests) turn();
    }
    return sent;
}

bool all_once(const std::vector<Seq64>& sent, std::size_t n) {
    return sent.size() == n && std::set<Seq64>(sent.begin(), sent.end()).size() == n;
}

} // namespace

TEST_CASE("api: a stream begins now, however much there was", "[api]") {
    constexpr std::size_t kBefore = 50'000;
    ManyEvents backend;
    backend.add(kBefore, kStart, 1'000'000'000);
    bool added = false;
    const auto sent = follow(backend, "/api/v1/events", 3, [&] {
        if (!std::exchange(added, true)) backend.add(3, kStart + kBefore * 1'000'000'000, 1);
    });
    CHECK(sent == std::vector<Seq64>{kBefore, kBefore + 1, kBefore + 2});
    CHECK(backend.looked_at < 4 * kBefore);
}

TEST_CASE("api: a stream of the past tells everything once, in order, looking once", "[api]") {
    constexpr std::size_t kBefore = 60'000;
    ManyEvents backend;
    backend.add(kBefore, kStart, 1'000'000'000);
    const auto sent = follow(backend, "/api/v1/events?since=0", kBefore);
    CHECK(all_once(sent, kBefore));
    CHECK(std::is_sorted(sent.begin(), sent.end()));
    CHECK(backend.looked_at < 4 * kBefore);
}

TEST_CASE("api: more events of a moment than a stream remembers are told once", "[api]") {
    for (const TimeNs step : {0, 10'000}) {
        CAPTURE(step);
        constexpr std::size_t kMany = 55'000;
        ManyEvents backend;
        backend.add(kMany, kStart, step);
        CHECK(all_once(follow(backend, "/api/v1/events?since=0", kMany), kMany));
    }
}

TEST_CASE("api: a stream tells events that come out of the order of their times", "[api]") {
    ManyEvents backend;
    backend.add(100, kStart, 1'000'000);
    bool added = false;
    const auto sent = follow(backend, "/api/v1/events?since=0", 110, [&] {
        if (!std::exchange(added, true)) backend.add(10, kStart + 500, 3'000'000);
    });
    CHECK(all_once(sent, 110));
}
