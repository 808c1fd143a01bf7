// lacuna doctor: whether this host is ready for a run, and what would make it so.
#include "base/json_writer.hpp"
#include "base/output.hpp"
#include "cli/common_options.hpp"
#include "cli/streams.hpp"
#include "commands.hpp"
#include "config/load.hpp"
#include "host/checkup.hpp"
#include "pipeline/layout/layout.hpp"
#include "port/eal.hpp"
#include "run/privileges.hpp"
#include "session/live_server.hpp"
#include "xdp/steering.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <optional>
#include <rte_version.h>

namespace lacuna::app {
namespace {

struct Doctor {
    std::string file;
    std::vector<std::string> pci;
    std::vector<std::string> interfaces;
    bool json = false;

    int run();

private:
    Status load();
    host::HostDescription description() const;
    int show(const std::vector<host::Finding>& findings) const;

    std::optional<config::RunConfig> config_;
    std::uint32_t loops_ = 1;
};

/// The configuration, if one is named; without a file and a port, the host is looked at by itself.
Status Doctor::load() {
    std::vector<config::Override> overrides;
    for (const std::string& p : pci)
        overrides.emplace_back("pci", p);
    for (const std::string& i : interfaces)
        overrides.emplace_back("interface", i);
    if (file.empty() && overrides.empty()) return {};
    const std::vector<unsigned> cpus = port::usable_cpus();
    auto loaded = config::load(file, overrides, config::Machine{cpus});
    if (!loaded) return loaded.error();
    config_ = std::move(*loaded);
    const auto layout =
        pipeline::parse_layout(config_->pipeline.layout, static_cast<std::uint32_t>(cpus.size()));
    if (!layout) return layout.error();
    loops_ = layout->lcores();
    return {};
}

host::HostDescription Doctor::description() const {
    host::HostDescription d;
    d.process = host::this_process();
    d.config = config_ ? &*config_ : nullptr;
    d.loops = loops_;
    d.cpus = port::usable_cpus();
    d.dpdk = rte_version();
    d.xdp_built = xdp::available();
    for (const std::string& interface : d.tree.names("sys/class/net")) {
        const auto now = xdp::attached_to(interface);
        if (now && now->id != 0) d.programs.push_back({interface, now->id, now->name, now->ours});
    }
    d.runtime = port::runtime_folder().substr(1);
    return d;
}

int Doctor::show(const std::vector<host::Finding>& findings) const {
    std::size_t warnings = 0;
    std::size_t problems = 0;
    std::string out;
    JsonWriter list(out);
    if (json) {
        list.begin_object();
        list.member("schema", "lacuna.doctor/1");
        list.key("findings").begin_array();
    }
    for (const host::Finding& f : findings) {
        warnings += f.level == host::Level::warning;
        problems += f.level == host::Level::problem;
        if (!json) {
            out += fmt::format("{:<8} {:<12} {}\n", host::level_name(f.level), f.topic, f.what);
            if (!f.mend.empty()) out += fmt::format("{:<8} {:<12} -> {}\n", "", "", f.mend);
            continue;
        }
        list.line().begin_object();
        list.member("level", host::level_name(f.level));
        list.member("topic", f.topic);
        list.member("what", f.what);
        list.member("mend", f.mend);
        list.end_object();
    }
    if (json) {
        list.end_array();
        list.line().member("warnings", warnings);
        list.member("problems", problems);
        list.member("ready", problems == 0);
        list.end_object();
        out += '\n';
    } else {
        out += fmt::format("{} problem{}, {} warning{}: {}\n", problems, problems == 1 ? "" : "s",
                           warnings, warnings == 1 ? "" : "s",
                           problems != 0 ? "a run cannot start" : "nothing stops a run");
        if (!config_)
            out += "No port was looked at: --interface NAME, --pci ADDRESS or --config FILE names "
                   "one.\n";
    }
    const int status = written(print(std::move(out)), "the findings");
    return problems == 0 ? status : 1;
}

int Doctor::run() {
    if (Status s = load(); !s) return fail(s.error());
    std::vector<host::Finding> findings = host::check_host(description());
    if (config_ && !config_->run.user.empty()) {
        const auto person = find_user(config_->run.user);
        findings.push_back(
            person ? host::Finding{host::Level::ok, "user", config_->run.user, ""}
                   : host::Finding{host::Level::problem, "user", person.error().text(),
                                   "useradd --system --user-group "
                                       + config_->run.user.substr(0, config_->run.user.find(':'))});
    }
    if (config_ && !config_->http.listen.empty()) {
        const config::HttpSettings& h = config_->http;
        const auto where =
            HttpOptions{h.listen, h.token_file, h.tls_cert, h.tls_key, h.cors}.check();
        findings.push_back(where ? host::Finding{host::Level::ok, "http", config_->http.listen, ""}
                                 : host::Finding{host::Level::problem, "http",
                                                 where.error().where + ": " + where.error().what,
                                                 where.error().hint});
    }
    return show(findings);
}

} // namespace

void register_doctor(CLI::App& app, int& status) {
    auto doctor = std::make_shared<Doctor>();
    CLI::App* command =
        app.add_subcommand("doctor", "is this host ready for a run, and what would make it so");
    command->add_option("--config", doctor->file, "look with this configuration of a run in mind")
        ->type_name("FILE")
        ->check(not_empty);
    command->add_option("--interface", doctor->interfaces, "or with this interface")
        ->type_name("NAME");
    command->add_option("--pci", doctor->pci, "or with this NIC of DPDK's")->type_name("ADDRESS");
    command->add_flag("--json", doctor->json, "print one JSON document");
    command->callback([doctor, &status] { status = doctor->run(); });
}

} // namespace lacuna::app
