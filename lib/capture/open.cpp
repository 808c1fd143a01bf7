// Which format an input has, and what is wrong with it if it has none.
#include "capture/formats/window_reader.hpp"
#include "capture/packed/unpacker.hpp"
#include "capture/reader.hpp"
#include "capture/windows/window.hpp"

#include "base/endian.hpp"

#include <algorithm>
#include <cstring>
#include <string_view>
#include <sys/stat.h>

namespace lacuna::capture {

namespace {

using namespace std::string_view_literals;

struct Foreign {
    std::string_view magic;
    const char* name;
    const char* unpack; ///< what decompresses it; nullptr: another capture format
};

constexpr Foreign kForeign[] = {
    {"\xfd\x37zXZ\0"sv, "xz", "xzcat"},     {"BZh"sv, "bzip2", "bzcat"},
    {"snoop\0"sv, "snoop", nullptr},        {"btsnoop\0"sv, "Bluetooth snoop", nullptr},
    {"GMBU"sv, "Network Monitor", nullptr}, {"RTSS"sv, "Network Monitor 1", nullptr},
    {"XCP\0"sv, "NetXRay", nullptr},
};

/// The first octets as hexadecimal and text.
std::string beginning(const Window& window) {
    constexpr char kDigits[] = "0123456789abcdef";
    const std::size_t n = std::min<std::size_t>(window.at_hand(), 8);
    std::string hex;
    std::string text;
    for (std::size_t i = 0; i < n; ++i) {
        const std::uint8_t c = window.cur[i];
        if (i != 0) hex += ' ';
        hex += kDigits[c >> 4];
        hex += kDigits[c & 15];
        text += c >= 0x20 && c < 0x7f ? static_cast<char>(c) : '.';
    }
    return hex + " \"" + text + "\"";
}

Error foreign_input(const Window& window, const std::string& path) {
    const std::string_view head(reinterpret_cast<const char*>(window.cur), window.at_hand());
    if (head.starts_with("version https://git-lfs"sv))
        return {"a Git LFS pointer, not the file", path, "fetch it first: git lfs pull"};
    for (const Foreign& f : kForeign) {
        if (!head.starts_with(f.magic)) continue;
        const std::string name = f.name;
        if (f.unpack != nullptr)
            return {"compressed (" + name + ")", path,
                    "decompress first: " + std::string(f.unpack) + " "
                        + (path == "standard input" ? "FILE" : path) + " | lacuna analyze -"};
        return {"a capture in " + name + " format is not read", path,
                "convert it: editcap -F pcapng " + path + " OUT"};
    }
    return {"not a capture: begins with " + beginning(window), path,
            "lacuna reads pcap, pcapng and ERF files, also compressed (gzip, zstd, lz4)"};
}

Result<std::unique_ptr<Reader>> open_reader(std::unique_ptr<Window> window,
                                            const std::string& path) {
    if (!window->need(4)) {
        if (window->why() == Window::Stop::failed)
            return Error{std::string("cannot be read: ") + std::strerror(window->error()), path,
                         ""};
        if (window->why() == Window::Stop::damaged) return Error{window->fault(), path, ""};
        if (window->why() == Window::Stop::interrupted)
            return Error{"interrupted before anything came", path, ""};
        if (window->at_hand() == 0) return Error{"is empty", path, "lacuna needs a capture"};
        return foreign_input(*window, path);
    }
    // Compressed data inside compressed data are nobody's habit, and anybody's trap.
    const std::string_view head(reinterpret_cast<const char*>(window->cur), 4);
    if (auto codec = codec_for(head); codec != nullptr && !window->packed()) {
        auto unpacked = unpacked_window(std::move(window), std::move(codec));
        if (!unpacked) return unpacked.error();
        return open_reader(std::move(*unpacked), path);
    }
    const auto magic = load_raw<std::uint32_t>(window->cur);
    if (is_pcap_magic(magic)) return open_pcap(std::move(window), path);
    if (magic == kSectionHeader) return open_pcapng(std::move(window), path);
    if (is_erf(*window)) return open_erf(std::move(window), path);
    // More octets only make the message better.
    window->need(23);
    return foreign_input(*window, path);
}

} // namespace

WindowReader::WindowReader(std::unique_ptr<Window> window, const std::string& path)
    : window_(std::move(window)) {
    info_.path = path;
    info_.mapped = window_->mapped();
    info_.size = window_->size();
    info_.packed = window_->packed();
}

void WindowReader::cut(std::uint64_t at, std::string reason) {
    ended_ = true;
    end_.truncated = true;
    end_.offset = at;
    end_.reason = std::move(reason);
}

void WindowReader::ran_out(std::uint64_t at, std::string reason) {
    end_ = {};
    switch (window_->why()) {
    case Window::Stop::interrupted:
        end_.interrupted = true;
        end_.offset = at;
        end_.reason = "interrupted";
        return;
    case Window::Stop::failed:
        cut(at, std::string("read failed: ") + std::strerror(window_->error()));
        return;
    case Window::Stop::damaged:
        cut(at, window_->fault());
        return;
    case Window::Stop::shrank:
        cut(at, "the file shrank while it was read");
        return;
    case Window::Stop::end_of_input:
        // Nothing at all after the last record: the proper end.
        if (window_->offset() == at && window_->at_hand() == 0) {
            ended_ = true;
            end_.offset = at;
        } else {
            cut(at, std::move(reason));
        }
    }
}

Reader::Decoded Reader::decode_next(const wire::DecodeInto& into, wire::Observation* out) {
    wire::Frame frames[wire::kBurst];
    const std::size_t n = next(frames, wire::kBurst);
    return {n, wire::decode_burst(frames, n, out, into)};
}

void Reader::tell(const Drops& drops) {
    // Whoever never asks shall not make a heap of them.
    constexpr std::size_t kMost = 64;
    dropped_ += drops.frames;
    if (untold_.size() < kMost)
        untold_.push_back(drops);
    else
        untold_.back().merge(drops);
}

bool Reader::take_untold(Drops& out) {
    out = untold_.front();
    untold_.erase(untold_.begin());
    return true;
}

Status check_number(std::size_t files) {
    if (files <= kMostFiles) return {};
    return Error{std::to_string(files) + " files are more than " + std::to_string(kMostFiles), "",
                 "join them first (mergecap -a)", 2};
}

Result<std::unique_ptr<Reader>> Reader::open(const std::string& path, Access access) {
    auto window = open_window(path, access);
    if (!window) return window.error();
    return open_reader(std::move(*window), path == "-" ? "standard input" : path);
}

Result<std::unique_ptr<Reader>> Reader::from_memory(std::span<const std::uint8_t> octets,
                                                    const std::string& name) {
    return open_reader(memory_window(octets), name);
}

Result<CaptureInfo> probe(const std::string& path) {
    struct stat st {};
    if (path == "-"
        || (::stat(path.c_str(), &st) == 0 && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode)))
        return Error{"is a pipe: it can be read only once", path == "-" ? "standard input" : path,
                     "store the capture in a file first"};
    auto reader = Reader::open(path);
    if (!reader) return reader.error();
    return (*reader)->info();
}

} // namespace lacuna::capture
