// lacuna bench rx: what a source delivers to a loop that only frees.
#include "bench/bench.hpp"
#include "bench/capture.hpp"
#include "capture/reader.hpp"
#include "cli/common_options.hpp"
#include "port/eal.hpp"
#include "port/net_pcap.hpp"
#include "port/pool.hpp"

#include <atomic>
#include <fmt/format.h>

namespace lacuna::app {
namespace {

/// The least a receiver can do; runs on an lcore of its own, as in a replay.
struct RxLoop {
    std::uint16_t port = 0;
    std::uint64_t frames = 0;
    std::atomic<bool> ended{false};

    static int run(void* self) {
        auto& loop = *static_cast<RxLoop*>(self);
        rte_mbuf* burst[wire::kRxBurst];
        // All buffers are free when the driver is asked, so an empty burst is the end of the file.
        while (const std::uint16_t n = rte_eth_rx_burst(loop.port, 0, burst, wire::kRxBurst)) {
            loop.frames += n;
            rte_pktmbuf_free_bulk(burst, n);
        }
        loop.ended.store(true, std::memory_order_release);
        loop.ended.notify_one();
        return 0;
    }
};

struct BenchRx {
    BenchOptions options;
    std::string file;
    std::string source = "net_pcap";
    std::vector<std::string> eal;

    int run() {
        if (source != "net_pcap" && source != "mapped")
            return fail(
                {fmt::format("--source {} is unknown", source), "", "use net_pcap or mapped", 2});
        if (Status s = port::refuse_looping(eal); !s) return fail(s.error());
        auto capture = BenchCapture::open(file);
        if (!capture) return fail(capture.error());
        BenchResult result;
        result.benchmark = "rx";
        if (Status s = (*capture)->survey(result); !s) return fail(s.error());
        if (Status s = source == "mapped" ? read_mapped(result) : read_driver(**capture, result);
            !s)
            return fail(s.error());
        result.choose_median();
        return show(result, options);
    }

private:
    Status read_mapped(BenchResult& result) const {
        result.about = "the mapped capture to a loop that does nothing with its frames";
        for (std::size_t i = 1; i <= options.rounds; ++i) {
            std::uint64_t frames = 0;
            Status opened;
            result.passes.push_back(measure(fmt::format("round {}", i), [&] {
                auto reader = capture::Reader::open(file);
                if (!reader) {
                    opened = reader.error();
                    return;
                }
                wire::Frame burst[wire::kBurst];
                while (const std::size_t n = (*reader)->next(burst, wire::kBurst))
                    frames += n;
            }));
            if (!opened) return opened;
            if (Status s = check_frames(frames, result); !s) return s;
        }
        return {};
    }

    Status read_driver(const BenchCapture& capture, BenchResult& result) const {
        result.about = "the net_pcap driver to a loop that only frees its buffers";
        const auto files = port::check_pcap_files({file});
        if (!files) return files.error();
        port::EalOptions eal_options;
        eal_options.user = eal;
        const auto running = port::Eal::start(eal_options);
        if (!running) return running.error();
        // The buffers a replay would get.
        pipeline::PipelineConfig config;
        if (Status s = pipeline::check_lcores(config.layout); !s) return s;
        auto pool = port::make_pool(config, port::buffer_demand(*files));
        if (!pool) return pool.error();
        for (std::size_t i = 1; i <= options.rounds; ++i) {
            RxLoop loop;
            Status opened;
            result.passes.push_back(measure(fmt::format("round {}", i), [&] {
                auto port = port::Port::open_vdev(
                    fmt::format("net_pcap{}", i),
                    "rx_pcap=" + capture.plain_path() + ",infinite_rx=0", pool->pool.get());
                if (!port) {
                    opened = port.error();
                    return;
                }
                loop.port = (*port)->id();
                const unsigned lcore = rte_get_next_lcore(-1U, 1, 0);
                rte_eal_remote_launch(RxLoop::run, &loop, lcore);
                loop.ended.wait(false); // EAL's own way to wait keeps a CPU busy
                rte_eal_wait_lcore(lcore);
            }));
            if (!opened) return opened;
            if (Status s = check_frames(loop.frames, result); !s) return s;
        }
        return {};
    }

    Status check_frames(std::uint64_t got, const BenchResult& result) const {
        if (got == result.frames()) return {};
        return Error{fmt::format("{} of {} frames were received", got, result.frames()), file, "",
                     1};
    }
};

} // namespace

void register_bench_rx(CLI::App& bench, int& status, std::vector<std::string> eal_arguments) {
    auto rx = std::make_shared<BenchRx>();
    rx->eal = std::move(eal_arguments);
    CLI::App* command =
        bench.add_subcommand("rx", "what a source delivers to a loop that only frees");
    command->add_option("FILE", rx->file, "a capture")->required();
    command->add_option("--source", rx->source, "net_pcap: DPDK's driver; mapped: the mapped file")
        ->type_name("net_pcap|mapped")
        ->capture_default_str();
    rx->options.add_to(*command);
    command->callback([rx, &status] { status = rx->run(); });
}

} // namespace lacuna::app
