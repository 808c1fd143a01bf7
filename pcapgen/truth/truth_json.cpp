#include "pcapgen/truth/truth.hpp"

#include "base/time_text.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fmt/format.h>
#include <memory>
#include <nlohmann/json.hpp>

namespace lacuna::pcapgen {
namespace {

/// Text through one buffer into a file; the first error stays.
class TextFile {
public:
    explicit TextFile(std::FILE* file) : file_(file) {}
    template <typename... T>
    void print(fmt::format_string<T...> format, T&&... values) {
        fmt::format_to(std::back_inserter(buffer_), format, std::forward<T>(values)...);
        if (buffer_.size() >= kFlushAt) flush();
    }
    void flush() {
        if (std::fwrite(buffer_.data(), 1, buffer_.size(), file_) != buffer_.size() && errno_ == 0)
            errno_ = errno;
        buffer_.clear();
    }
    int close() {
        flush();
        if (std::fclose(file_) != 0 && errno_ == 0) errno_ = errno;
        return errno_;
    }

private:
    static constexpr std::size_t kFlushAt = 256 * 1024;
    std::FILE* file_;
    int errno_ = 0;
    fmt::memory_buffer buffer_;
};

std::string quoted(const std::string& text) {
    using Json = nlohmann::json;
    return Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string id_of(const Generator& g, std::uint32_t sa) {
    return g.family_of(sa).id(g.plan(sa));
}

void print_frames(const TruthFrames& f, TextFile& out) {
    out.print(" \"packets\":{{\"offered\":{},\"macsec\":{},\"esp\":{},\"ah\":{},\"other\":{},"
              "\"malformed\":0",
              f.offered, f.cls[0], f.cls[1], f.cls[2], f.cls[3]);
    for (std::size_t c = static_cast<std::size_t>(Class::other) + 1; c < kClasses; ++c)
        if (f.cls[c] != 0) out.print(",\"{}\":{}", class_name(static_cast<Class>(c)), f.cls[c]);
    out.print("}},\n");
    out.print(" \"other\":{{");
    const char* comma = "";
    for (const auto& [name, count] : f.other) {
        out.print("{}\"{}\":{}", comma, name, count);
        comma = ",";
    }
    out.print("}},\n \"bytes\":{},\n", f.bytes);
}

void print_totals(const TruthTotals& t, TextFile& out) {
    out.print("{{\"flows\":{},\"received\":{},\"bytes\":{},\"lost\":{},\"gaps\":{},"
              "\"max_gap\":{},\"duplicates\":{},\"late\":{},\"max_late_extent\":{},\"too_old\":{},"
              "\"before_first\":{},\"outliers\":{},\"restarts\":{},\"rekeys\":{}}}",
              t.flows, t.received, t.bytes, t.lost, t.gaps, t.max_gap, t.duplicates, t.late,
              t.max_late_extent, t.too_old, t.before_first, t.outliers, t.restarts, t.rekeys);
}

/// Of each further counter that was sent.
void print_counters(const Generator& g, TextFile& out) {
    const char* comma = "";
    out.print(" \"counters\":{{");
    for (std::size_t c = 0; c < kClasses; ++c) {
        const auto cls = static_cast<Class>(c);
        if (!is_counter(cls)) continue;
        const TruthTotals t = truth_totals(g, cls);
        if (t.flows == 0) continue;
        out.print("{}\n  \"{}\":", comma, class_name(cls));
        print_totals(t, out);
        comma = ",";
    }
    out.print("}},\n");
}

/// As it stands on the wire.
std::uint64_t on_wire(const FrameKind& kind, std::uint64_t number) {
    return number & ((std::uint64_t{1} << std::min<unsigned>(kind.bits, 32)) - 1);
}

void print_flow(const Generator& g, std::uint32_t sa, TextFile& out) {
    const SaState& s = g.sas()[sa];
    const RareState none;
    const RareState& rare = g.rare(sa) != nullptr ? *g.rare(sa) : none;
    const std::uint64_t highest = s.next - 1;
    out.print("{{\"id\":\"{}\",\"protocol\":\"{}\",\"received\":{},\"bytes\":{},\"first\":{},"
              "\"highest\":{},\"first_ext\":{},\"highest_ext\":{},\"lost\":{},\"gaps\":{},"
              "\"max_gap\":{},\"duplicates\":{},\"late\":{},\"max_late_extent\":{},\"too_old\":{},"
              "\"before_first\":{},\"outliers\":{},\"restarts\":{}",
              id_of(g, sa), class_name(g.kind(s.kind).cls), s.received, s.bytes,
              on_wire(g.kind(s.kind), s.first), on_wire(g.kind(s.kind), highest), s.first, highest,
              s.lost, s.gaps, s.max_gap, s.duplicates, s.late, s.max_late_extent, rare.too_old,
              rare.before_first, rare.outliers, rare.restarts);
    if (const char* inside = g.inside(sa); *inside != '\0') out.print(",\"inside\":\"{}\"", inside);
    out.print("}}");
}

void print_events(const Generator& g, TextFile& out) {
    const char* comma = "";
    out.print(" \"events\":[");
    const auto print = [&](TruthEventKind kind, const TruthEvent& e) {
        out.print("{}\n  {{\"kind\":\"", comma);
        const std::string time = rfc3339(e.time);
        const std::string id = id_of(g, e.sa);
        if (kind == TruthEventKind::restart)
            out.print("restart\",\"time\":\"{}\",\"id\":\"{}\",\"old\":{},\"new\":{}}}", time, id,
                      e.old_number, e.number);
        else if (kind == TruthEventKind::rekey)
            out.print("rekey\",\"time\":\"{}\",\"id\":\"{}\",\"old_id\":\"{}\",\"old\":{},"
                      "\"new\":{}}}",
                      time, id, id_of(g, e.old_sa), e.old_number, e.number);
        else
            out.print("exhaustion\",\"time\":\"{}\",\"id\":\"{}\",\"new\":{}}}", time, id,
                      e.number);
        comma = ",";
    };
    for (const TruthEvent& e : g.events().list()) {
        print(e.kind, e);
        if (e.kind == TruthEventKind::restart && restarts_are_rekeys(g, e.sa))
            print(TruthEventKind::rekey, e);
    }
    out.print("],\n \"events_left_out\":{},\n", g.events().left_out());
}

/// Channels whose key changed, sorted by SCI.
void print_rekeys(const Generator& g, TextFile& out) {
    std::map<std::uint64_t, std::uint32_t> rekeys;
    if (const Channels* channels = g.channels())
        for (std::uint32_t c = 0; c < channels->count(); ++c)
            if (channels->rekeys(c) != 0)
                rekeys[g.plan(channels->sa(c, 0)).sci] = channels->rekeys(c);
    for (std::uint32_t i = 0; i < g.sas().size(); ++i)
        if (const RareState* rare = g.rare(i);
            rare != nullptr && rare->restarts != 0 && restarts_are_rekeys(g, i))
            rekeys[g.plan(i).sci] += static_cast<std::uint32_t>(rare->restarts);
    const char* comma = "";
    out.print(" \"rekeys\":[");
    for (const auto& [sci, count] : rekeys) {
        out.print("{}\n  {{\"sci\":\"{:016x}\",\"count\":{}}}", comma, sci, count);
        comma = ",";
    }
    out.print("],\n");
}

} // namespace

Status write_truth(const Generator& generator, const Options& options) {
    std::FILE* const file = std::fopen(options.truth.c_str(), "we");
    if (file == nullptr)
        return Error{fmt::format("cannot be written: {}", std::strerror(errno)), options.truth,
                     "give a path that can, with --truth"};
    TextFile out(file);
    const TruthTotals totals = truth_totals(generator);
    const std::uint64_t flows = sorted_flows(generator).size() + generator.flood_flows();
    out.print("{{\"schema\":\"lacuna.truth/1\",\n \"command\":{},\n \"seed\":{},\n"
              " \"window\":{},\n",
              quoted(options.command), options.traffic.seed, options.traffic.impairments.window);
    if (!options.scenario.empty()) out.print(" \"scenario\":{},\n", quoted(options.scenario));
    print_frames(truth_frames(generator), out);
    out.print(" \"totals\":");
    print_totals(totals, out);
    out.print(",\n");
    if (generator.traffic().rules.counters != 0) print_counters(generator, out);
    print_rekeys(generator, out);
    print_events(generator, out);
    const std::uint64_t listed = options.list_flows ? flows - generator.flood_flows() : 0;
    out.print(" \"flows_left_out\":{},\n \"flows\":[", flows - listed);
    const char* comma = "";
    if (options.list_flows)
        for (const std::uint32_t sa : sorted_flows(generator)) {
            out.print("{}\n  ", comma);
            print_flow(generator, sa, out);
            comma = ",";
        }
    out.print("]}}\n");
    if (const int error = out.close(); error != 0)
        return Error{fmt::format("writing failed: {}", std::strerror(error)), options.truth,
                     "make room and run again", 1};
    return {};
}

} // namespace lacuna::pcapgen
