#include "pcapgen/options/raw_options.hpp"
#include "pcapgen/options/values.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace lacuna::pcapgen {
namespace {

constexpr std::uint32_t kFewestConversations = 20; ///< one of each sort
constexpr std::uint32_t kMostConversations = 65536;

/// Parses one after the other; the first error stays and the rest becomes idle.
class Check {
public:
    template <typename T>
    void take(Result<T> parsed, T& into) {
        if (parsed)
            into = std::move(*parsed);
        else
            fail(parsed.error());
    }
    void chance(const std::string& text, const char* option, Chance& into) {
        take(parse_chance(text, option), into);
    }
    void range(const std::string& text, const char* option, Range allowed, Range& into) {
        take(parse_range(text, option, allowed), into);
    }
    template <typename T>
    void whole(const std::string& text, const char* option, std::uint64_t min, std::uint64_t max,
               T& into) {
        auto parsed = parse_whole(text, option, min, max);
        if (parsed)
            into = static_cast<T>(*parsed);
        else
            fail(parsed.error());
    }
    void require(bool condition, const char* what, const char* where, const char* hint) {
        if (!condition) fail(Error{what, where, hint});
    }
    void fail(const Error& error) {
        if (first_.what.empty()) first_ = error;
    }
    bool failed() const { return !first_.what.empty(); }
    const Error& error() const { return first_; }

private:
    Error first_{"", "", ""};
};

void check_rules(const RawOptions& raw, Check& check, PlanRules& rules) {
    const bool mixed = raw.protocol == "mixed";
    const auto or_default = [mixed](const std::string& text, const char* value) {
        return !text.empty() ? text : std::string(mixed ? value : "0");
    };
    check.chance(or_default(raw.ipv6_ratio, "0.2"), "--ipv6-ratio", rules.ipv6);
    check.chance(or_default(raw.natt_ratio, "0.1"), "--natt-ratio", rules.natt);
    check.chance(or_default(raw.ah_ratio, "0.1"), "--ah-ratio", rules.ah);
    check.chance(raw.implicit_sci_ratio, "--implicit-sci-ratio", rules.implicit_sci);
    if (raw.vlan == "none") return;
    check.chance(raw.vlan_ratio, "--vlan-ratio", rules.tagged);
    for (std::size_t at = 0; at <= raw.vlan.size() && !check.failed();) {
        const std::size_t comma = std::min(raw.vlan.find(',', at), raw.vlan.size());
        const std::string id = raw.vlan.substr(at, comma - at);
        std::uint16_t vid = 0;
        if (id != "random" && (!parse_whole(id, "", 1, 4094) || rules.tags == rules.vid.size()))
            check.fail({fmt::format("\"{}\" is not usable", raw.vlan), "--vlan",
                        "give none, or one or two of: an id from 1 to 4094, random"});
        else if (id != "random")
            vid = static_cast<std::uint16_t>(*parse_whole(id, "", 1, 4094));
        check.require(rules.tags < rules.vid.size(), "more than two tags", "--vlan", "give two");
        if (!check.failed()) rules.vid[rules.tags++] = vid;
        at = comma + 1;
    }
}

void check_impairments(const RawOptions& raw, Check& check, Impairments& im) {
    check.chance(raw.gap_rate, "--gap-rate", im.gap);
    check.range(raw.gap_size, "--gap-size", {1, kLongestGap}, im.gap_size);
    check.chance(raw.reorder_rate, "--reorder-rate", im.reorder);
    check.range(raw.reorder_extent, "--reorder-extent", {1, kLongestReorder}, im.reorder_extent);
    check.chance(raw.duplicate_rate, "--duplicate-rate", im.duplicate);
    check.range(raw.duplicate_distance, "--duplicate-distance", {0, kLongestReorder - 1},
                im.duplicate_distance);
    check.chance(raw.outlier_rate, "--outlier-rate", im.outlier);
    check.chance(raw.burst_enter, "--burst-enter", im.burst_enter);
    check.chance(raw.burst_leave, "--burst-leave", im.burst_leave);
    check.chance(raw.burst_loss, "--burst-loss", im.burst_loss);
    if (!raw.skew.empty()) check.take(parse_list(raw.skew, "--skew", kLongestSkew), im.skews);
    check.chance(raw.replay_rate, "--replay-rate", im.replay);
    check.range(raw.replay_length, "--replay-length", {1, 1'000'000}, im.replay_length);
    check.range(raw.replay_back, "--replay-back", {1, 1'000'000'000}, im.replay_back);
    check.chance(raw.restart_rate, "--restart-rate", im.restart);
    check.whole(raw.restart_at, "--restart-at", 0, 64, im.restart_at);
    check.whole(raw.window, "--window", 64, 65536, im.window);
    if (check.failed()) return;

    const Chance sum = im.gap + im.reorder + im.duplicate + im.outlier + im.replay + im.restart;
    check.require(sum <= kAlways, "the rates of impairments sum to more than 1", "", "lower them");
    check.require(im.skews.empty() || (sum == 0 && im.burst_enter == 0),
                  "path skew goes with no other impairment", "--skew", "leave out the others");
    check.require(im.burst_enter == 0 || im.burst_leave != 0, "bursts would never end",
                  "--burst-leave", "give more than 0");
    check.require(im.window % 64 == 0, "not a multiple of 64", "--window", "give 64 to 65536");
    check.require(im.reorder == 0 || im.reorder_extent.max < im.window,
                  "packets would come later than the window reaches", "--reorder-extent",
                  "give less than --window");
    check.require(im.duplicate == 0 || im.duplicate_distance.max < im.window,
                  "repetitions would come later than the window reaches", "--duplicate-distance",
                  "give less than --window");
}

/// Shares of the frames in billionths, by family.
Result<std::vector<std::uint64_t>> shares_of(const RawOptions& raw) {
    std::vector<std::uint64_t> shares;
    std::uint64_t given = 0;
    std::uint64_t percent_left = 0;
    for (const Family* f : families()) {
        const std::string& text = raw.ratios.at(f->name);
        const std::string option = fmt::format("--{}-ratio", f->name);
        shares.push_back(0);
        if (raw.protocol != "mixed") {
            if (!text.empty())
                return Error{"goes only with --protocol mixed", option, "leave out one of them"};
            shares.back() = raw.protocol == f->name ? kBillion : 0;
        } else if (text.empty()) {
            percent_left += f->percent;
        } else {
            auto parsed = parse_billionths(text, option);
            if (!parsed) return parsed.error();
            given += shares.back() = *parsed;
        }
    }
    if (raw.protocol != "mixed") return shares;
    if (given > kBillion || (percent_left == 0 && given != kBillion))
        return Error{"the ratios of the protocols do not sum to 1", "",
                     "leave one out, and it gets the rest"};
    for (std::size_t i = 0; i < shares.size(); ++i)
        if (raw.ratios.at(families()[i]->name).empty())
            shares[i] = (kBillion - given) * families()[i]->percent / percent_left;
    return shares;
}

/// Spreads flows over the families as the frames are.
Status check_shares(const RawOptions& raw, std::uint64_t flows, Traffic& traffic) {
    auto parsed = shares_of(raw);
    if (!parsed) return parsed.error();
    const std::vector<std::uint64_t>& shares = *parsed;
    std::uint64_t total = 0;
    std::uint64_t secured = 0;
    std::uint64_t families_left = 0;
    for (std::size_t i = 0; i < shares.size(); ++i) {
        total += shares[i];
        if (!families()[i]->secured || shares[i] == 0) continue;
        secured += shares[i];
        ++families_left;
    }
    if (flows < families_left)
        return Error{fmt::format("{} protocols need as many flows", families_left), "--flows",
                     "ask for more"};
    std::uint64_t upto = 0;
    std::uint64_t flows_left = flows;
    for (std::size_t i = 0; i < shares.size(); ++i) {
        const Family* family = families()[i];
        if (shares[i] == 0) continue;
        upto += shares[i];
        std::uint64_t own = flows;
        if (family->secured) {
            --families_left;
            own = families_left == 0 ? flows_left
                                     : std::clamp(flows * shares[i] / secured, std::uint64_t{1},
                                                  flows_left - families_left);
            flows_left -= own;
        } else if (secured != 0) {
            own = std::clamp<std::uint64_t>(flows * shares[i] / total, kFewestConversations,
                                            kMostConversations);
        }
        traffic.shares.push_back({family, (upto << 32) / total, static_cast<std::uint32_t>(own)});
    }
    traffic.shares.back().upto = kAlways;
    return {};
}

void check_flows(const RawOptions& raw, Check& check, Traffic& t) {
    if (raw.protocol != "mixed" && find_family(raw.protocol) == nullptr)
        check.fail({fmt::format("no protocol \"{}\"", raw.protocol), "--protocol",
                    "give macsec, ipsec, generic, counters or mixed"});
    if (check.failed()) return;
    std::uint64_t flows = std::max<std::uint64_t>(t.packets / 10, raw.protocol == "mixed" ? 2 : 1);
    flows = std::min(flows, kMostFlows);
    if (!raw.flows.empty()) check.whole(raw.flows, "--flows", 1, kMostFlows, flows);
    if (!check.failed() && flows > t.packets && raw.protocol != "generic")
        check.fail({fmt::format("{} flows do not fit into {} packets", flows, t.packets), "--flows",
                    "every SA sends at least one: ask for fewer flows or more packets"});
    if (check.failed()) return;
    if (auto status = check_shares(raw, flows, t); !status) check.fail(status.error());
}

/// Whether a number may be sent more than once.
bool repeats(const Traffic& t) {
    const Impairments& im = t.impairments;
    return im.duplicate != 0 || im.outlier != 0 || im.replay != 0 || im.restart != 0
           || !im.skews.empty() || t.rekey_every != 0 || t.flood != 0;
}

/// The kinds of kCounters that were asked for.
void check_counters(const RawOptions& raw, Check& check, PlanRules& rules) {
    const std::size_t kinds = kCounters.kinds.size();
    if (raw.counters.empty()) {
        rules.counters = (1u << kinds) - 1;
        return;
    }
    for (std::size_t at = 0; at <= raw.counters.size() && !check.failed();) {
        const std::size_t comma = std::min(raw.counters.find(',', at), raw.counters.size());
        const std::string name = raw.counters.substr(at, comma - at);
        std::size_t k = 0;
        while (k < kinds && name != kCounters.kinds[k].name)
            ++k;
        if (k == kinds)
            check.fail({fmt::format("no counter \"{}\"", name), "--counters",
                        "see pcapgen --help for those there are"});
        else
            rules.counters |= 1u << k;
        at = comma + 1;
    }
}

} // namespace

Result<Options> check_options(const RawOptions& raw) {
    Check check;
    Options o;
    Traffic& t = o.traffic;
    check.require(!raw.packets.empty(), "how many frames?", "--packets", "give a number");
    check.whole(raw.packets, "--packets", 1, kMostPackets, t.packets);
    check.whole(raw.seed, "--seed", 0, UINT64_MAX, t.seed);
    check.whole(raw.pps, "--pps", 1, kBillion, t.pps);
    check.whole(raw.first_seq, "--first-seq", 0, UINT32_MAX, t.first_seq);
    check.take(parse_sizes(raw.size), t.sizes);
    check.require(raw.popularity == "uniform" || raw.popularity == "skewed",
                  "neither uniform nor skewed", "--popularity", "give one of them");
    t.skewed = raw.popularity == "skewed";
    t.rules.seed = t.seed;
    check_rules(raw, check, t.rules);
    check_impairments(raw, check, t.impairments);
    check.chance(raw.flood_ratio, "--flood-ratio", t.flood);
    check.require(t.flood < kAlways, "nothing would be left", "--flood-ratio", "give less than 1");
    if (raw.rekey_every != "0")
        check.whole(raw.rekey_every, "--rekey-every", 4096, 1'000'000'000, t.rekey_every);
    check.range(raw.rekey_stragglers, "--rekey-stragglers", {0, 16}, t.rekey_stragglers);
    t.rules.ans = t.rekey_every != 0 ? 4 : 1;
    check_flows(raw, check, t);
    const bool counters = std::any_of(t.shares.begin(), t.shares.end(),
                                      [](const FamilyShare& s) { return s.family == &kCounters; });
    if (counters) check_counters(raw, check, t.rules);
    const Impairments& im = t.impairments;
    check.require(raw.counters.empty() || counters, "goes only with --protocol counters",
                  "--counters", "or with --counters-ratio above 0");
    check.require(
        !counters || (im.outlier == 0 && im.replay == 0 && im.restart == 0 && im.window <= 1024),
        "counters of 16 bits cannot tell outliers, replays and restarts", "--protocol",
        "leave these out, and --window at 1024");
    if (!raw.inside.empty()) check.take(parse_inside(raw.inside), t.inside);
    check.require(t.inside.empty() || t.sizes.largest() <= kLargestFrame - 8 * kMostWrapped,
                  "nothing fits around such frames", "--inside", "ask for smaller ones");
    check.require(t.rekey_every == 0 || (t.impairments.restart == 0 && t.impairments.skews.empty()),
                  "rekeys go neither with restarts nor with path skew", "--rekey-every",
                  "leave out the others");
    check.require(t.rekey_every == 0 || raw.protocol == "macsec" || raw.protocol == "mixed",
                  "only MACsec rekeys", "--rekey-every", "give --protocol macsec or mixed");
    check.take(check_taps(raw.taps), o.taps);
    check.require(o.taps.names.empty() || !repeats(t), "a number may pass the taps only once",
                  "--taps",
                  "leave out duplicates, outliers, replays, restarts, rekeys, skew and floods");
    check.require(o.taps.names.empty() || t.rules.counters == 0,
                  "taps are compared by encrypted links alone", "--taps",
                  "leave out --protocol counters");
    check.require(o.taps.names.empty() || raw.output != "-", "the taps need files of their own",
                  "--taps", "give --output a file");
    check.require(!raw.output.empty(), "where to?", "--output", "give a file, or - ");
    check.require(raw.output != "-" || !raw.truth.empty(), "where shall the truth go?", "--truth",
                  "give a file: the capture goes to standard output");
    if (check.failed()) return check.error();

    // Numbers reach the line only if they start below it and run far enough.
    const std::uint64_t reach = t.packets * (std::uint64_t{1} + kLongestGap);
    t.impairments.watch_exhaustion =
        t.first_seq + std::min<std::uint64_t>(reach, kBillion) >= kExhaustionLine;
    o.output = raw.output;
    o.truth = raw.truth.empty() ? raw.output + ".truth.json" : raw.truth;
    o.scenario = raw.scenario;
    o.list_flows = !raw.no_truth_flows;
    o.nanoseconds = raw.nanoseconds;
    o.verbose = raw.verbose;
    o.quiet = raw.quiet;
    return o;
}

} // namespace lacuna::pcapgen
