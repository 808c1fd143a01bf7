#include "capture/stream.hpp"

#include <sys/stat.h>
#include <unistd.h>

namespace lacuna::capture {

namespace {

/// Files named one by one in a remark; of more the number is told.
constexpr std::size_t kNamed = 6;

bool is_file(const std::string& path) {
    struct stat st {};
    const int found = path == "-" ? ::fstat(STDIN_FILENO, &st) : ::stat(path.c_str(), &st);
    return found == 0 && S_ISREG(st.st_mode);
}

Result<StreamFile> look_at(const std::string& path, bool alone, Survey survey) {
    if (path.empty()) return Error{"the name of a file is empty", "", "", 2};
    StreamFile file{path, {}};
    if (!is_file(path)) return file; // what it is shows when it is opened to be read
    auto reader = Reader::open(path, Access::stream);
    if (!reader) return reader.error();
    if (!alone) file.first = (*reader)->first_time();
    if (survey == Survey::losses)
        file.losses = std::make_shared<const DropPlan>((*reader)->survey_drops());
    return file;
}

/// Sorts files by their first packets; what has no time keeps its place. True: something moved.
bool sort_files(std::vector<StreamFile>& files) {
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < files.size(); ++i)
        if (files[i].first) places.push_back(i);
    std::vector<std::size_t> order = places;
    std::stable_sort(order.begin(), order.end(), [&files](std::size_t a, std::size_t b) {
        return *files[a].first < *files[b].first;
    });
    if (order == places) return false;
    std::vector<StreamFile> sorted = files;
    for (std::size_t i = 0; i < places.size(); ++i)
        sorted[places[i]] = files[order[i]];
    files = std::move(sorted);
    return true;
}

std::string names(const std::vector<StreamFile>& files) {
    std::string text;
    for (std::size_t i = 0; i < std::min(files.size(), kNamed); ++i)
        text += (i != 0 ? ", " : "") + files[i].path;
    if (files.size() > kNamed) text += " and " + std::to_string(files.size() - kNamed) + " more";
    return text;
}

} // namespace

Result<std::unique_ptr<Reader>> StreamFile::open(Access access, std::size_t source) const {
    auto reader = Reader::open(path, access);
    if (!reader) return reader;
    (*reader)->set_source(static_cast<std::uint16_t>(source));
    if (losses) (*reader)->expect(losses);
    return reader;
}

bool Stream::counts_drops() const {
    return std::any_of(files.begin(), files.end(), [](const StreamFile& f) {
        return f.losses
               && std::any_of(f.losses->begin(), f.losses->end(),
                              [](const PlacedDrops& p) { return p.drops.counted(); });
    });
}

std::vector<std::string> Stream::paths() const {
    std::vector<std::string> out;
    for (const StreamFile& f : files)
        out.push_back(f.path);
    return out;
}

Result<Stream> arrange(const std::vector<std::string>& paths, Order order, Survey survey) {
    if (Status s = check_number(paths.size()); !s) return s.error();
    Stream stream;
    for (const std::string& path : paths) {
        auto file = look_at(path, paths.size() == 1, survey);
        if (!file) return file.error();
        stream.files.push_back(std::move(*file));
    }
    if (order == Order::first_packets && sort_files(stream.files))
        stream.remarks.push_back("the files are read in the order of their first packets: "
                                 + names(stream.files) + " (--as-given keeps the order named)");
    return stream;
}

void remark_overlaps(Stream& stream, std::span<const TimeNs> last) {
    std::size_t overlaps = 0;
    std::string first;
    std::size_t before = 0; // which of the files so far ends last
    for (std::size_t i = 1; i < std::min(stream.files.size(), last.size()); ++i) {
        const StreamFile& file = stream.files[i];
        if (file.first && *file.first < last[before] && overlaps++ == 0)
            first = file.path + " begins before " + stream.files[before].path + " ended";
        if (last[i] > last[before]) before = i;
    }
    if (overlaps == 0) return;
    if (overlaps > 1) first += ", and " + std::to_string(overlaps - 1) + " more do so";
    stream.remarks.push_back(first
                             + ": files that overlap in time are read one after the other all the "
                               "same; where they are of several taps, lacuna path compares them");
}

void remark_unplaced(Stream& stream, std::uint64_t frames) {
    if (frames == 0) return;
    stream.remarks.push_back(
        "the capture told of " + std::to_string(frames)
        + " lost frames only after the packets around them, too late to call numbers blind; read "
          "from a file it is told in time");
}

} // namespace lacuna::capture
