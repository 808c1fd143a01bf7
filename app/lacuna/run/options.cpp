#include "run/options.hpp"

#include "cli/terminal.hpp"
#include "config/key.hpp"
#include "port/eal.hpp"

#include <fmt/format.h>

namespace lacuna::app {

namespace {

config::Machine this_machine() {
    return config::Machine{port::usable_cpus()};
}

std::string kind_of_value(const config::Key& key) {
    std::string words;
    for (const std::string_view w : key.words)
        words.append(words.empty() ? "" : "|").append(w);
    return words.empty() ? std::string(key.meta) : words;
}

/// Flags of the command line that need no value.
bool is_switch(const config::Key& key) {
    return key.kind == config::Kind::boolean && key.meta.empty();
}

} // namespace

void RunOptions::add_to(CLI::App& command) {
    command.add_option("--config", file, "configuration, TOML; options of the command line win")
        ->type_name("FILE")
        ->check(not_empty);
    command.add_flag("--check", check_only,
                     "only check the configuration and print it as it takes effect");
    for (const config::Key& key : config::keys()) {
        given_.push_back(std::make_unique<Given>());
        Given& g = *given_.back();
        g.flag = key.flag;
        const std::string name = "--" + g.flag;
        if (is_switch(key)) {
            g.option = command.add_flag(name, g.set, std::string(key.help));
            continue;
        }
        g.option = command.add_option(name, g.values, std::string(key.help))
                       ->type_name(kind_of_value(key))
                       ->expected(1);
        const bool port_name = g.flag == "pci" || g.flag == "interface" || g.flag == "vdev";
        g.option->multi_option_policy(port_name ? CLI::MultiOptionPolicy::TakeAll
                                                : CLI::MultiOptionPolicy::Throw);
    }
    gaps_option =
        command.add_option("--gaps", gaps, "list the gaps themselves, the first N of them")
            ->type_name("[N]");
    add_screen_options(command);
    add_verbose_option(command);
    add_output_file_option(command, common.output);
    add_page_option(command, common);
    command.footer("Options of ports hold for every port; give each its own in a file.\n"
                   "EAL arguments follow --.");
}

Result<config::RunConfig> RunOptions::reload() const {
    std::vector<config::Override> overrides;
    for (const auto& g : given_) {
        if (g->option->count() == 0) continue;
        if (g->values.empty()) overrides.emplace_back(g->flag, "yes");
        for (const std::string& value : g->values)
            overrides.emplace_back(g->flag, value);
    }
    return config::load(file, overrides, this_machine());
}

Status RunOptions::check() {
    auto loaded = reload();
    if (!loaded) return loaded.error();
    config = std::move(*loaded);

    const config::HttpSettings& h = config.http;
    http = {h.listen, h.token_file, h.tls_cert, h.tls_key, h.cors};
    if (const auto where = http.check(); !where) return where.error();
    common.json = config.output.json;
    common.csv = config.output.csv;
    common.quiet = config.output.quiet;
    common.names_file = config.output.names;
    common.top = static_cast<long long>(config.output.top);
    common.l3_flows = config.track.l3_flows;
    common.counters = config.track.counters;
    common.natt_ports = config.track.natt_ports;
    common.tunnel_ports = config.track.tunnel_ports;
    common.rtp_ports = config.track.rtp_ports;
    common.declare = config.track.declare;
    common.max_nesting = config.track.max_nesting;
    common.db = config.store.db;
    common.store = {config.store.spill_interval,
                    config.store.series_interval,
                    {config.store.retain, config.store.max_db_size},
                    config.store.stamps};
    common.window = config.track.window;
    common.max_flows = static_cast<long long>(config.track.max_flows);
    common.idle_timeout_s = static_cast<double>(config.track.idle_timeout) / 1e9;
    common.clock_tolerance_s = static_cast<double>(config.track.clock_tolerance) / 1e9;
    common.final_after_s = static_cast<double>(config.track.final_after) / 1e9;
    common.silent_after_s = static_cast<double>(config.track.silent_after) / 1e9;
    common.link_speed = fmt::format("{}", config.track.link_speed);
    if (config.track.record_memory != 0)
        common.max_record_memory = fmt::format("{}", config.track.record_memory);
    common.view.esn = config.track.esn;
    common.view.xpn = config.track.xpn;
    common.gaps_option = gaps_option;
    common.gaps = gaps;
    if (Status s = common.check(); !s) return s;
    common.tracker.idle_timeout = config.track.idle_timeout;
    common.tracker.live = true;

    const auto cpus = static_cast<std::uint32_t>(port::usable_cpus().size());
    auto parsed = pipeline::parse_layout(config.pipeline.layout, cpus);
    if (!parsed) return parsed.error();
    layout = std::move(*parsed);
    return {};
}

} // namespace lacuna::app
