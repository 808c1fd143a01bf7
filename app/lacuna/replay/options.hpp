// The command line of `lacuna replay`, checked.
#pragma once

#include "cli/common_options.hpp"
#include "pipeline/layout/layout.hpp"
#include "pipeline/source/pacer.hpp"
#include "session/live_server.hpp"

#include <string>
#include <vector>

namespace lacuna::app {

struct ReplayOptions {
    CommonOptions common;
    std::vector<std::string> files;
    std::vector<std::string> eal; ///< the user's EAL arguments
    bool as_given = false;        ///< files in the order named
    std::string mode = "fast";
    std::string source = "net_pcap";
    HttpOptions http;
    std::string layout_text = "auto";
    double pps = 0;
    double speed = 0;
    std::size_t metrics_flows = 20; ///< secure associations metrics show one by one

    // Filled by check().
    pipeline::Layout layout;
    pipeline::Pace pace;
    bool mapped = false; ///< the source is the mapped file

    void add_to(CLI::App& command);
    /// Everything that can be known to be wrong before a file is opened. Exit 2.
    Status check();

private:
    Status check_pace();

    CLI::Option* pps_option_ = nullptr;
    CLI::Option* speed_option_ = nullptr;
};

} // namespace lacuna::app
