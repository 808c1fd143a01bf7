// A pipeline at work, row by row.
#include "telemetry/live_view.hpp"
#include "wire/shard.hpp"
#include "wire/text/sa_text.hpp"

#include <algorithm>

namespace lacuna::telemetry {
namespace {

using namespace std::chrono;
using flow::Request;

// A cursor names a tracker and a row of it.
constexpr unsigned kRowBits = 32;

std::uint64_t cursor_of(std::size_t tracker, std::uint64_t row) {
    return std::uint64_t{tracker} << kRowBits | row;
}

} // namespace

Result<flow::Reply> LiveView::ask(std::size_t tracker, const Request& question,
                                  Clock::time_point until) const {
    const auto left = duration_cast<milliseconds>(until - Clock::now());
    return pipe_.request_slot(tracker).ask(question, std::max(left, milliseconds(1)));
}

/// Rows from `question` on, over tracker `tracker` and those after it.
Result<FlowPage> LiveView::walk(std::size_t tracker, Request question) const {
    const auto until = Clock::now() + options_.timeout;
    FlowPage page;
    const std::uint32_t limit = std::clamp<std::uint32_t>(question.limit, 1, kMaxFlows);
    question.kind = Request::Kind::page;
    for (; tracker < trackers(); ++tracker, question.row = 0) {
        question.limit = limit - static_cast<std::uint32_t>(page.flows.size());
        const auto answer = ask(tracker, question, until);
        if (!answer) return answer.error();
        question.skip -= answer->passed;
        page.flows.insert(page.flows.end(), answer->rows.begin(), answer->rows.end());
        if (answer->more || page.flows.size() == limit) {
            page.more = answer->more || tracker + 1 < trackers();
            page.next =
                answer->more ? cursor_of(tracker, answer->next_row) : cursor_of(tracker + 1, 0);
            return page;
        }
    }
    page.next = cursor_of(tracker, 0);
    return page;
}

Result<FlowPage> LiveView::flows(std::uint64_t cursor, std::uint32_t limit) const {
    const auto all = figures();
    if (!all) return all.error();
    Request question;
    question.row = cursor & ((std::uint64_t{1} << kRowBits) - 1);
    question.limit = limit;
    auto page = walk(cursor >> kRowBits, question);
    if (page) page->total = (*all)->table.rows;
    return page;
}

Result<FlowPage> LiveView::flows_at(std::uint64_t offset, std::uint32_t limit) const {
    const auto all = figures();
    if (!all) return all.error();
    Request question;
    question.skip = offset;
    question.limit = limit;
    auto page = walk(0, question);
    if (page) page->total = (*all)->table.rows;
    return page;
}

Result<FlowPage> LiveView::page(std::uint64_t number) const {
    const auto all = figures();
    if (!all) return all.error();
    FlowPage page;
    page.total = (*all)->table.rows;
    page.next = number + 1;
    const std::uint64_t stretch = number / trackers();
    if (stretch >= UINT32_MAX / kFlowsPerPage) return page;
    Request question;
    question.kind = Request::Kind::page;
    question.row = stretch * kFlowsPerPage;
    question.end_row = question.row + kFlowsPerPage;
    question.limit = kFlowsPerPage;
    const auto answer = ask(number % trackers(), question, Clock::now() + options_.timeout);
    if (!answer) return answer.error();
    page.flows = answer->rows;
    return page;
}

Result<std::uint64_t> LiveView::pages() const {
    // The largest tracker has the last page.
    const auto until = Clock::now() + options_.timeout;
    std::uint64_t rows = 0;
    Request nothing; // of no row: answers how many there are
    nothing.kind = Request::Kind::page;
    nothing.end_row = 0;
    for (std::size_t i = 0; i < trackers(); ++i) {
        const auto answer = ask(i, nothing, until);
        if (!answer) return answer.error();
        rows = std::max(rows, answer->row_limit);
    }
    return (rows + kFlowsPerPage - 1) / kFlowsPerPage * trackers();
}

Result<std::optional<flow::Reply>> LiveView::ask_about(std::string_view id,
                                                       Request::Kind kind) const {
    constexpr std::size_t kShown = 100;
    const auto identity = wire::sa_parse(id);
    if (!identity)
        return Error{"not the id of a secure association", std::string(id.substr(0, kShown)),
                     "ids look like esp-00001000-10.0.0.1 or macsec-0200000000010001-0", 2};
    Request question;
    question.kind = kind;
    question.id = *identity;
    question.hash = wire::identity_hash(*identity, pipe_.config().key);

    const auto until = Clock::now() + options_.timeout;
    const bool sharded = layout().kind == pipeline::Layout::Kind::pipeline;
    std::size_t tracker = sharded ? wire::shard_of(question.hash, layout().workers) : 0;
    const std::size_t end = sharded ? tracker + 1 : trackers();
    std::optional<flow::Reply> best;
    for (; tracker < end; ++tracker) {
        auto answer = ask(tracker, question, until);
        if (!answer) return answer.error();
        if (!answer->found) continue;
        if (!best || answer->rows.front().received > best->rows.front().received)
            best = std::move(*answer);
    }
    return best;
}

Result<std::optional<flow::SaSummary>> LiveView::flow(std::string_view id) const {
    const auto answer = ask_about(id, Request::Kind::one);
    if (!answer) return answer.error();
    if (!*answer) return std::optional<flow::SaSummary>();
    return std::optional<flow::SaSummary>((*answer)->rows.front());
}

Result<std::optional<Holes>> LiveView::holes(std::string_view id) const {
    auto answer = ask_about(id, Request::Kind::holes);
    if (!answer) return answer.error();
    if (!*answer) return std::optional<Holes>();
    flow::Reply& a = **answer;
    Holes h;
    h.sa = a.rows.front();
    h.open = std::move(a.open);
    h.open_count = a.open_count;
    h.latest = flow::fold_gaps(a.events);
    h.older_forgotten = a.events_missed;
    return std::optional<Holes>(std::move(h));
}

} // namespace lacuna::telemetry
