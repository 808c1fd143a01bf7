// Options that mean the same in several subcommands.
#pragma once

#include "base/result.hpp"
#include "flow/tracker.hpp"
#include "report/views.hpp"
#include "store/records/limits.hpp"
#include "wire/decoding.hpp"

#include <CLI/App.hpp>
#include <chrono>
#include <memory>
#include <string>

namespace lacuna::app {

/// What is to be tracked, and how the result is to be shown. Filled by CLI11, then checked.
struct CommonOptions {
    bool json = false;
    bool csv = false;
    bool quiet = false;
    bool l3_flows = false;
    std::string db;
    report::ViewOptions view;
    flow::TrackerConfig tracker;
    /// How what is found is stored.
    struct Store {
        TimeNs spill_interval =
            1'000'000'000; ///< from writing the totals of a living run to the next
        TimeNs series_interval = 10'000'000'000; ///< of the time series; 0: none
        store::Limits limits;
        std::uint32_t stamps = 10; ///< numbers of an SA stamped in a second; 0: none
    };
    Store store;
    double idle_timeout_s = 0;
    double clock_tolerance_s = 10; ///< 0: every stamp is believed
    double final_after_s = 10;     ///< 0: only once a number has left the memory
    double silent_after_s = 10;    ///< 0: no SA is silent
    long long window = 0;          ///< 0: begins at 1,024 and grows
    long long max_flows = 1 << 20;
    long long top = 0;
    std::string sort;
    std::string output;                  ///< file that gets what is printed; empty: standard output
    std::string interval;                ///< how often an interim result is told; empty: never
    std::chrono::nanoseconds interim{0}; ///< what that says
    std::string html;       ///< file that gets the report as a page as well; empty: none
    std::string bpf;        ///< frames that this pcap-filter(7) leaves out are not counted
    std::string names_file; ///< names::given() has what it says
    std::string filter;
    flow::Filter selected; ///< what `filter` says
    CLI::Option* window_option = nullptr;
    CLI::Option* gaps_option = nullptr;
    long long gaps = 0;
    bool events_in_memory = false; ///< gaps are listed, drawn or looked at again
    std::string extract;           ///< folder that gets the frames around gaps; empty: none
    bool causes = false;           ///< late packets are told by priority and size
    CLI::Option* late_option = nullptr;
    long long late = 0;
    std::string spill_interval;
    std::string retain;
    std::string stamps;
    std::string max_db_size;
    std::string link_speed;
    std::string max_record_memory;
    std::string counters;
    std::string natt_ports;
    std::string tunnel_ports;
    std::string rtp_ports;
    std::string declare;
    long long max_nesting = wire::kMaxEncapsulations;
    /// What the decoders look for; its ports and declarations live as long as the options.
    wire::Decoding decoding;

    /// Adds the options of `analyze`, `replay` and `run`.
    void add_to(CLI::App& command);
    /// Range checks that need one clear line; fills `tracker` and `view`. Exit 2.
    Status check();
    /// Reads `names_file`, then fills `selected`. Exit 2.
    Status check_selection();
    /// The field `sort` names; null: the worst SAs come first.
    const flow::Field* sorted_by() const;

private:
    Status check_store();
    Status check_bounds();
    Status check_decoding();
    std::shared_ptr<wire::UdpPorts> ports_;
    std::shared_ptr<wire::DeclaredCounters> declared_;
};

/// Adds --as-given.
void add_file_order(CLI::App& command, bool& as_given);

/// Adds --json, --csv and --quiet alone.
void add_output_options(CLI::App& command, CommonOptions& options);

/// Adds --output, which fills `file`: for send_output_to().
void add_output_file_option(CLI::App& command, std::string& file);

/// Adds the option that fills CommonOptions::sort, under this name.
void add_sort_option(CLI::App& command, const char* name, CommonOptions& options);

/// Adds --filter, which fills CommonOptions::filter.
void add_filter_option(CLI::App& command, CommonOptions& options);

/// For CLI::Option::check(): what is wrong with an empty value (an unset variable of a script).
std::string not_empty(const std::string& value);

/// For CLI::Option::transform(): "10k" as CLI11 reads it, with k, M or G that many thousands; what
/// is no such number is left for it to refuse.
std::string counted_out(std::string text);

/// Prints "lacuna: ..." to stderr and returns the error's exit status.
int fail(const Error& error);

/// Shows the report on stdout the way the options ask for. Exit status 0, or 1 if stdout could not
/// be written (a reader that went away counts as done).
int show(const report::Report& report, const CommonOptions& options);

/// Writes the page that --html asks for, if it does. The file appears once it is whole. Errors
/// (exit 1): it could not be written.
Status write_page(const report::Report& report, const CommonOptions& options);

/// Adds --html, which fills CommonOptions::html.
void add_page_option(CLI::App& command, CommonOptions& options);

/// Seconds since the process began, as the kernel counts.
double process_age_s();

} // namespace lacuna::app
