#include "pcapgen/options/options.hpp"

#include "pcapgen/options/raw_options.hpp"
#include "pcapgen/options/scenario.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace lacuna::pcapgen {
namespace {

/// Declares options; the last one given counts, so that a scenario can be overridden.
class Declare {
public:
    explicit Declare(CLI::App& app) : app_(app) {}
    Declare& group(const char* name) {
        group_ = name;
        return *this;
    }
    void option(const std::string& name, std::string& value, const std::string& help,
                const std::string& type) {
        app_.add_option(name, value, help)
            ->type_name(type)
            ->group(group_)
            ->capture_default_str()
            ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
    }
    void flag(const std::string& name, bool& value, const std::string& help) {
        app_.add_flag(name, value, help)->group(group_);
    }

private:
    CLI::App& app_;
    std::string group_;
};

void declare_output(Declare& d, RawOptions& raw) {
    d.group("What");
    d.option("--packets", raw.packets, "frames to write, exactly", "N");
    d.option("--flows", raw.flows,
             "secure associations; of generic traffic alone, conversations (default: packets / 10)",
             "N");
    d.option("--protocol", raw.protocol, "macsec, ipsec, generic, counters or mixed", "NAME");
    for (const Family* f : families())
        d.option(fmt::format("--{}-ratio", f->name), raw.ratios[f->name],
                 fmt::format("share of {} frames with --protocol mixed (default: {} %)", f->name,
                             f->percent),
                 "R");
    d.option("--seed", raw.seed, "the same seed gives the same bytes on every machine", "S");
    d.option("--output", raw.output, "capture to write, - for standard output", "FILE");
    d.option("--truth", raw.truth, "truth about it (default: OUTPUT.truth.json)", "FILE");
    d.flag("--no-truth-flows", raw.no_truth_flows, "leave the list of flows out of the truth");
    d.option("--scenario", raw.scenario, "options by name; others given beside it win",
             "NAME|FILE.toml");
    d.flag("--verbose", raw.verbose, "say more about what was written");
    d.flag("--quiet", raw.quiet, "say nothing");
}

void declare_frames(Declare& d, RawOptions& raw) {
    d.group("Frames");
    d.option("--size", raw.size, "octets without FCS", "N|MIN-MAX|imix");
    d.option("--vlan", raw.vlan, "tags: none, an id or random, or two of these", "ID[,ID]");
    d.option("--vlan-ratio", raw.vlan_ratio, "share of flows with the tags", "R");
    d.option("--ipv6-ratio", raw.ipv6_ratio, "share of IP flows (default: 0.2 with mixed, else 0)",
             "R");
    d.option("--natt-ratio", raw.natt_ratio,
             "share of ESP in UDP among ESP flows (default: 0.1 with mixed, else 0)", "R");
    d.option("--ah-ratio", raw.ah_ratio,
             "share of AH among IPsec flows (default: 0.1 with mixed, else 0)", "R");
    d.option("--implicit-sci-ratio", raw.implicit_sci_ratio,
             "share of MACsec flows without SCI in the frame", "R");
    d.option("--inside", raw.inside,
             "wrap the frames of SAs: chains of encapsulations, outermost first, one chain each",
             "A[+B...][,...]");
    d.option(
        "--counters", raw.counters,
        "what --protocol counters sends (default: all): wireguard, nebula, openvpn, gtp-u, gre, "
        "l2tpv3, rtp, roce, netflow9, sflow, r-tag, hsr, prp, ipfix",
        "NAME,...");
    d.option("--popularity", raw.popularity, "uniform, or skewed: few flows send most", "NAME");
    d.option("--pps", raw.pps, "frames per second of the timestamps", "N");
    d.flag("--nanoseconds", raw.nanoseconds, "write a nanosecond capture");
}

void declare_impairments(Declare& d, RawOptions& raw) {
    d.group("Impairments (rates are per number sent)");
    d.option("--gap-rate", raw.gap_rate, "numbers are skipped", "R");
    d.option("--gap-size", raw.gap_size, "how many at once", "N|MIN-MAX");
    d.option("--reorder-rate", raw.reorder_rate, "a packet is held back", "R");
    d.option("--reorder-extent", raw.reorder_extent, "until so many later ones went", "N|MIN-MAX");
    d.option("--duplicate-rate", raw.duplicate_rate, "a packet is sent twice", "R");
    d.option("--duplicate-distance", raw.duplicate_distance, "with so many others between",
             "N|MIN-MAX");
    d.option("--outlier-rate", raw.outlier_rate, "a forged number far ahead is sent", "R");
    d.option("--first-seq", raw.first_seq, "number every SA starts with", "N");
    d.group("Scenarios");
    d.option("--burst-enter", raw.burst_enter, "Gilbert-Elliott loss: good to bad, per number",
             "R");
    d.option("--burst-leave", raw.burst_leave, "bad to good", "R");
    d.option("--burst-loss", raw.burst_loss, "loss while bad", "R");
    d.option("--skew", raw.skew, "paths packets take at random, each late by so many packets",
             "N,N,...");
    d.option("--replay-rate", raw.replay_rate, "an old stretch is sent again", "R");
    d.option("--replay-length", raw.replay_length, "so many numbers", "N|MIN-MAX");
    d.option("--replay-back", raw.replay_back, "so far behind the highest", "N|MIN-MAX");
    d.option("--restart-rate", raw.restart_rate, "the sender begins again", "R");
    d.option("--restart-at", raw.restart_at, "with this number, 0-64", "N");
    d.option("--rekey-every", raw.rekey_every,
             "MACsec: packets until the next AN, from 4096 on, 0 for never; --flows counts "
             "channels",
             "N");
    d.option("--rekey-stragglers", raw.rekey_stragglers, "packets of the old AN that come after",
             "N|MIN-MAX");
    d.option("--flood-ratio", raw.flood_ratio, "share of frames with an ESP SPI of their own", "R");
    d.option("--window", raw.window, "reorder memory the truth is for", "N");
}

void declare_taps(Declare& d, RawTaps& raw) {
    d.group("Taps along the way (lists: one value, or one for each)");
    d.option(
        "--taps", raw.names,
        "a capture for each beside OUTPUT, as OUTPUT.west.pcap, and OUTPUT.path.json, the truth",
        "NAME,NAME,...");
    d.option("--segment-loss", raw.loss, "lost between two taps", "R[,R...]");
    d.option("--segment-delay", raw.delay, "time between two taps", "TIME[-TIME][,...]");
    d.option("--tap-miss", raw.miss, "what a tap itself does not see", "R[,R...]");
    d.option("--reverse-share", raw.reverse, "share of flows that go the other way", "R");
}

std::optional<std::string> scenario_named(const std::vector<std::string>& arguments) {
    const std::string option = "--scenario";
    std::optional<std::string> name;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        if (arguments[i].starts_with(option + "=")) name = arguments[i].substr(option.size() + 1);
        if (arguments[i] == option && i + 1 < arguments.size()) name = arguments[i + 1];
    }
    return name;
}

} // namespace

Result<Invocation> parse_command_line(const std::vector<std::string>& arguments) {
    RawOptions raw;
    bool list = false;
    CLI::App app{
        "Writes a capture of MACsec, IPsec and other traffic whose packet numbers are lost, "
        "late and\nrepeated as asked, and beside it the truth about them.",
        "pcapgen"};
    app.get_formatter()->column_width(36);
    Declare declare(app);
    declare_output(declare, raw);
    declare.flag("--list-scenarios", list, "print the built-in scenarios");
    declare_frames(declare, raw);
    declare_impairments(declare, raw);
    declare_taps(declare, raw.taps);

    std::vector<std::string> all;
    if (const auto name = scenario_named(arguments)) {
        auto from_scenario = scenario_arguments(*name);
        if (!from_scenario) return from_scenario.error();
        all = *from_scenario;
    }
    all.insert(all.end(), arguments.begin(), arguments.end());
    try {
        std::vector<std::string> reversed(all.rbegin(), all.rend()); // CLI11 takes from the back
        app.parse(reversed);
    } catch (const CLI::CallForHelp&) {
        return Invocation{{}, app.help()};
    } catch (const CLI::Error& e) {
        return Error{e.what(), "", "see pcapgen --help"};
    }
    if (list) return Invocation{{}, list_scenarios()};

    auto options = check_options(raw);
    if (!options) return options.error();
    options->command = fmt::format("pcapgen {}", fmt::join(arguments, " "));
    return Invocation{std::move(*options), ""};
}

} // namespace lacuna::pcapgen
