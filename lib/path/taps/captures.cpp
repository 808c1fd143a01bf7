#include "path/taps/captures.hpp"

#include "path/taps/senders.hpp"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

namespace lacuna::path {

Result<CaptureReader> CaptureReader::open(const capture::Stream& stream, const wire::HashKey& key,
                                          BlindSpans& blind) {
    CaptureReader captures;
    captures.blind_ = &blind;
    captures.key_ = key;
    for (const capture::StreamFile& file : stream.files) {
        auto reader = file.open(capture::Access::stream, captures.readers_.size());
        if (!reader) return reader.error();
        captures.readers_.push_back(std::move(*reader));
    }
    return captures;
}

std::span<const wire::Observation> CaptureReader::next() {
    wire::Frame frames[wire::kBurst];
    while (at_ < readers_.size()) {
        capture::Reader& reader = *readers_[at_];
        const std::size_t n = reader.next(frames, wire::kBurst);
        if (n == 0) {
            if (!reader.end().interrupted) ++at_;
            continue;
        }
        for (Drops lost; reader.take_drops(lost);)
            blind_->add(lost);
        const std::size_t made = wire::decode_burst(frames, n, key_, observations_.get(), *counts_);
        for (std::size_t i = 0; i < made; ++i) {
            wire::Observation& o = observations_[i];
            o.time = within_reach(o.time);
            if (!wire::is_shared(o.id.key)) continue;
            // The port, which is a file here, is no part of it.
            o.id.key.addr[0] = o.id.key.addr[1] = 0;
            o.hash = wire::identity_hash(o.id, key_);
        }
        if (made != 0) return {observations_.get(), made};
    }
    return {};
}

std::vector<std::string> CaptureReader::remarks(const capture::Stream& stream) const {
    capture::Stream told;
    told.files = stream.files;
    std::uint64_t unplaced = 0;
    std::vector<TimeNs> last;
    for (const auto& reader : readers_) {
        const capture::CaptureEnd& end = reader->end();
        if (end.truncated)
            told.remarks.push_back(reader->info().path + " is cut at octet "
                                   + std::to_string(end.offset) + ": " + end.reason);
        unplaced += reader->dropped_unplaced();
        last.push_back(reader->latest_time());
    }
    capture::remark_unplaced(told, unplaced);
    return told.remarks;
}

Result<TapReader> TapReader::open(const Streams& streams, const wire::HashKey& key) {
    TapReader tap;
    for (const capture::Stream& stream : streams) {
        auto reader = CaptureReader::open(stream, key, *tap.blind_);
        if (!reader) return reader.error();
        tap.readers_.push_back(std::move(*reader));
    }
    if (tap.readers_.size() > 1)
        for (CaptureReader& reader : tap.readers_)
            tap.seen_.push_back(reader.next());
    return tap;
}

std::span<const wire::Observation> TapReader::next() {
    if (seen_.empty()) return readers_.front().next();
    merged_.clear();
    while (merged_.size() < wire::kBurst) {
        std::size_t first = seen_.size();
        for (std::size_t i = 0; i < seen_.size(); ++i)
            if (!seen_[i].empty()
                && (first == seen_.size() || seen_[i].front().time < seen_[first].front().time))
                first = i;
        if (first == seen_.size()) break;
        merged_.push_back(seen_[first].front());
        seen_[first] = seen_[first].subspan(1);
        if (seen_[first].empty()) seen_[first] = readers_[first].next();
    }
    return merged_;
}

std::vector<std::string> TapReader::remarks(const Streams& streams) const {
    std::vector<std::string> all;
    for (std::size_t i = 0; i < readers_.size(); ++i) {
        all.insert(all.end(), streams[i].remarks.begin(), streams[i].remarks.end());
        for (std::string& remark : readers_[i].remarks(streams[i]))
            all.push_back(std::move(remark));
    }
    return all;
}

namespace {

/// The SAs of a tap while it is read.
class SasOfTap {
public:
    SasOfTap(Tap& tap, BlindSpans& blind) : tap_(tap), blind_(blind) {}

    void take(std::span<const wire::Observation> seen) {
        for (const wire::Observation& o : seen)
            tap_.sas.prefetch(o);
        for (std::size_t i = 0; i < seen.size(); ++i) {
            numbers_[i] = tap_.sas.add(seen[i]);
            if (numbers_[i] == SaIndex::kNone) continue;
            tap_.sas.prefetch_source(numbers_[i]);
            if (numbers_[i] < counters_.size()) __builtin_prefetch(&counters_[numbers_[i]]);
        }
        if (counters_.size() < tap_.sas.size()) counters_.resize(tap_.sas.size());
        for (std::size_t i = 0; i < seen.size(); ++i)
            if (numbers_[i] != SaIndex::kNone) take(numbers_[i], seen[i]);
    }

    void end() {
        tap_.tracks.resize(counters_.size());
        for (std::uint32_t n = 0; n < counters_.size(); ++n) {
            counters_[n].end(blind_);
            tap_.tracks[n] = counters_[n].release();
        }
        // In the order the identities appeared.
        std::vector<std::uint32_t> several;
        for (const auto& [number, senders] : senders_)
            several.push_back(number);
        std::sort(several.begin(), several.end());
        for (const std::uint32_t number : several)
            tell_apart(number);
        for (std::uint32_t n = 0; n < counters_.size(); ++n)
            if (const wire::SaIdentity& id = tap_.sas.id(n); wire::is_shared(id.key)) {
                const wire::SaIdentity source = wire::shown_source(tap_.sas.source(n));
                tap_.sas.rename(n, wire::identity_of(source), source);
            }
    }

private:
    void take(std::uint32_t number, const wire::Observation& o) {
        Counter& counter = counters_[number];
        if (!SaIndex::same_source(o.id, tap_.sas.source(number)) && crowded_.count(number) == 0)
            senders_.try_emplace(number, tap_.sas.source(number), counter);
        if (!senders_.empty()) [[unlikely]]
            if (const auto it = senders_.find(number);
                it != senders_.end() && !it->second.take(o.id, o.seq32(), o.time, blind_)) {
                senders_.erase(it);
                crowded_.insert(number);
            }
        counter.take(o.seq32(), o.time, blind_);
    }

    /// Senders with counters of their own are SAs of their own.
    void tell_apart(std::uint32_t number) {
        std::vector<Senders::Group> groups = senders_.at(number).end(blind_);
        if (groups.size() < 2) return;
        for (std::size_t i = 0; i < groups.size(); ++i) {
            const std::uint32_t to = i == 0 ? number : tap_.sas.add_beside(number);
            if (i != 0) tap_.tracks.emplace_back();
            tap_.tracks[to] = std::move(groups[i].track);
            for (const wire::SaIdentity& source : groups[i].sources)
                tap_.sas.lead(number, source, to);
            wire::SaIdentity name = wire::shown_source(groups[i].sources.front());
            wire::one_of_several(name, 1);
            tap_.sas.rename(to, name, name);
        }
    }

    Tap& tap_;
    BlindSpans& blind_;
    std::vector<Counter> counters_;                      ///< by identity, whoever sends
    std::unordered_map<std::uint32_t, Senders> senders_; ///< of those with several sources
    std::unordered_set<std::uint32_t> crowded_;          ///< identities with too many sources
    std::uint32_t numbers_[wire::kMaxObservations] = {};
};

} // namespace

Status read_tracks(Tap& tap, const TapReader::Streams& streams, const wire::HashKey& key) {
    auto reader = TapReader::open(streams, key);
    if (!reader) return reader.error();
    SasOfTap reading(tap, reader->blind());
    bool any = false;
    for (auto seen = reader->next(); !seen.empty(); seen = reader->next()) {
        for (const wire::Observation& o : seen) {
            tap.earliest = any ? std::min(tap.earliest, o.time) : o.time;
            tap.latest = any ? std::max(tap.latest, o.time) : o.time;
            any = true;
        }
        reading.take(seen);
    }
    reading.end();
    tap.remarks = reader->remarks(streams);
    if (tap.sas.refused() != 0)
        tap.remarks.push_back(std::to_string(tap.sas.refused())
                              + " packets belong to SAs that found no room (--max-flows)");
    return {};
}

} // namespace lacuna::path
