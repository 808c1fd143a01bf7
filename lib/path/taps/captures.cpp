#include "path/taps/captures.hpp"

#include "path/taps/counter.hpp"

#include <algorithm>

namespace lacuna::path {

Result<CaptureReader> CaptureReader::open(const capture::Stream& stream, const wire::HashKey& key) {
    CaptureReader captures;
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
            if (!wire::is_shared(o.id.key)) continue;
            // What it is called; the port, which is a file here, is no part of that.
            o.id = wire::shown_source(o.id);
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

Status read_tracks(Tap& tap, const capture::Stream& stream, const wire::HashKey& key) {
    auto reader = CaptureReader::open(stream, key);
    if (!reader) return reader.error();
    std::vector<Counter> counters;
    std::uint32_t numbers[wire::kMaxObservations];
    bool any = false;
    for (auto seen = reader->next(); !seen.empty(); seen = reader->next()) {
        for (const wire::Observation& o : seen)
            tap.sas.prefetch(o);
        for (std::size_t i = 0; i < seen.size(); ++i) {
            numbers[i] = tap.sas.add(seen[i]);
            if (numbers[i] < counters.size()) __builtin_prefetch(&counters[numbers[i]]);
        }
        if (counters.size() < tap.sas.size()) counters.resize(tap.sas.size());
        for (std::size_t i = 0; i < seen.size(); ++i) {
            const wire::Observation& o = seen[i];
            tap.earliest = any ? std::min(tap.earliest, o.time) : o.time;
            tap.latest = any ? std::max(tap.latest, o.time) : o.time;
            any = true;
            if (numbers[i] != SaIndex::kNone)
                counters[numbers[i]].take(o.seq32(), o.time, reader->blind());
        }
    }
    tap.tracks.reserve(counters.size());
    for (Counter& c : counters) {
        c.end(reader->blind());
        tap.tracks.push_back(c.release());
    }
    tap.remarks = stream.remarks;
    for (std::string& remark : reader->remarks(stream))
        tap.remarks.push_back(std::move(remark));
    if (tap.sas.refused() != 0)
        tap.remarks.push_back(std::to_string(tap.sas.refused())
                              + " packets belong to SAs that found no room (--max-flows)");
    return {};
}

} // namespace lacuna::path
