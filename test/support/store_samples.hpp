// Records to store, and a directory to store them in.
#pragma once

#include "store/records/records.hpp"
#include "wire/text/sa_text.hpp"

#include <array>
#include <cstring>
#include <filesystem>
#include <limits>
#include <stdlib.h>
#include <string>
#include <vector>

namespace lacuna::test {

/// A new empty directory under the system's temporary one, gone with its contents at the end.
class TempDir {
public:
    TempDir() {
        std::string name = (std::filesystem::temp_directory_path() / "lacuna-XXXXXX").string();
        path_ = mkdtemp(name.data()) != nullptr ? name : std::string();
    }
    ~TempDir() {
        std::error_code ignored;
        if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
    }
    TempDir(const TempDir&) = delete;
    TempDir& operator=(const TempDir&) = delete;

    std::string operator/(const std::string& name) const { return path_ + "/" + name; }
    const std::string& path() const { return path_; }

private:
    std::string path_;
};

inline wire::SaIdentity sa(const char* text) {
    return wire::sa_parse(text).value();
}

/// One of each kind of identity.
inline std::vector<wire::SaIdentity> sample_ids() {
    return {sa("macsec-0200000000010001-0"),        sa("macsec-0200000000010001-3"),
            sa("macsec-ffffffffffffffff-1"),        sa("esp-00000000-0.0.0.0"),
            sa("esp-0000c0de-192.0.2.1"),           sa("esp-ffffffff-255.255.255.255"),
            sa("esp-00000100-239.1.1.1-192.0.2.7"), sa("esp-00000100-2001:db8::1"),
            sa("ah-00000100-ff02::5-2001:db8::1"),  sa("ah-00000001-192.0.2.1")};
}

inline constexpr std::array<std::int64_t, 9> kExtremes = {std::numeric_limits<std::int64_t>::min(),
                                                          -4'294'967'297,
                                                          -1,
                                                          0,
                                                          1,
                                                          127,
                                                          128,
                                                          1'700'000'000'000'000'000,
                                                          std::numeric_limits<std::int64_t>::max()};

/// A summary whose every field differs from its neighbours; `salt` moves them all.
inline flow::SaSummary sample_summary(const wire::SaIdentity& id, TimeNs first_time,
                                      std::uint64_t salt) {
    flow::SaSummary s{};
    s.id = s.source = id;
    s.first_time = first_time;
    s.last_time = first_time / 2 + 5;
    s.first_ext = -static_cast<Seq64>(salt);
    s.highest_ext = static_cast<Seq64>(salt * 1000);
    std::uint64_t v = salt;
    for (auto* field : {&s.received,
                        &s.bytes,
                        &s.lost,
                        &s.lost_blind,
                        &s.gaps,
                        &s.max_gap,
                        &s.duplicates,
                        &s.late,
                        &s.max_late_extent,
                        &s.too_old,
                        &s.before_first,
                        &s.outliers,
                        &s.restarts,
                        &s.min_interarrival_ns,
                        &s.max_interarrival_ns,
                        &s.sum_interarrival_ns,
                        &s.rate_numbers,
                        &s.rate_ns,
                        &s.lost_doubtful,
                        &s.reused_ans,
                        &s.recovered,
                        &s.recovered_blind,
                        &s.recovered_doubtful})
        *field = v++;
    for (auto* h : {&s.late_extents, &s.too_old_extents, &s.loss_periods, &s.loss_distances})
        for (std::uint64_t& bucket : *h)
            bucket = v++ % 3 == 0 ? 0 : v;
    s.sci_assumed = salt & 1;
    s.evicted = salt >> 1 & 1;
    return s;
}

inline flow::Event sample_event(const wire::SaIdentity& id, TimeNs row, Seq64 a) {
    return {id,           row, row / 2 + 7, a,  a / 2 + 3, 2, flow::EventKind::hole_opened,
            flow::kBlind, 1,   0,           {}, {}};
}

// Records hold no padding that carries meaning, so they compare as bytes.
template <typename T>
bool same_bytes(const T& a, const T& b) {
    return std::memcmp(&a, &b, sizeof a) == 0;
}

} // namespace lacuna::test
