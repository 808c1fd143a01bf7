#include "pipeline/layout/layout.hpp"

#include <charconv>
#include <optional>

namespace lacuna::pipeline {

namespace {

constexpr std::string_view kForms = "use pipeline:rx=1,parse=P,work=W, rtc:N or auto";

Error bad(std::string_view text, std::string what, std::string_view hint = kForms) {
    return Error{std::move(what), "--layout " + std::string(text), std::string(hint), 2};
}

std::string quoted(std::string_view s) {
    std::string out(1, '\'');
    out += s;
    out += '\'';
    return out;
}

/// A decimal number without sign or spaces; huge ones saturate, so that they are refused as too
/// large and not as unreadable.
std::optional<std::uint32_t> number(std::string_view s) {
    std::uint32_t v = 0;
    const auto [end, code] = std::from_chars(s.data(), s.data() + s.size(), v);
    if (s.empty() || end != s.data() + s.size()) return std::nullopt;
    if (code == std::errc::result_out_of_range) return UINT32_MAX;
    if (code != std::errc()) return std::nullopt;
    return v;
}

Result<std::uint32_t> stage(std::string_view text, std::string_view name, std::string_view value) {
    const auto n = number(value);
    if (!n) return bad(text, quoted(value) + " is not a number");
    if (*n == 0 || *n > kMaxStage) {
        return bad(text, std::string(name) + "=" + std::string(value) + " is not in 1.."
                             + std::to_string(kMaxStage));
    }
    return *n;
}

Result<Layout> parse_pipeline(std::string_view text, std::string_view keys) {
    Layout layout;
    layout.kind = Layout::Kind::pipeline;
    layout.queues = 0;
    std::uint32_t rx = 0;
    while (!keys.empty()) {
        const auto comma = keys.find(',');
        const std::string_view item = keys.substr(0, comma);
        keys = comma == keys.npos ? std::string_view{} : keys.substr(comma + 1);
        if (comma != keys.npos && keys.empty()) return bad(text, "ends with a comma");
        const auto equals = item.find('=');
        const std::string_view name = item.substr(0, equals);
        std::uint32_t* slot = name == "rx"      ? &rx
                              : name == "parse" ? &layout.parsers
                              : name == "work"  ? &layout.workers
                                                : nullptr;
        if (slot == nullptr) return bad(text, "unknown key " + quoted(name));
        if (equals == item.npos) return bad(text, quoted(name) + " has no value");
        if (*slot != 0) return bad(text, quoted(name) + " is given twice");
        const auto n = stage(text, name, item.substr(equals + 1));
        if (!n) return n.error();
        *slot = *n;
    }
    if (rx > 1) {
        return bad(text, "rx=" + std::to_string(rx) + ": only one lcore may receive",
                   "one receiver keeps the packets of an SA in arrival order; add parsers and "
                   "workers, or use rtc:N where the port has N queues");
    }
    if (layout.parsers == 0) layout.parsers = 1;
    if (layout.workers == 0) layout.workers = 1;
    return layout;
}

Layout choose(std::uint32_t cpus, Feed feed) {
    // Stages that share CPUs cost more switches than they save work, so each needs one of its own,
    // and one is left for whoever reads the results.
    constexpr std::uint32_t kEnough = 4;
    Layout layout;
    const std::string have = std::to_string(cpus) + (cpus == 1 ? " CPU" : " CPUs");
    if (cpus < kEnough) {
        layout.reason = have + ": too few for a stage each, so one lcore does all";
        return layout;
    }
    layout.kind = Layout::Kind::pipeline;
    layout.queues = 0;
    layout.parsers = 1;
    layout.workers = feed == Feed::net_pcap ? 1 : 2;
    layout.reason =
        have
        + (feed == Feed::net_pcap
               ? ": the net_pcap driver fills one, decoding and tracking have less to do: one each"
               : ": one receives, one decodes, two track");
    return layout;
}

} // namespace

std::string Layout::text() const {
    if (kind == Kind::rtc) return "rtc:" + std::to_string(queues);
    return "pipeline:rx=1,parse=" + std::to_string(parsers) + ",work=" + std::to_string(workers);
}

Result<Layout> parse_layout(std::string_view text, std::uint32_t cpus, Feed feed) {
    const auto colon = text.find(':');
    const std::string_view kind = text.substr(0, colon);
    const std::string_view rest = colon == text.npos ? std::string_view{} : text.substr(colon + 1);
    if (text == "auto") return choose(cpus, feed);
    if (kind != "pipeline" && kind != "rtc") return bad(text, "no such layout");
    if (colon != text.npos && rest.empty()) return bad(text, "nothing follows the colon");
    if (kind == "pipeline") return parse_pipeline(text, rest);
    Layout layout;
    if (colon == text.npos) return layout;
    const auto n = stage(text, "rtc", rest);
    if (!n) return n.error();
    layout.queues = *n;
    return layout;
}

} // namespace lacuna::pipeline
