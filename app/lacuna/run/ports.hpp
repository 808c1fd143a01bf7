// The ports of a live run, with what steers frames to them.
#pragma once

#include "config/run_config.hpp"
#include "flow/figures/run_figures.hpp"
#include "pipeline/pipeline.hpp"
#include "port/live/deaf_port.hpp"
#include "port/live/port_queues.hpp"
#include "xdp/steering.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace lacuna::app {

/// Outlives the pipeline it feeds, and ends before EAL. One thread.
class RunPorts {
public:
    /// Called with one line for people.
    using Say = std::function<void(const std::string&)>;

    /// What can be seen to be wrong before EAL starts, and programs left behind by a killed lacuna
    /// taken off. Exit 2, or 1 where the machine refuses.
    Status prepare(const config::RunConfig& config, const Say& say);
    /// Opens everything. Errors: exit 2 or 1; nothing stays attached.
    /// `buffers`: in the pool of each port; 0: as many as can be under way. `complaint`: as
    /// RunNeeds::complaint. `opening` is told the port that is about to be opened.
    Status open(const pipeline::PipelineConfig& pipeline, std::uint32_t buffers,
                const std::string& complaint, const Say& say, const Say& opening);
    /// Sources for the receiving lcores of `layout`; `left` as in PortQueues.
    Status make_sources(const pipeline::Layout& layout, std::atomic<std::int64_t>* left,
                        TimeNs clock_tolerance);
    pipeline::MbufInput input() const;

    /// About ten times a second: link changes are told, losses outside of DPDK gathered.
    void tend(const Say& say);
    /// Whether no port is left to listen to, as tend() found them.
    bool all_gone() const;
    std::vector<flow::PortFigures> figures() const;
    /// The clock of packet times.
    TimeNs now() const { return clock_.now(); }
    /// What the ports could not tell, or could not receive, and whose loss their drivers counted;
    /// one line each.
    std::vector<std::string> notes() const;

    /// Takes the steering off and has the sources end with what is under way.
    void drain();
    /// After the pipeline has ended: frames the kernel handed over and nobody received, which no
    /// counter of the driver told.
    std::uint64_t unaccounted() const;

    /// Whether all that happens at the end can be done without privileges.
    bool may_drop_privileges() const;
    Status promiscuous(std::size_t port, bool on);

private:
    struct One {
        config::PortConfig config;
        std::string takes;                       ///< what it takes from the kernel, in words
        std::unique_ptr<xdp::Steering> steering; ///< before the port, which uses its file
        std::unique_ptr<port::LivePort> port;
        std::vector<std::string> granted; ///< what hardware and driver gave; one line each
        bool link = true;
        TimeNs link_since = 0; ///< 0: it never went
        bool gone = false;
        std::uint64_t no_socket = 0;
        port::DeafPort deaf;
        bool spread_judged = false; ///< whether its queues share the frames
        std::uint64_t outages = 0;
        std::vector<flow::Outage> latest_outages;
    };
    void tend_losses(std::size_t port, const Say& say);
    void judge_spread(std::size_t port, const Say& say);
    std::uint64_t received(std::size_t port) const;
    std::uint64_t received(std::size_t port, std::uint16_t queue) const;
    void gather_outages();

    std::vector<One> ports_;
    port::HostClock clock_;
    std::vector<std::unique_ptr<port::PortQueues>> sources_;
    /// For each source, the ports of its queues in their order.
    std::vector<std::vector<std::size_t>> polled_;
    std::uint64_t tended_ = 0;
    int time_offset_ = -1;
};

} // namespace lacuna::app
