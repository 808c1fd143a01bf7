// lacuna bench bare: the least a program could do that walks a capture and keeps state.
#include "base/endian.hpp"
#include "base/reserved.hpp"
#include "bench/bench.hpp"
#include "bench/capture.hpp"
#include "cli/common_options.hpp"
#include "wire/frame.hpp"

#include <bit>
#include <fmt/format.h>

namespace lacuna::app {
namespace {

constexpr std::size_t kFileHeader = 24;
constexpr std::size_t kRecordHeader = 16;
/// Octets of a frame the loop looks at: up to the end of an ESP sequence number behind IPv4.
constexpr std::size_t kLooked = 42;

struct alignas(kCacheLine) Line {
    std::uint64_t packets;
    std::uint64_t number;
};

/// One cache line for each SA, to the next power of two.
struct Lines {
    std::uint64_t mask;
    Reserved memory;
    Line* lines;

    explicit Lines(std::uint64_t flows)
        : mask(std::bit_ceil(std::max<std::uint64_t>(flows, 1)) - 1),
          memory((mask + 1) * sizeof(Line)), lines(static_cast<Line*>(memory.get())) {}
};

/// Reads record by record, hashes eight octets of who sent what, fetches the line they choose for
/// the whole burst, and only then touches it. No bounds but those of the file, no key, no verdict.
/// Returns the frames.
std::uint64_t walk_once(const std::uint8_t* at, const std::uint8_t* end, const Lines& table) {
    std::uint64_t frames = 0;
    Line* lines[wire::kBurst];
    std::uint32_t numbers[wire::kBurst];
    for (;;) {
        std::size_t n = 0;
        while (n < wire::kBurst && static_cast<std::size_t>(end - at) >= kRecordHeader + kLooked) {
            const auto length = load_raw<std::uint32_t>(at + 8);
            const std::uint8_t* const p = at + kRecordHeader;
            if (length > static_cast<std::size_t>(end - p)) break;
            const bool macsec = load_be16(p + 12) == 0x88E5;
            const auto who = load_raw<std::uint64_t>(p + (macsec ? 20 : 30));
            const std::uint64_t hash = who * 0x9E3779B97F4A7C15ull;
            lines[n] = table.lines + ((hash >> 32 ^ hash >> 20) & table.mask);
            numbers[n] = load_be32(p + (macsec ? 16 : 38));
            __builtin_prefetch(lines[n], 1);
            ++n;
            at = p + length;
        }
        for (std::size_t i = 0; i < n; ++i) {
            ++lines[i]->packets;
            lines[i]->number = numbers[i];
        }
        frames += n;
        if (n < wire::kBurst) return frames;
    }
}

Status check_classic(std::span<const std::uint8_t> octets, const std::string& path) {
    const auto magic = octets.size() < kFileHeader ? 0 : load_raw<std::uint32_t>(octets.data());
    if (magic == 0xA1B2C3D4 || magic == 0xA1B23C4D) return {};
    return Error{"the bare loop reads classic captures of this byte order only", path,
                 "pcapgen writes them", 2};
}

struct BenchBare {
    BenchOptions options;
    std::string file;

    int run() {
        auto capture = BenchCapture::open(file);
        if (!capture) return fail(capture.error());
        const auto octets = (*capture)->octets();
        if (Status s = check_classic(octets, file); !s) return fail(s.error());
        BenchResult result;
        result.benchmark = "bare";
        result.about = "walk the mapped capture, hash, touch one prefetched cache line per packet";
        if (Status s = (*capture)->survey(result); !s) return fail(s.error());
        const Lines table(result.flows);
        if (table.lines == nullptr) return fail({"no memory for the cache lines", file, "", 1});
        std::uint64_t frames = 0;
        for (std::size_t i = 1; i <= options.rounds; ++i)
            result.passes.push_back(measure(fmt::format("pass {}", i), [&] {
                frames =
                    walk_once(octets.data() + kFileHeader, octets.data() + octets.size(), table);
            }));
        result.best = result.passes.size() - 1;
        if (frames != result.frames())
            return fail({fmt::format("the bare loop saw {} frames of {}", frames, result.frames()),
                         file, "it needs frames of at least 42 octets", 2});
        return show(result, options);
    }
};

} // namespace

void register_bench_bare(CLI::App& bench, int& status) {
    auto bare = std::make_shared<BenchBare>();
    CLI::App* command = bench.add_subcommand(
        "bare", "walk a mapped capture, hash, touch one cache line per packet: the lower bound");
    command->add_option("FILE", bare->file, "a classic capture")->required();
    bare->options.add_to(*command);
    command->callback([bare, &status] { status = bare->run(); });
}

} // namespace lacuna::app
