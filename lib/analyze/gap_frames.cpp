#include "analyze/gap_frames.hpp"

#include "base/time_text.hpp"
#include "capture/write/pcapng_writer.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace lacuna::analyze {
namespace {

/// An id as part of a file's name: what shells and file systems make something of is left out.
std::string file_name(const std::string& id) {
    std::string out = id;
    std::replace_if(
        out.begin(), out.end(), [](char c) { return c == ':' || c == '/' || c == '#'; }, '_');
    return out;
}

template <typename T>
void keep_last(std::deque<T>& list, T entry, std::size_t most) {
    list.push_back(std::move(entry));
    if (list.size() > most) list.pop_front();
}

} // namespace

GapFrames::GapFrames(std::vector<flow::Gap> gaps, std::vector<std::string> names,
                     std::string folder)
    : gaps_(std::move(gaps)), names_(std::move(names)), folder_(std::move(folder)) {
    for (std::size_t i = 0; i < gaps_.size(); ++i) {
        const wire::SaIdentity id = common_identity(gaps_[i].id);
        auto own =
            std::find_if(owns_.begin(), owns_.end(), [&id](const Own& o) { return o.id == id; });
        if (own == owns_.end()) own = owns_.insert(own, Own{id, {}, {}});
        own->waiting.push_back(i);
    }
    for (Own& own : owns_)
        std::stable_sort(
            own.waiting.begin(), own.waiting.end(),
            [this](std::size_t a, std::size_t b) { return gaps_[a].time < gaps_[b].time; });
}

bool GapFrames::look(const wire::Frame& frame, std::span<const wire::Observation> tracked) {
    auto kept = std::make_shared<Kept>();
    kept->number = seen_++;
    kept->frame = frame;
    kept->octets.assign(frame.data, frame.data + frame.caplen);
    kept->frame.data = kept->octets.data();
    const KeptPtr now = std::move(kept);
    std::vector<Own*> its;
    for (const wire::Observation& o : tracked) {
        const wire::SaIdentity id = common_identity(o.id);
        for (Own& own : owns_)
            if (own.id == id && std::find(its.begin(), its.end(), &own) == its.end())
                its.push_back(&own);
    }
    for (auto at = open_.begin(); at != open_.end();) {
        const bool is_own = std::any_of(its.begin(), its.end(),
                                        [&at](const Own* own) { return own->id == at->id; });
        if ((is_own && at->own != 0) || at->any != 0) at->frames.push_back(now);
        if (is_own && at->own != 0) --at->own;
        if (at->any != 0) --at->any;
        if (at->own != 0 || at->any != 0) {
            ++at;
            continue;
        }
        if (Status s = write(*at); !s && state_) state_ = s;
        at = open_.erase(at);
    }
    for (Own* own : its) {
        while (!own->waiting.empty() && gaps_[own->waiting.front()].time <= frame.time) {
            // One packet may reveal several: late ones divided the hole since.
            begin(own->waiting.front(), *own, now);
            own->waiting.erase(own->waiting.begin());
        }
        keep_last(own->last, now, kOwn);
    }
    keep_last(last_, now, kAny);
    return !open_.empty() || std::any_of(owns_.begin(), owns_.end(), [](const Own& own) {
        return !own.waiting.empty();
    });
}

void GapFrames::begin(std::size_t gap, const Own& own, const KeptPtr& frame) {
    Extract extract{gap, own.id, {}, kOwn - 1, kAny - 1};
    extract.frames.assign(own.last.begin(), own.last.end());
    for (const KeptPtr& other : last_)
        if (std::find(own.last.begin(), own.last.end(), other) == own.last.end())
            extract.frames.push_back(other);
    std::sort(extract.frames.begin(), extract.frames.end(),
              [](const KeptPtr& a, const KeptPtr& b) { return a->number < b->number; });
    extract.frames.push_back(frame);
    open_.push_back(std::move(extract));
}

Status GapFrames::write(const Extract& extract) {
    const flow::Gap& gap = gaps_[extract.gap];
    const std::string path = fmt::format("{}/gap-{:04}-{}-{}.pcapng", folder_, extract.gap + 1,
                                         file_name(names_[extract.gap]), gap.first_missing);
    auto file = capture::PcapngWriter::create(
        path, fmt::format("lacuna: {} lost {} numbers from {} on; the packet of {} revealed it{}",
                          names_[extract.gap], gap.next - gap.first_missing, gap.first_missing,
                          rfc3339(gap.time), gap.blind ? " (the probe itself lost packets)" : ""));
    if (!file) return file.error();
    for (const KeptPtr& kept : extract.frames)
        file->add(kept->frame);
    if (Status s = file->close(); !s) return s;
    ++written_;
    return {};
}

Result<std::size_t> GapFrames::finish() {
    for (const Extract& extract : open_)
        if (Status s = write(extract); !s && state_) state_ = s;
    open_.clear();
    if (!state_) return state_.error();
    return written_;
}

} // namespace lacuna::analyze
